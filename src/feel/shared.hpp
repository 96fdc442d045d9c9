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
  Function function;
};

/// A function literal at work: its node, the tree that owns the node, and the values that it took from around it.
struct Closure {
  std::shared_ptr<const Tree> tree;
  const Node* node;
  Values captured;
};

std::uint32_t captured_depth(const Function& function);

}  // namespace zhijia::feel
