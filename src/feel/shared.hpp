#pragma once

#include "feel/ast.hpp"
#include "feel/value.hpp"

namespace zhijia::feel {

struct SharedString : Shared {
  explicit SharedString(std::string text_) : Shared(0), text(std::move(text_)) {}
  std::string text;
};

struct SharedList : Shared {
  SharedList(std::uint32_t depth_, Values items_) : Shared(depth_), items(std::move(items_)) {}
  Values items;
};

struct SharedContext : Shared {
  SharedContext(std::uint32_t depth_, std::shared_ptr<const Keys> keys_, Values values_)
      : Shared(depth_), keys(std::move(keys_)), values(std::move(values_)) {}
  std::shared_ptr<const Keys> keys;
  Values values;
};

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
