#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "feel/feel.hpp"
#include "lexical.hpp"

namespace zhijia::feel {

/// Makes nodes and keeps them: what a parser and its name resolution build in.
class NodeStore : public Tree {
 public:
  explicit NodeStore(std::string text) : Tree(std::move(text)) {}
  Node* make(Node::Kind kind, std::uint32_t begin, std::uint32_t end);
  void set_children(Node* node, std::vector<const Node*> children);
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  std::span<const Type> keep(std::vector<Type> types) { return types_.emplace_back(std::move(types)); }
  std::span<const std::uint32_t> keep(std::vector<std::uint32_t> slots) {
    return slots_.emplace_back(std::move(slots));
  }
  void finish(const Node* root, std::uint32_t locals, Type type, std::vector<Clash> clashes);

 private:
  std::deque<Node> nodes_;
  std::deque<std::vector<const Node*>> children_;
  std::deque<std::string> texts_;
  std::deque<std::vector<Type>> types_;
  std::deque<std::vector<std::uint32_t>> slots_;
};

/// A node and what is known about its type.
struct Typed {
  const Node* node = nullptr;
  Type type;
};

/// Which names mean what at a point of a text: variables of the Scope, locals of the functions around, keys of the
/// items being filtered, built-in functions. The longest name that means something wins, the innermost meaning first.
class Names {
 public:
  Names(NodeStore& nodes, const Scope& scope, const ParseOptions& options);

  std::uint32_t declare(std::string_view name, Type type);  ///< a local; returns its slot
  std::uint32_t declare_item(Type type);                    ///< a filter's item
  std::size_t mark() const { return locals_.size(); }
  /// Whether the local of this slot, declared last in the innermost function, occurs.
  bool was_used(std::uint32_t slot) const;
  void forget_from(std::size_t mark) { locals_.resize(mark); }

  void enter_function();
  /// Slots of the function left, where its captured values go, and the nodes that give them outside it.
  struct Left {
    std::uint32_t slots;
    std::vector<std::uint32_t> capture_slots;
    std::vector<const Node*> captured;
  };
  Left leave_function();
  std::uint32_t slots() const { return functions_.back().slots; }

  /// Takes the longest known name from here; a node of nullptr when none is known.
  Typed take(Cursor& cursor);
  Typed input(std::uint32_t begin, std::uint32_t end);
  /// A key after a dot: the longest key known of `type` or seen anywhere, or else one word.
  std::string take_key(Cursor& cursor, const Type& type);
  /// A key was seen in a context literal.
  void hint(std::string_view name);

 private:
  struct Local {
    std::string key;
    Type type;
    std::uint32_t slot;
    std::size_t level;
    bool is_item;
    bool is_used = false;
  };
  struct FunctionState {
    std::uint32_t slots = 0;
    std::map<std::string, std::uint32_t> captures;
    std::vector<std::uint32_t> capture_slots;
    std::vector<const Node*> captured;
  };
  struct Span {
    std::uint32_t begin, end;
  };

  Typed resolve(const std::string& key, bool is_known_key, Span span);
  const Node* local_node(Local& local, Span span);
  const Node* outer_node(Node::Kind kind, std::uint32_t slot, std::string_view name, Span span);
  const Node* capture(const Node* outside, std::size_t from_level, const std::string& identity, Span span);
  const Node* key_of(const Node* item, std::string_view key, Span span);
  void hint_fields(const Type& type, int depth);

  NodeStore& nodes_;
  const Scope& scope_;
  const ParseOptions& options_;
  std::map<std::string, std::uint32_t, std::less<>> variables_;
  std::map<std::string, std::string, std::less<>> hints_;  // key → as written
  std::vector<Local> locals_;
  std::vector<FunctionState> functions_;
  std::size_t parts_max_ = 6;
};

}  // namespace zhijia::feel
