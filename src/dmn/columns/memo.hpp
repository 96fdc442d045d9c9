#pragma once

#include <unordered_map>

#include "columns/op.hpp"

namespace zhijia::dmn::columns {

/// Keeps what was made for cases alike, where all columns that it was made from are truths or codes.
template <typename Kept>
class Memo {
 public:
  explicit Memo(std::vector<const Op*> columns) : columns_(std::move(columns)) {
    std::erase_if(columns_, [](const Op* op) { return op->is_constant; });
    forms_.resize(columns_.size());
  }

  /// Looks at the forms of a new chunk.
  void begin() {
    unsigned bits = 0;
    is_useful_ = !columns_.empty();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto& vector = columns_[i]->vector();
      const bool is_coded = vector.form == Form::coded;
      bits += is_coded ? code_bits : truth_bits;
      const Known known{vector.form, is_coded ? vector.dictionary : nullptr};
      if (known != forms_[i]) kept_.clear();
      forms_[i] = known;
      is_useful_ = is_useful_ && (is_coded ? vector.dictionary->size() < code_max
                                           : vector.form == Form::boolean || vector.form == Form::null);
    }
    is_useful_ = is_useful_ && bits <= 64 && kept_.size() < kept_max;
  }

  /// The place for what is made for the case; nullptr when it is not worth keeping.
  Kept* find(std::size_t at) {
    if (!is_useful_) return nullptr;
    std::uint64_t key = 0;
    for (const auto* column : columns_) {
      const auto& vector = column->vector();
      const auto state = vector.states[at];
      if ((state & odd) != 0) return nullptr;
      key <<= vector.form == Form::coded ? code_bits : truth_bits;
      if (state != given) continue;
      key |= (vector.form == Form::boolean ? vector.truths[at] : static_cast<std::uint64_t>(vector.integers[at])) + 1;
    }
    return &kept_[key];
  }

 private:
  struct Known {
    Form form = Form::null;
    const feel::Values* dictionary = nullptr;
    bool operator==(const Known&) const = default;
  };
  static constexpr unsigned code_bits = 20;
  static constexpr unsigned truth_bits = 2;
  static constexpr std::size_t code_max = (1U << code_bits) - 1;
  static constexpr std::size_t kept_max = 100'000;

  std::vector<const Op*> columns_;
  std::vector<Known> forms_;
  std::unordered_map<std::uint64_t, Kept> kept_;
  bool is_useful_ = false;
};

}  // namespace zhijia::dmn::columns
