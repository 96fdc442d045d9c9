#include "dmn/batch.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "columns/planner.hpp"

namespace zhijia::dmn {

using columns::chunk_cases;
using columns::Form;
using columns::MatchedRows;
using columns::Vector;
using feel::Value;
using feel::Values;

namespace {

/// Before the entries of a dictionary, which follow it.
constexpr std::uint32_t null_code = 0;

std::size_t decision_of(const Parts& parts, std::string_view name) {
  const auto is_it = [&](const Element& element) {
    return element.kind == ElementKind::decision && element.name == name;
  };
  return static_cast<std::size_t>(std::ranges::find_if(parts.elements, is_it) - parts.elements.begin());
}

Inputs case_of(const Columns& columns, std::size_t at) {
  Inputs inputs;
  for (std::size_t i = 0; i < columns.names.size(); ++i) inputs.push_back({columns.names[i], columns.values[i].at(at)});
  return inputs;
}

/// The plan of one thread. It is kept until the results are put together, as their codes are its own.
class Worker {
 public:
  Worker(const Model& model, const Columns& columns, const Options& options, bool keep_rows)
      : scalar_(options), planner_(model.parts(), columns, scalar_, keep_rows) {}

  Activity& activity() { return scalar_.activity; }

  void prepare(std::size_t element) {
    result_ = planner_.column_of(planner_.element(element));
    // The limit on calls is of a whole evaluation, which here is in as many parts.
    scalar_.calls_warned = scalar_.activity.options.calls_max / (planner_.steps().size() + 1);
    for (const auto& looked : planner_.looked()) looks_.push_back({looked, {}, {}});
  }

  void run(std::size_t begin, std::size_t n) {
    scalar_.heavy.clear();
    for (const auto& step : planner_.steps())
      if (!step->is_constant) step->run(begin, n);
  }

  const Vector& result() const { return result_->vector(); }
  /// Cases of the chunk, from 0, that come so near to the limit on calls that they must be evaluated as a whole.
  const std::vector<std::size_t>& heavy() const { return scalar_.heavy; }

  std::size_t decisions() const { return looks_.size(); }
  std::size_t element(std::size_t decision) const { return looks_[decision].looked.element; }
  const std::vector<MatchedRows>& lists(std::size_t decision) const {
    const auto& look = looks_[decision];
    return look.looked.tables.size() == 1 ? look.looked.tables[0]->row_lists : look.lists;
  }
  /// For each case of the chunk the place in lists() of what it matched.
  void take_rows(std::size_t decision, std::span<std::uint32_t> places) {
    const auto& tables = looks_[decision].looked.tables;
    if (tables.size() == 1)
      std::copy_n(tables[0]->row_codes.begin(), places.size(), places.begin());
    else
      for (std::size_t i = 0; i < places.size(); ++i) places[i] = rows(decision, i);
  }

 private:
  std::uint32_t rows(std::size_t decision, std::size_t at) {
    auto& look = looks_[decision];
    const auto& tables = look.looked.tables;
    MatchedRows rows;
    for (const auto* table : tables) {
      const auto& one = table->row_lists[table->row_codes[at]];
      rows.insert(rows.end(), one.begin(), one.end());
    }
    const auto [found, is_new] = look.codes.try_emplace(rows, static_cast<std::uint32_t>(look.lists.size()));
    if (is_new) look.lists.push_back(std::move(rows));
    return found->second;
  }

  struct Look {
    columns::Looked looked;
    std::map<MatchedRows, std::uint32_t> codes;  ///< of those that look at several tables
    std::vector<MatchedRows> lists;
  };

  columns::Scalar scalar_;
  columns::Planner planner_;
  columns::Op* result_ = nullptr;
  std::vector<Look> looks_;
};

/// Codes that several threads made, each with a dictionary of its own: one dictionary, and where each begins in it.
template <typename Entry>
class Joined {
 public:
  std::uint32_t begin_of(const std::vector<Entry>& entries) {
    const auto [found, is_new] = begins_.try_emplace(&entries, static_cast<std::uint32_t>(all.size()));
    if (is_new) all.insert(all.end(), entries.begin(), entries.end());
    return found->second;
  }
  std::vector<Entry> all;

 private:
  std::map<const std::vector<Entry>*, std::uint32_t> begins_;
};

class Batch {
 public:
  Batch(const Model& model, std::string_view decision, const Columns& columns, const BatchOptions& options)
      : model_(model),
        decision_(decision),
        element_(decision_of(*model.parts(), decision)),
        columns_(columns),
        keep_rows_(options.keep_rows) {
    options_.clock = options.clock;
    pieces_.resize((columns.cases + chunk_cases - 1) / chunk_cases);
    codes_.resize(columns.cases);
  }

  Decided run(unsigned threads) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    threads = static_cast<unsigned>(std::min<std::size_t>(threads, std::max<std::size_t>(1, pieces_.size())));
    for (unsigned i = 0; i < threads; ++i)
      workers_.push_back(std::make_unique<Worker>(model_, columns_, options_, keep_rows_));
    {
      std::vector<std::jthread> others;
      for (unsigned i = 1; i < threads; ++i) others.emplace_back([this, i] { work(*workers_[i]); });
      work(*workers_[0]);
    }
    Decided decided;
    decided.values = joined_values();
    if (keep_rows_) decided.rows = joined_rows();
    return decided;
  }

 private:
  /// What became of a chunk.
  struct Piece {
    Worker* worker = nullptr;
    const Values* dictionary = nullptr;  ///< of its codes, from 1; nullptr: they are in values_
  };

  void work(Worker& worker) {
    const ActivityScope scope(worker.activity());
    worker.prepare(element_);
    if (keep_rows_) {
      const std::lock_guard lock(mutex_);
      rows_.resize(worker.decisions(), std::vector<std::uint32_t>(columns_.cases));
    }
    while (true) {
      const auto piece = next_.fetch_add(1);
      if (piece >= pieces_.size()) return;
      const auto begin = piece * chunk_cases;
      const auto n = std::min(chunk_cases, columns_.cases - begin);
      worker.run(begin, n);
      pieces_[piece].worker = &worker;
      take_values(pieces_[piece], worker.result(), begin, n);
      for (std::size_t decision = 0; decision < worker.decisions() && keep_rows_; ++decision)
        worker.take_rows(decision, std::span(rows_[decision]).subspan(begin, n));
      const auto heavy = worker.heavy();
      for (const auto i : heavy) evaluate_whole(worker, begin + i);
    }
  }

  void take_values(Piece& piece, const Vector& vector, std::size_t begin, std::size_t n) {
    static const Values truths{false, true};
    const bool is_coded = (vector.seen & columns::odd) == 0 &&
                          (vector.form == Form::coded || vector.form == Form::boolean || vector.form == Form::null);
    if (!is_coded) {
      std::call_once(values_made_, [this] { values_.resize(columns_.cases); });
      for (std::size_t i = 0; i < n; ++i) values_[begin + i] = vector.get(i);
      return;
    }
    auto* const codes = codes_.data() + begin;
    const auto take_codes = [&](const auto* cells) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = static_cast<std::uint32_t>(cells[i]) + 1;
    };
    if (vector.form == Form::coded)
      take_codes(vector.integers.data());
    else
      take_codes(vector.truths.data());
    piece.dictionary = vector.form == Form::coded ? vector.dictionary : &truths;
    if (vector.seen == columns::given) return;
    for (std::size_t i = 0; i < n; ++i)
      if (vector.states[i] != columns::given) codes[i] = null_code;
  }

  void evaluate_whole(Worker& worker, std::size_t at) {
    worker.activity().calls = 0;
    Options options = options_;
    options.explain = keep_rows_;
    auto outcome = model_.evaluate(decision_, case_of(columns_, at), options);
    const std::lock_guard lock(mutex_);
    heavy_values_.emplace_back(at, std::move(outcome.value));
    heavy_steps_.emplace_back(at, std::move(outcome.steps));
  }

  Column joined_values() {
    const bool is_coded = std::ranges::all_of(pieces_, [](const Piece& piece) { return piece.dictionary != nullptr; });
    if (!is_coded) {
      std::call_once(values_made_, [this] { values_.resize(columns_.cases); });
      each_coded([&](std::size_t at, const Values& dictionary) {
        if (codes_[at] != null_code) values_[at] = dictionary[codes_[at] - 1];
      });
      for (auto& [at, value] : heavy_values_) values_[at] = std::move(value);
      return {std::move(values_)};
    }
    Joined<Value> joined;
    joined.all.emplace_back();
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
      const auto before = joined.begin_of(*pieces_[piece].dictionary) - 1;
      if (before == 0) continue;
      for (auto& code : cases_of(codes_, piece))
        if (code != null_code) code += before;
    }
    for (auto& [at, value] : heavy_values_) {
      codes_[at] = static_cast<std::uint32_t>(joined.all.size());
      joined.all.push_back(std::move(value));
    }
    return Column::of_codes(std::move(codes_), std::move(joined.all));
  }

  std::span<std::uint32_t> cases_of(std::vector<std::uint32_t>& codes, std::size_t piece) const {
    const auto begin = piece * chunk_cases;
    return std::span(codes).subspan(begin, std::min(chunk_cases, columns_.cases - begin));
  }

  template <typename Visit>
  void each_coded(Visit&& visit) {
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
      if (pieces_[piece].dictionary == nullptr) continue;
      const auto end = std::min((piece + 1) * chunk_cases, columns_.cases);
      for (auto at = piece * chunk_cases; at < end; ++at) visit(at, *pieces_[piece].dictionary);
    }
  }

  std::vector<DecidingRows> joined_rows() {
    std::vector<DecidingRows> all;
    for (std::size_t decision = 0; decision < rows_.size(); ++decision) {
      const auto element = workers_[0]->element(decision);
      DecidingRows kept{model_.parts()->elements[element].name, std::move(rows_[decision]), {}};
      Joined<MatchedRows> joined;
      for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        const auto begin = joined.begin_of(pieces_[piece].worker->lists(decision));
        if (begin == 0) continue;
        for (auto& code : cases_of(kept.codes, piece)) code += begin;
      }
      kept.lists = std::move(joined.all);
      for (const auto& [at, steps] : heavy_steps_) put_steps(kept, at, steps);
      const bool has_tables = std::ranges::any_of(kept.lists, [](const auto& rows) { return !rows.empty(); });
      if (has_tables || element == element_) all.push_back(std::move(kept));
    }
    if (all.empty() || all.back().decision != decision_)
      all.push_back({std::string(decision_), std::vector<std::uint32_t>(columns_.cases, 0), {{}}});
    return all;
  }

  static void put_steps(DecidingRows& kept, std::size_t at, const std::vector<Step>& steps) {
    kept.codes[at] = static_cast<std::uint32_t>(kept.lists.size());
    auto& rows = kept.lists.emplace_back();
    const auto step = std::ranges::find(steps, kept.decision, &Step::decision);
    if (step == steps.end()) return;
    for (const auto& table : step->tables) rows.emplace_back(table.rows.begin(), table.rows.end());
  }

  const Model& model_;
  std::string_view decision_;
  std::size_t element_;
  const Columns& columns_;
  bool keep_rows_;
  Options options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Piece> pieces_;  ///< by chunk
  std::vector<std::uint32_t> codes_;
  Values values_;
  std::once_flag values_made_;
  std::vector<std::vector<std::uint32_t>> rows_;  ///< by decision and case
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, Value>> heavy_values_;
  std::vector<std::pair<std::size_t, std::vector<Step>>> heavy_steps_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace

std::span<const std::uint32_t> Decided::own_rows(std::size_t at) const {
  if (rows.empty()) return {};
  const auto tables = rows.back().tables(at);
  return tables.empty() ? std::span<const std::uint32_t>() : tables.back();
}

Result<Decided> decide(const Model& model, std::string_view decision, const Columns& columns,
                       const BatchOptions& options) {
  const auto decisions = model.decisions();
  if (std::ranges::find(decisions, decision) == decisions.end()) {
    const std::string name(decision);
    return fail("dmn.unknown_decision", "模型中没有名为“" + name + "”的决策",
                "The model has no decision named \"" + name + "\"");
  }
  const bool even =
      columns.names.size() == columns.values.size() &&
      std::ranges::all_of(columns.values, [&](const Column& column) { return column.covers(columns.cases); });
  if (!even) {
    return fail("dmn.columns", "各列的行数不一致：每列应有一个值，或每个案例一个值",
                "The columns differ in length: each needs one value, or one for every case");
  }
  return Batch(model, decision, columns, options).run(options.threads);
}

Result<std::vector<Difference>> differences(const Model& before, const Model& after, std::string_view decision,
                                            const Columns& columns, const BatchOptions& options) {
  const auto old_values = decide(before, decision, columns, options);
  if (!old_values) return std::unexpected(old_values.error());
  const auto new_values = decide(after, decision, columns, options);
  if (!new_values) return std::unexpected(new_values.error());
  const auto& was = old_values->values;
  const auto& is = new_values->values;
  const bool are_coded = was.form == Column::Form::coded && is.form == Column::Form::coded;
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> known;
  std::vector<Difference> found;
  for (std::size_t at = 0; at < columns.cases; ++at) {
    const auto differ = [&] { return !feel::equals(was.at(at), is.at(at)).is_true(); };
    bool do_differ = false;
    if (are_coded) {
      const auto [pair, is_new] = known.try_emplace({was.codes[at], is.codes[at]}, false);
      if (is_new) pair->second = differ();
      do_differ = pair->second;
    } else {
      do_differ = differ();
    }
    if (do_differ) found.push_back({at, was.at(at), is.at(at)});
  }
  return found;
}

}  // namespace zhijia::dmn
