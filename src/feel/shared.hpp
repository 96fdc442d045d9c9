#pragma once

#include "feel/ast.hpp"
#include "feel/value.hpp"

namespace zhijia::feel {

struct SharedRange : Shared {
  SharedRange(std::uint32_t depth_, Range range_) : Shared(depth_), range(std::move(range_)) {}
  Range range;
};

struct SharedFunction : Shared {
  SharedFunction(std::uint32_t depth_, Function function_) : Shared(depth_), function(std::move(function_)) {}
  SharedFunction(std::uint32_t depth_, Closure closure)
      : Shared(depth_),
        function{.closure = std::move(closure), .native = {}, .parameters = {}, .parameter_types = {}} {}
  Function function;
};

}  // namespace zhijia::feel
