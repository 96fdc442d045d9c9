#include "table.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "columns/index.hpp"

namespace zhijia::dmn::columns {

using feel::Value;
using feel::Values;

namespace {

/// What a row gives for one output.
struct Output {
  Term term = {};
  Value constant = {};  ///< where there is no term

  bool is_constant() const { return !term; }
  Value get(std::size_t at) const { return term ? term.get(at) : constant; }
};
using Outputs = std::vector<Output>;

/// Places of masks in the order in which they were met.
class MaskTable {
 public:
  /// Masks of so few bits that a table of all is small.
  static constexpr std::size_t direct_bits_max = 12;

  MaskTable(std::size_t words, std::size_t bits) : words_(words), slots_(64, empty) {
    if (bits <= direct_bits_max) direct_.assign(std::size_t{1} << bits, empty);
  }

  /// The place of the mask; a new one is size() - 1.
  std::size_t find(const Word* mask) {
    if (direct_.empty()) return find_hashed(mask);
    auto& place = direct_[*mask];
    if (place == empty) {
      place = size();
      masks_.push_back(*mask);
    }
    return place;
  }
  std::size_t size() const { return masks_.size() / words_; }

 private:
  std::size_t find_hashed(const Word* mask) {
    auto slot = hash(mask) & (slots_.size() - 1);
    while (slots_[slot] != empty) {
      const auto* known = at(slots_[slot]);
      if (*known == *mask && (words_ == 1 || std::equal(mask, mask + words_, known))) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = size();
    masks_.insert(masks_.end(), mask, mask + words_);
    const auto place = size() - 1;
    if (size() * 2 > slots_.size()) grow();
    return place;
  }
  const Word* at(std::size_t place) const { return masks_.data() + place * words_; }

  static constexpr std::size_t empty = static_cast<std::size_t>(-1);

  std::size_t hash(const Word* mask) const {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < words_; ++i) hash = (hash ^ mask[i]) * 0x9E3779B97F4A7C15ULL;
    return hash ^ (hash >> 32U);
  }

  void grow() {
    slots_.assign(slots_.size() * 2, empty);
    for (std::size_t place = 0; place < size(); ++place) {
      auto slot = hash(at(place)) & (slots_.size() - 1);
      while (slots_[slot] != empty) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = place;
    }
  }

  std::size_t words_;
  std::vector<Word> masks_;
  std::vector<std::size_t> slots_;
  std::vector<std::size_t> direct_;  ///< by mask, where there are few
};

/// A decision table: its columns leave a mask of rows for each case, and each distinct mask is decided once.
class TableOp final : public RowsOp {
 public:
  TableOp(const TableBox& table, std::vector<ColumnIndex> columns, std::vector<Outputs> rows,
          std::optional<Outputs> fallback, std::size_t words, Scalar& scalar)
      : table_(table),
        columns_(std::move(columns)),
        rows_(std::move(rows)),
        fallback_(std::move(fallback)),
        words_(words),
        scalar_(scalar),
        known_(words, rows_.size() + 1) {
    by_byte_.fill(unknown);
  }

  void run(std::size_t, std::size_t n) override {
    row_codes.clear(n);
    const bool fits_byte = rows_.size() < std::numeric_limits<std::uint8_t>::digits;
    const bool all_constant = fits_byte ? find_by_byte(n) : find(n);
    if (all_constant && constants_.size() <= chunk_cases)
      give_constants(n);
    else
      give_values(n);
  }

 private:
  /// Gives every case the place of its rows among the answers; true where all of those are constant.
  bool find(std::size_t n) {
    const auto rules = rows_.size();
    masks_.assign(n * words_, ~Word{0});
    for (auto& column : columns_) column.apply(masks_, n);
    const auto last = rules / word_bits;
    const auto last_bits = rules % word_bits == word_bits - 1 ? ~Word{0} : (Word{2} << (rules % word_bits)) - 1;
    bool all_constant = true;
    auto* const codes = row_codes.own_small();
    for (std::size_t i = 0; i < n; ++i) {
      auto* mask = &masks_[i * words_];
      mask[last] &= last_bits;
      const auto place = known_.find(mask);
      if (place == answers_.size()) learn(mask);
      codes[i] = static_cast<std::int32_t>(place);
      all_constant = all_constant && answers_[place].is_constant;
    }
    return all_constant;
  }

  /// The same for few rules, as most tables have.
  bool find_by_byte(std::size_t n) {
    const auto bits = static_cast<std::uint8_t>((2U << rows_.size()) - 1);
    byte_masks_.assign(n, bits);
    for (auto& column : columns_) column.apply(byte_masks_, n);
    auto* const codes = row_codes.own_bytes();
    if (!loops::look_up(byte_masks_.data(), by_byte_, unknown, codes, n)) {
      for (std::size_t i = 0; i < n; ++i) learn(byte_masks_[i]);
      loops::look_up(byte_masks_.data(), by_byte_, unknown, codes, n);
    }
    return !has_varying_ ||
           std::all_of(codes, codes + n, [&](std::uint8_t place) { return answers_[place].is_constant; });
  }

  struct Answer {
    bool is_constant = true;
    bool is_fallback = false;
    std::vector<std::size_t> rules = {};  ///< from 0, where it is not constant
  };

  void learn(std::uint8_t byte_mask) {
    // Where the inputs are not allowed no rows count, so that there are never more answers than a byte can tell.
    const bool is_allowed = (byte_mask >> rows_.size() & 1U) != 0;
    auto& code = by_byte_[is_allowed ? byte_mask : 0];
    if (code == unknown) {
      const Word mask = is_allowed ? byte_mask : 0;
      code = static_cast<std::uint8_t>(answers_.size());
      learn(&mask);
      has_varying_ = has_varying_ || !answers_.back().is_constant;
    }
    by_byte_[byte_mask] = code;
  }

  void learn(const Word* mask) {
    const auto rules = rows_.size();
    std::vector<std::size_t> hits;
    std::vector<std::uint32_t> numbers;
    const bool is_allowed = (mask[rules / word_bits] >> (rules % word_bits) & 1U) != 0;
    for (std::size_t word = 0; word < words_ && is_allowed; ++word) {
      for (auto rest = mask[word]; rest != 0; rest &= rest - 1) {
        const auto rule = word * word_bits + static_cast<std::size_t>(__builtin_ctzll(rest));
        if (rule == rules) continue;
        hits.push_back(rule);
        numbers.push_back(static_cast<std::uint32_t>(rule + 1));
      }
    }
    row_lists.push_back({std::move(numbers)});
    Answer answer;
    answer.is_fallback = is_allowed && hits.empty() && fallback_.has_value();
    if (table_.parts().policy == HitPolicy::first && hits.size() > 1) hits.resize(1);
    answer.rules = std::move(hits);
    const auto are_constant = [](const Outputs& outputs) { return std::ranges::all_of(outputs, &Output::is_constant); };
    answer.is_constant =
        answer.is_fallback
            ? are_constant(*fallback_)
            : std::ranges::all_of(answer.rules, [&](std::size_t rule) { return are_constant(rows_[rule]); });
    constants_.push_back(answer.is_constant && is_allowed ? value_of(answer, 0) : Value());
    answers_.push_back(std::move(answer));
    is_new_ = true;
  }

  static Hit hit(std::size_t rule, const Outputs& outputs, std::size_t at) {
    Hit hit{rule, {}};
    for (const auto& output : outputs) hit.outputs.push_back(output.get(at));
    return hit;
  }

  Value value_of(const Answer& answer, std::size_t at) {
    if (answer.is_fallback) return table_.as_value(hit(0, *fallback_, at));
    // One row decides alone; of several outputs, or where rows make a list, it has to be put together.
    const auto policy = table_.parts().policy;
    const bool is_single = policy != HitPolicy::rule_order && policy != HitPolicy::output_order &&
                           policy != HitPolicy::collect && answer.rules.size() == 1;
    if (is_single && rows_[answer.rules[0]].size() == 1) return rows_[answer.rules[0]][0].get(at);
    std::vector<Hit> hits;
    for (const auto rule : answer.rules) hits.push_back(hit(rule, rows_[rule], at));
    scalar_.activity.diagnostics.problems.clear();
    return table_.decide(hits, {}, scalar_.activity);
  }

  /// All answers of the chunk are known: their column is gathered from that of the answers.
  void give_constants(std::size_t n) {
    if (is_new_) {
      auto& room = gathered_.room();
      std::ranges::copy(constants_, room.begin());
      gathered_.take(constants_.size());
      is_new_ = false;
    }
    const bool is_coded = gathered_.form == Form::coded || (gathered_.seen & odd) != 0;
    if (is_coded || gathered_.form == Form::number) {
      own_.clear(Form::coded, n);
      own_.dictionary = &constants_;
      own_.integers.show(row_codes);
      if ((gathered_.seen & null) == 0) return;
      for (std::size_t i = 0; i < n; ++i) {
        own_.states[i] = constants_[code(i)].is_null() ? null : given;
        if (own_.states[i] != given) own_.integers.put(i, 0);
      }
    } else {
      own_.clear(gathered_.form, n);
      own_.scale = gathered_.scale;
      auto* const integers = own_.integers.own_wide();
      for (std::size_t i = 0; i < n; ++i) {
        integers[i] = gathered_.integers[code(i)];
        own_.truths[i] = gathered_.truths[code(i)];
        own_.states[i] = gathered_.states[code(i)];
      }
    }
    own_.note_states(n);
  }

  std::size_t code(std::size_t at) const { return static_cast<std::size_t>(row_codes[at]); }

  void give_values(std::size_t n) {
    auto& room = own_.room();
    for (std::size_t i = 0; i < n; ++i) {
      const auto place = code(i);
      room[i] = answers_[place].is_constant ? constants_[place] : value_of(answers_[place], i);
    }
    own_.take(n);
  }

  const TableBox& table_;
  std::vector<ColumnIndex> columns_;
  std::vector<Outputs> rows_;
  std::optional<Outputs> fallback_;
  std::size_t words_;
  Scalar& scalar_;
  MaskTable known_;
  std::vector<Answer> answers_;  ///< beside row_lists
  Values constants_;             ///< beside them: of those that are constant
  Vector gathered_;
  std::vector<Word> masks_;
  static constexpr std::uint8_t unknown = UINT8_MAX;
  std::vector<std::uint8_t> byte_masks_;
  std::array<std::uint8_t, 256> by_byte_;  ///< places of the answers
  bool has_varying_ = false;               ///< some answer is not constant
  bool is_new_ = false;
};

Output output_of(Planner& planner, const feel::Expression& expression, const ItemTypePtr& type,
                 const Terms& variables) {
  if (!expression) return {};
  const auto& root = expression->root();
  if (root.is_constant || root.kind == feel::Node::Kind::literal) return {{}, coerce(root.value, *type, nullptr)};
  auto term = planner.coerced(planner.expression(expression, variables), type);
  if (!term.is_constant()) return {std::move(term), {}};
  return {{}, term.get(0)};
}

bool has_variables(const feel::Expression& expression) {
  std::set<std::uint32_t> slots;
  if (expression) collect_slots(expression->root(), slots);
  return !slots.empty();
}

}  // namespace
}  // namespace zhijia::dmn::columns

namespace zhijia::dmn {

columns::Term TableBox::plan(columns::Planner& planner, const columns::Terms& variables) const {
  using namespace columns;
  // Outputs are indexed where rows and columns make a table; a huge one is looked at row by row.
  const auto words = parts_.rules.size() / word_bits + 1;
  const bool is_table = !parts_.outputs.empty() && !parts_.inputs.empty() && !parts_.rules.empty();
  if (!is_table ||
      std::ranges::any_of(parts_.outputs, [](const auto& clause) { return has_variables(clause.priorities); }))
    return {};
  std::vector<ColumnIndex> indexes;
  bool is_constant = true;
  for (std::size_t column = 0; column < parts_.inputs.size(); ++column) {
    auto* input = planner.column_of(planner.expression(parts_.inputs[column].expression, variables));
    indexes.emplace_back(planner, *input, *this, column, variables, words);
    if (!indexes.back().is_possible()) return {};
    is_constant = is_constant && indexes.back().is_constant();
  }
  std::vector<Outputs> rows;
  const auto add_rows = [&](const auto& expressions) {
    Outputs outputs;
    for (std::size_t i = 0; i < parts_.outputs.size(); ++i)
      outputs.push_back(output_of(planner, expressions(i), parts_.outputs[i].type, variables));
    is_constant = is_constant && std::ranges::all_of(outputs, &Output::is_constant);
    return outputs;
  };
  for (const auto& rule : parts_.rules) rows.push_back(add_rows([&](std::size_t i) { return rule.outputs[i]; }));
  std::optional<Outputs> fallback;
  if (has_default()) fallback = add_rows([&](std::size_t i) { return parts_.outputs[i].fallback; });
  auto op = std::make_unique<TableOp>(*this, std::move(indexes), std::move(rows), std::move(fallback), words,
                                      planner.scalar());
  op->is_constant = is_constant;
  if (planner.keeps_rows()) planner.looks_at(op.get());
  return {planner.add(std::move(op))};
}

}  // namespace zhijia::dmn
