#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "feel/feel.hpp"
#include "registers/engine.hpp"

namespace zhijia::registers {

/// Some thirty years; a longer term is a slip of the pen.
constexpr std::int64_t term_days_max = 11'000;

/// The checks, computed fields, guards and terms of one register, parsed once. A variable's slot is the field's place.
class Expressions {
 public:
  /// `tables`: the register's sub-tables, which computed fields see by their names, as lists of contexts. Problems:
  /// pack.expression, naming the field or check, with what FEEL said.
  static Result<Expressions> parse(const Register& of, std::vector<const Register*> tables, const Clock& clock);

  /// The record behind a link, as a context.
  using Follow = std::function<feel::Value(const Field& link, Id id)>;
  /// The record's rows in a sub-table.
  using Rows = std::function<feel::Value(const Register& table)>;

  /// Writes the computed fields, in their order.
  void compute(const Register& of, Record& record, const Follow& follow, const Rows& rows) const;
  /// Whether a computed field looks into the sub-table, so that it follows every row of it.
  bool looks_into(const Register& table) const;

  /// What the checks refuse. A check that gives null, as when a value is missing, holds. Checks of the record as a
  /// whole are asked only when it is `whole`: when no cell of it failed to be read.
  Problems refusals(const Register& of, const Record& record, bool whole, const Follow& follow) const;

  /// Whether the guard of the step (its place in the flow) is true; a step without guard may always be taken.
  bool allows(std::size_t step, const Register& of, const Record& record, const Follow& follow) const;

  /// The day on which a deadline or publicity of the flow (its place there) ends that began on `from`, weekends and
  /// holidays as `calendar` has them. Nothing when its length is no number, or beyond term_days_max.
  std::optional<Date> end_of(const Deadline& deadline, Date from, const Register& of, const Record& record,
                             const Calendar& calendar, const Follow& follow) const;
  std::optional<Date> end_of(const Publicity& publicity, Date from, const Register& of, const Record& record,
                             const Calendar& calendar, const Follow& follow) const;

  /// Another expression over the record, which note_uses_of() was told of.
  feel::Value evaluate(const feel::Expression& expression, const Register& of, const Record& record,
                       const Follow& follow) const;
  void note_uses_of(const feel::Expression& expression) {
    if (expression) note_uses(expression->root());
  }

 private:
  enum class Use : unsigned char { none, plain, followed };
  std::optional<Date> end_of(Term::Unit unit, const feel::Expression& length, Date from, const Register& of,
                             const Record& record, const Calendar& calendar, const Follow& follow) const;
  std::vector<feel::Value> variables(const Register& of, const Record& record, const Follow& follow) const;
  void note_uses(const feel::Node& node);

  const Clock* clock_ = nullptr;
  std::vector<feel::Expression> field_checks_;             // by field; null for none, as in the next two
  std::vector<feel::Expression> computed_;                 // by field
  std::vector<feel::Expression> guards_;                   // by step
  std::vector<feel::Expression> record_checks_;            // by check
  std::vector<feel::Expression> deadlines_, publicities_;  // lengths, by place in the flow
  std::vector<const Register*> tables_;
  std::vector<Use> uses_;  // by field, then by sub-table
};

}  // namespace zhijia::registers
