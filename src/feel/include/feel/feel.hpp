#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "feel/ast.hpp"
#include "feel/type.hpp"
#include "feel/value.hpp"

/// FEEL, the expression language of OMG DMN 1.5 (chapter 10), whole.
///
///     Scope scope;
///     scope.declare("Monthly Income", Type::Kind::number);
///     auto expression = parse("Monthly Income * 12", scope);
///     Value year = evaluate(*expression, {.variables = {{Value(3000)}}});
namespace zhijia::feel {

/// The names that a text may use. A variable's slot is its place in order of declaration.
class Scope {
 public:
  /// Declares a variable, or gives a declared one a new type; returns its slot. Spaces in names are not significant
  /// beyond separating words.
  std::uint32_t declare(std::string_view name, Type type = {});
  /// A type name for `instance of` and for parameters of functions.
  void declare_type(std::string_view name, Type type);

  std::optional<std::uint32_t> find(std::string_view name) const;
  std::size_t size() const { return variables_.size(); }
  const std::string& name(std::uint32_t slot) const { return variables_[slot].name; }
  const Type& type(std::uint32_t slot) const { return variables_[slot].type; }
  const Type* find_type(std::string_view name) const;
  const std::vector<std::pair<std::string, Type>>& types() const { return types_; }

 private:
  struct Variable {
    std::string name;
    Type type;
  };
  std::vector<Variable> variables_;
  std::vector<std::pair<std::string, Type>> types_;
};

/// What a parser takes at most. Texts come from users' models and pages.
constexpr std::size_t text_bytes_max = 256 * 1024;  ///< the longest cell in published models has under 8 KiB
constexpr std::uint16_t node_depth_max = 400;       ///< levels of nested expressions

struct ParseOptions {
  /// Type of `?`; set for unary tests and for the expressions of decision table cells.
  std::optional<Type> input;
};

using Expression = std::shared_ptr<const Tree>;

/// Problems: "feel.syntax", "feel.unknown_name", "feel.too_deep", "feel.too_long"; their place.cell is line:column.
Result<Expression> parse(std::string_view text, const Scope& scope, const ParseOptions& options = {});
/// A cell of a decision table: `-`, `< 5, [10..20]`, `not("a", "b")`, or any expression over `?`. Gives a boolean.
Result<Expression> parse_unary_tests(std::string_view text, const Scope& scope, const ParseOptions& options = {});
/// A type expression: "list<number>", a declared name.
Result<Type> parse_type(std::string_view text, const Scope& scope = {});

/// What one evaluation may use. One that needs more gives null and a diagnostic.
struct Limits {
  std::uint64_t steps_max = 50'000'000;            ///< nodes evaluated; some seconds
  std::uint32_t depth_max = 1'000;                 ///< nested nodes and calls; stays within a thread's stack
  std::size_t items_max = 1'000'000;               ///< of one list
  std::uint64_t bytes_max = 512ULL * 1024 * 1024;  ///< made in all, freed or not
};

/// Why values became null. Cheap when absent: pass nullptr where nobody reads it.
struct Diagnostics {
  static constexpr std::size_t problems_max = 100;
  Problems problems;
};

/// What an expression is evaluated over. The spans must outlive the call, not the result.
struct Frame {
  std::span<const Value> variables;  ///< by slot of the Scope that it was parsed with
  Value input = {};                  ///< `?`
  const Clock* clock = nullptr;      ///< for now() and today(); the machine's when absent
  const Limits* limits = nullptr;
};

/// Never throws on account of the expression or its values: errors are null with a diagnostic.
Value evaluate(const Tree& tree, const Frame& frame, Diagnostics* diagnostics = nullptr);
inline Value evaluate(const Expression& expression, const Frame& frame, Diagnostics* diagnostics = nullptr) {
  return evaluate(*expression, frame, diagnostics);
}
/// Calls a function value; arguments are converted to its parameters' types.
Value call(const Value& function, std::span<const Value> arguments, const Frame& frame = {},
           Diagnostics* diagnostics = nullptr);

}  // namespace zhijia::feel
