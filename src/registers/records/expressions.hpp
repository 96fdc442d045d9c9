#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "feel/feel.hpp"
#include "registers/engine.hpp"

namespace zhijia::registers {

/// The checks, computed fields and guards of one register, parsed once. A variable's slot is the field's place.
class Expressions {
 public:
  /// Problems: pack.expression, naming the field or check, with what FEEL said.
  static Result<Expressions> parse(const Register& of, const Clock& clock);

  /// The record behind a link, as a context.
  using Follow = std::function<feel::Value(const Field& link, Id id)>;

  /// Writes the computed fields, in their order.
  void compute(const Register& of, Record& record, const Follow& follow) const;

  /// What the checks refuse. A check that gives null, as when a value is missing, holds. Checks of the record as a
  /// whole are asked only when it is `whole`: when no cell of it failed to be read.
  Problems refusals(const Register& of, const Record& record, bool whole, const Follow& follow) const;

  /// Whether the guard of the step (its place in the flow) is true; a step without guard may always be taken.
  bool allows(std::size_t step, const Register& of, const Record& record, const Follow& follow) const;

 private:
  enum class Use : unsigned char { none, plain, followed };
  std::vector<feel::Value> variables(const Register& of, const Record& record, const Follow& follow) const;
  void note_uses(const feel::Node& node);

  const Clock* clock_ = nullptr;
  std::vector<feel::Expression> field_checks_;   // by field; null for none, as in the next two
  std::vector<feel::Expression> computed_;       // by field
  std::vector<feel::Expression> guards_;         // by step
  std::vector<feel::Expression> record_checks_;  // by check
  std::vector<Use> uses_;                        // by field
};

}  // namespace zhijia::registers
