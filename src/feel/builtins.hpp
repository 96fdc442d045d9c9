#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "feel/ast.hpp"
#include "feel/value.hpp"

namespace zhijia::feel {

class Evaluator;

/// One way to call a built-in function: its parameters with their types, and what it does. Arguments reach `body`
/// already converted and of the right kinds, so a body says only what the function means.
struct Signature {
  using Body = Value (*)(Evaluator& evaluator, std::span<const Value> arguments);
  struct Parameter {
    std::string_view name;
    std::uint16_t kinds;  ///< bit k set: a value of Kind k is taken
    bool optional;
  };

  /// `parameters`: "string: s, start position: n, length: n?". Letters: s string, n number, b boolean, d date, t time,
  /// D date and time, y years and months duration, T days and time duration, l list, c context, r range, f function, p
  /// any point that a range may have as an end, 0 null too, a any. `?` is optional (null when absent). "list: l..."
  /// packs all arguments into one list.
  Signature(std::string_view parameters, Body body);

  std::vector<Parameter> parameters;
  std::size_t required = 0;
  bool packed = false;
  Body body;
};

struct Builtin {
  std::string_view name;
  std::vector<Signature> signatures;
};

const Builtin* find_builtin(std::string_view name_key);
/// All of them, by name.
std::span<const Builtin* const> all_builtins();

// The tables of each file under builtins/.
std::span<const Builtin> conversion_builtins();
std::span<const Builtin> boolean_builtins();
std::span<const Builtin> string_builtins();
std::span<const Builtin> number_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> context_builtins();
std::span<const Builtin> temporal_builtins();
std::span<const Builtin> range_builtins();

}  // namespace zhijia::feel
