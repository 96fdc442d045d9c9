#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feel/type.hpp"
#include "feel/value.hpp"

namespace zhijia::feel {

struct Builtin;
class Evaluator;
enum class Truth : std::uint8_t;

/// The syntax of a FEEL expression with its names resolved. `children` of each kind are listed beside it; a child is
/// never nullptr unless said.
struct Node {
  enum class Kind : std::uint8_t {
    literal,      ///< value; also a built-in function that is named but not called
    variable,     ///< slot: place in the Scope; name
    local,        ///< slot: place among the locals of its function; name
    input,        ///< `?`
    item_name,    ///< name: a key of an enclosing filter's item whose type is not known; children: the items from the
                  ///< innermost out, then what the name means outside, if anything (flag)
    list,         ///< children: items
    context,      ///< keys; children: values; slots: where those after an entry find its value
    range,        ///< children: low, high (nullptr: unbounded); low_closed, high_closed; op: the comparator of a test
                  ///< such as `< 5` (for equal both children are the operand, for not_equal low is), else none
    negate,       ///< children: operand
    arithmetic,   ///< op add … power; children: left, right
    comparison,   ///< op equal … greater_equal; children: left, right
    conjunction,  ///< children: left, right (three-valued)
    disjunction,  ///< children: left, right (three-valued)
    between,      ///< children: value, low, high
    in,           ///< children: value, then tests: true if one holds
    conditional,  ///< children: condition, then, else
    iteration,    ///< `for`; children: domains, then body; slots: variables, then `partial` (flag: it is read)
    some,         ///< children: domains, then condition; slots: variables
    every,        ///< as some
    iterated_range,  ///< a..b as a domain of iteration; children: from, to
    filter,          ///< children: list, condition; the item is local slot
    path,            ///< children: base; name; slot: of a context written there, the entry asked for
    builtin_call,    ///< builtin; children: arguments in the order of its parameters (nullptr: not given);
                     ///< keys: names, if they were named; flag: no signature has such names
    call,            ///< children: function, arguments; keys: names of the arguments, if they are named
    instance_of,     ///< children: value; type
    function,        ///< children: body, then what is captured; keys, types: parameters
    unary_tests,     ///< flag: negated; children: tests, none for `-`
    external         ///< `function(…) external …`: cannot be called, always gives null
  };
  enum class Operator : std::uint8_t {
    none,
    add,
    subtract,
    multiply,
    divide,
    power,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal
  };

  Kind kind = Kind::literal;
  Operator op = Operator::none;
  bool low_closed = false;
  bool high_closed = false;
  bool flag = false;
  bool uses_input = false;   ///< `?` occurs in it (not inside a nested unary test)
  bool is_constant = false;  ///< its children and meaning are as written, but `value` is what it always gives
  std::uint16_t depth = 1;   ///< levels of nodes from here down
  std::uint32_t size = 1;    ///< nodes from here down
  std::uint32_t begin = 0;   ///< bytes of the source text: [begin, end)
  std::uint32_t end = 0;
  std::uint32_t slot = 0;
  std::span<const Node* const> children;
  std::string_view name;
  Value value;
  std::shared_ptr<const Keys> keys;  ///< of a context; of a function its parameters; of a call its named arguments
  const Builtin* builtin = nullptr;
  Type type;                             ///< of instance_of; of a function what its body is known to give
  std::span<const Type> types;           ///< of a function's parameters
  std::span<const std::uint32_t> slots;  ///< local slots: of a context its entries, of loops their variables, of a
                                         ///< function what it captured
  std::uint32_t locals = 0;              ///< of a function: slots it needs (parameters, captures, then its own)

  /// Where the evaluator finds the value, or how it makes it; its own affair, chosen once the tree is complete.
  enum class Place : std::uint8_t { made, constant, local, variable, input };
  Place place = Place::made;
  void (*make)(Evaluator& evaluator, const Node& node, Value& out) = nullptr;
  Truth (*decide)(Evaluator& evaluator, const Node& node) = nullptr;  ///< of nodes that give true, false or null only
};

/// A part of a text, bytes [begin, end), that gives a value of one type where another is needed.
struct Clash {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Type known;
  Type wanted;
};

/// A parsed text: owns its nodes. Immutable, may be shared between threads.
class Tree : public std::enable_shared_from_this<Tree> {
 public:
  virtual ~Tree() = default;
  const Node& root() const { return *root_; }
  std::uint32_t locals() const { return locals_; }        ///< slots that evaluating the root needs
  std::uint32_t variables() const { return variables_; }  ///< slots of the Scope up to the last one that is read
  const std::string& text() const { return text_; }
  const Type& type() const { return type_; }  ///< what the root is known to give; Any when unknown
  /// Parts whose types, as far as they are known, make the result null whatever the values.
  const std::vector<Clash>& clashes() const { return clashes_; }
  /// "line:column" of a byte, both from 1, columns in code points.
  std::string place(std::uint32_t byte) const;

 protected:
  explicit Tree(std::string text) : text_(std::move(text)) {}
  std::string text_;
  const Node* root_ = nullptr;
  std::uint32_t locals_ = 0;
  std::uint32_t variables_ = 0;
  Type type_;
  std::vector<Clash> clashes_;
};

std::string_view builtin_name(const Builtin& builtin);
std::string_view symbol(Node::Operator op);  ///< "<="

}  // namespace zhijia::feel
