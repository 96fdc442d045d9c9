#include "dmn/batch.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>

#include "columns/planner.hpp"

namespace zhijia::dmn {

using columns::chunk_cases;
using columns::Form;
using columns::Integers;
using columns::MatchedRows;
using columns::Vector;
using feel::Value;
using feel::Values;

namespace {

/// Before the entries of a dictionary, which follow it.
constexpr std::uint32_t null_code = 0;
/// Entries beside it that codes of a byte can tell apart.
constexpr std::size_t byte_codes_max = std::numeric_limits<std::uint8_t>::max();

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
    for (const auto& looked : planner_.looked()) looks_.emplace_back(looked);
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
  const Integers& rows(std::size_t decision, std::size_t n) {
    auto& look = looks_[decision];
    if (look.looked.tables.size() == 1) return look.looked.tables[0]->row_codes;
    look.places.clear(n);
    auto* const places = look.places.own_small();
    for (std::size_t i = 0; i < n; ++i) places[i] = place_of_rows(look, i);
    return look.places;
  }

 private:
  struct Look;

  static std::int32_t place_of_rows(Look& look, std::size_t at) {
    MatchedRows rows;
    for (const auto* table : look.looked.tables) {
      const auto& one = table->row_lists[static_cast<std::size_t>(table->row_codes[at])];
      rows.insert(rows.end(), one.begin(), one.end());
    }
    const auto [found, is_new] = look.known.try_emplace(rows, static_cast<std::int32_t>(look.lists.size()));
    if (is_new) look.lists.push_back(std::move(rows));
    return found->second;
  }

  struct Look {
    columns::Looked looked;
    // Of those that look at several tables:
    std::map<MatchedRows, std::int32_t> known;
    std::vector<MatchedRows> lists;
    Integers places{0};
  };

  columns::Scalar scalar_;
  columns::Planner planner_;
  columns::Op* result_ = nullptr;
  std::deque<Look> looks_;
};

/// Codes of all cases that several threads put in, each for its pieces: bytes, for as long as they suffice.
class Gathered {
 public:
  explicit Gathered(std::size_t cases) : bytes_(cases), is_small_(pieces_of(cases)) {}

  static std::size_t pieces_of(std::size_t cases) { return (cases + chunk_cases - 1) / chunk_cases; }

  // Room for the codes of a piece, of which one or the other is used.

  std::uint8_t* bytes(std::size_t piece) { return bytes_.data() + piece * chunk_cases; }
  std::int32_t* small(std::size_t piece) {
    std::call_once(small_made_, [this] { small_.resize(bytes_.size()); });
    is_small_[piece] = 1;
    return small_.data() + piece * chunk_cases;
  }

  std::size_t operator[](std::size_t at) const {
    return is_small_[at / chunk_cases] != 0 ? static_cast<std::size_t>(small_[at]) : bytes_[at];
  }

  /// All of them, those of a piece increased by what `more` gives for it: places among so many entries. A code of
  /// `kept` stays what it is.
  template <typename More>
  Packed joined(std::size_t entries, std::int32_t kept, More&& more) && {
    constexpr std::size_t byte_entries = std::numeric_limits<std::uint8_t>::max() + 1;
    const bool fit_bytes = entries <= byte_entries && std::ranges::none_of(is_small_, [](char is) { return is != 0; });
    if (!fit_bytes) widen();
    for (std::size_t piece = 0; piece < is_small_.size(); ++piece) {
      const auto by = static_cast<std::int32_t>(more(piece));
      if (by == 0) continue;
      if (fit_bytes)
        increase(std::span(bytes_), piece, kept, by);
      else
        increase(std::span(small_), piece, kept, by);
    }
    return fit_bytes ? Packed(std::move(bytes_)) : Packed(std::move(small_));
  }

 private:
  void widen() {
    small_.resize(bytes_.size());
    for (std::size_t at = 0; at < bytes_.size(); ++at)
      if (is_small_[at / chunk_cases] == 0) small_[at] = bytes_[at];
  }

  template <typename T>
  static void increase(std::span<T> codes, std::size_t piece, std::int32_t kept, std::int32_t by) {
    const auto begin = piece * chunk_cases;
    for (auto& code : codes.subspan(begin, std::min(chunk_cases, codes.size() - begin)))
      if (code != kept) code = static_cast<T>(code + by);
  }

  Packed::Bytes bytes_;
  Packed::Small small_;
  std::once_flag small_made_;
  std::vector<char> is_small_;  ///< by piece
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
        keep_rows_(options.keep_rows),
        codes_(columns.cases) {
    options_.clock = options.clock;
    pieces_.resize(Gathered::pieces_of(columns.cases));
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
      while (rows_.size() < worker.decisions()) rows_.emplace_back(columns_.cases);
    }
    while (true) {
      const auto piece = next_.fetch_add(1);
      if (piece >= pieces_.size()) return;
      const auto begin = piece * chunk_cases;
      const auto n = std::min(chunk_cases, columns_.cases - begin);
      worker.run(begin, n);
      pieces_[piece].worker = &worker;
      take_values(piece, worker.result(), n);
      for (std::size_t decision = 0; decision < worker.decisions() && keep_rows_; ++decision)
        take_rows(rows_[decision], piece, worker.rows(decision, n), n);
      const auto heavy = worker.heavy();
      for (const auto i : heavy) evaluate_whole(worker, begin + i);
    }
  }

  void take_values(std::size_t at, const Vector& vector, std::size_t n) {
    static const Values truths{false, true};
    auto& piece = pieces_[at];
    const bool is_coded = (vector.seen & columns::odd) == 0 &&
                          (vector.form == Form::coded || vector.form == Form::boolean || vector.form == Form::null);
    if (!is_coded) {
      std::call_once(values_made_, [this] { values_.resize(columns_.cases); });
      for (std::size_t i = 0; i < n; ++i) values_[at * chunk_cases + i] = vector.get(i);
      return;
    }
    piece.dictionary = vector.form == Form::coded ? vector.dictionary : &truths;
    const auto take_codes = [&](const auto& cells, auto* codes) {
      for (std::size_t i = 0; i < n; ++i) codes[i] = static_cast<std::remove_pointer_t<decltype(codes)>>(cells[i] + 1);
      if (vector.seen == columns::given) return;
      for (std::size_t i = 0; i < n; ++i)
        if (vector.states[i] != columns::given) codes[i] = null_code;
    };
    const auto& integers = vector.integers;
    if (vector.form != Form::coded)
      take_codes(vector.truths.data(), codes_.bytes(at));
    else if (integers.width() == Integers::Width::byte && vector.dictionary->size() <= byte_codes_max)
      take_codes(integers.bytes(), codes_.bytes(at));
    else
      take_codes(integers, codes_.small(at));
  }

  static void take_rows(Gathered& rows, std::size_t piece, const Integers& places, std::size_t n) {
    if (places.width() == Integers::Width::byte)
      std::copy_n(places.bytes(), n, rows.bytes(piece));
    else
      std::copy_n(places.small(), n, rows.small(piece));
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
      take_coded();
      for (auto& [at, value] : heavy_values_) values_[at] = std::move(value);
      return {std::move(values_)};
    }
    Joined<Value> joined;
    joined.all.emplace_back();
    for (const auto& piece : pieces_) joined.begin_of(*piece.dictionary);
    auto codes = std::move(codes_).joined(joined.all.size() + heavy_values_.size(), null_code, [&](std::size_t piece) {
      return joined.begin_of(*pieces_[piece].dictionary) - 1;
    });
    for (auto& [at, value] : heavy_values_) {
      put_code(codes, at, joined.all.size());
      joined.all.push_back(std::move(value));
    }
    return Column::of_codes(std::move(codes), std::move(joined.all));
  }

  static void put_code(Packed& codes, std::size_t at, std::size_t code) {
    codes.visit([&](auto& cells) { cells[at] = static_cast<std::remove_reference_t<decltype(cells[at])>>(code); });
  }

  /// Values of the pieces that have codes.
  void take_coded() {
    for (std::size_t at = 0; at < columns_.cases; ++at) {
      const auto* dictionary = pieces_[at / chunk_cases].dictionary;
      if (dictionary != nullptr && codes_[at] != null_code) values_[at] = (*dictionary)[codes_[at] - 1];
    }
  }

  std::vector<DecidingRows> joined_rows() {
    std::vector<DecidingRows> all;
    for (std::size_t decision = 0; decision < rows_.size(); ++decision) {
      const auto element = workers_[0]->element(decision);
      Joined<MatchedRows> joined;
      const auto begin_of = [&](std::size_t piece) { return joined.begin_of(pieces_[piece].worker->lists(decision)); };
      for (std::size_t piece = 0; piece < pieces_.size(); ++piece) begin_of(piece);
      constexpr std::int32_t none_kept = -1;
      auto codes = std::move(rows_[decision]).joined(joined.all.size() + heavy_steps_.size(), none_kept, begin_of);
      DecidingRows kept{model_.parts()->elements[element].name, std::move(codes), std::move(joined.all)};
      for (const auto& [at, steps] : heavy_steps_) put_steps(kept, at, steps);
      const bool has_tables = std::ranges::any_of(kept.lists, [](const auto& rows) { return !rows.empty(); });
      if (has_tables || element == element_) all.push_back(std::move(kept));
    }
    if (all.empty() || all.back().decision != decision_)
      all.push_back({std::string(decision_), Packed(Packed::Bytes(columns_.cases)), {{}}});
    return all;
  }

  static void put_steps(DecidingRows& kept, std::size_t at, const std::vector<Step>& steps) {
    put_code(kept.codes, at, kept.lists.size());
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
  Gathered codes_;
  Values values_;
  std::once_flag values_made_;
  std::deque<Gathered> rows_;  ///< by decision
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
  std::map<std::pair<std::int64_t, std::int64_t>, bool> known;
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
