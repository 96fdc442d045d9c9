#pragma once

#include <map>
#include <optional>
#include <set>

#include "columns/op.hpp"
#include "dmn/batch.hpp"
#include "parts.hpp"

namespace zhijia::dmn::columns {

/// A decision that looks at tables, and the steps that do, in order.
struct Looked {
  std::size_t element;
  std::vector<const RowsOp*> tables;
};

/// Compiles what a decision needs to steps over columns. Constant steps run while they are added, so that later ones
/// can be made from what they gave. A plan and its memory belong to one thread; each thread makes its own.
class Planner {
 public:
  Planner(std::shared_ptr<const Parts> parts, const Columns& columns, Scalar& scalar, bool keep_rows);

  /// The value of an element, and what it needs before it.
  Term element(std::size_t at);
  const std::vector<std::unique_ptr<Op>>& steps() const { return steps_; }
  const std::vector<Looked>& looked() const { return looked_; }

  // For those who compile their own part.

  Op* add(std::unique_ptr<Op> op);
  /// The step that was made under this key, or the one that `make` gives.
  template <typename Make>
  Op* shared(const std::string& key, Make&& make) {
    auto& op = shared_[key];
    if (op == nullptr) op = add(make());
    return op;
  }
  Op* constant(const feel::Value& value);
  Op* column_of(const Term& term);
  Term coerced(const Term& term, const ItemTypePtr& type);
  /// An expression over the variables of its scope; `input` is `?`.
  Term expression(const feel::Expression& expression, const Terms& variables, Op* input = nullptr);
  /// What a plain part of an expression, without `?`, gives for every case; nothing where it varies.
  std::optional<feel::Value> fixed(const feel::Node& node, const Terms& variables);
  Term box(const BoxPtr& box, const Terms& variables);
  void looks_at(const RowsOp* table) { tables_.push_back(table); }

  bool keeps_rows() const { return keep_rows_; }
  Scalar& scalar() { return scalar_; }

 private:
  Term decision(std::size_t at);
  Term given(const Column& column);
  Term given(const Column& column, const ItemTypePtr& type);
  Terms variables_of(const Element& element);

  std::shared_ptr<const Parts> parts_;
  const Columns& columns_;
  Scalar& scalar_;
  bool keep_rows_;
  std::vector<std::unique_ptr<Op>> steps_;
  std::vector<std::optional<Term>> elements_;
  std::map<std::string, Op*> shared_;
  std::vector<const RowsOp*> tables_;  ///< of the decision that is being compiled
  std::vector<Looked> looked_;
};

/// Whether an expression is made only of what there are steps for. Others (loops, filters, calls, functions) are
/// evaluated case by case as a whole, so that their limits are those of evaluating them alone.
bool is_plain(const feel::Node& node);
void collect_slots(const feel::Node& node, std::set<std::uint32_t>& slots);

/// Steps over whole columns; each works on what it knows and leaves the other cases odd.
std::unique_ptr<Op> arithmetic(feel::Node::Operator op, const Op& left, const Op& right);
std::unique_ptr<Op> comparison(feel::Node::Operator op, const Op& left, const Op& right);
/// How a unary test compares: as comparison(), but a null or a truth where the test is a value says more than its sign.
std::unique_ptr<Op> comparing_test(feel::Node::Operator op, const Op& left, const Op& right);
/// and, or. `strict`: null when either is.
std::unique_ptr<Op> junction(bool deciding, bool strict, const Op& left, const Op& right);
std::unique_ptr<Op> negation(const Op& operand);
std::unique_ptr<Op> minus(const Op& operand);
std::unique_ptr<Op> choice(const Op& condition, const Op& then, const Op& otherwise);
std::unique_ptr<Op> extreme(int direction, std::vector<const Op*> operands);
/// `base_has_values`: what is odd in it can be looked at.
std::unique_ptr<Op> path(const Op& base, std::string_view name, bool base_has_values);
/// A built-in function; nullptr when it cannot be called by place.
std::unique_ptr<Op> builtin(std::string_view name, std::vector<const Op*> arguments);

}  // namespace zhijia::dmn::columns
