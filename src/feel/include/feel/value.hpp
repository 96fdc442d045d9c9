#pragma once

#include <atomic>
#include <concepts>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feel/number.hpp"
#include "feel/temporal.hpp"

namespace zhijia::feel {

enum class Kind : std::uint8_t {
  null,
  boolean,
  number,
  string,
  date,
  time,
  date_time,
  months,
  duration,
  list,
  context,
  range,
  function
};

class Value;
struct Range;
struct Closure;
struct Function;
struct Diagnostics;
using Values = std::vector<Value>;

/// Values inside values, deeper than anyone nests by hand; keeps their destruction within the stack.
constexpr std::uint32_t value_depth_max = 500;

/// The keys of contexts made in the same place, in order. Contexts share it, so that making one copies no text.
class Keys {
 public:
  explicit Keys(std::vector<std::string> names) : names_(std::move(names)) {}
  std::size_t size() const { return names_.size(); }
  const std::string& operator[](std::size_t at) const { return names_[at]; }
  const std::vector<std::string>& names() const { return names_; }
  std::size_t find(std::string_view name) const;  ///< its place, or size()

 private:
  std::vector<std::string> names_;
};

/// What Value shares: immutable once made, counted across threads.
struct Shared {
  explicit Shared(std::uint32_t depth_) : depth(depth_) {}
  mutable std::atomic<std::uint32_t> owners{1};
  std::uint32_t depth;
};

/// A FEEL value: 24 bytes, cheap to copy, immutable. Texts of up to 15 bytes are inside, longer ones and all
/// composed values are shared and counted, so values may be read from many threads.
class Value {
 public:
  constexpr Value() noexcept = default;
  template <std::same_as<bool> B>
  Value(B truth) noexcept : bits_{truth ? 1ULL : 0ULL, 0, tag_of(Kind::boolean)} {}
  Value(Number number) noexcept : bits_{number.low(), number.high(), tag_of(Kind::number)} {}
  Value(std::int64_t integer) noexcept : Value(Number(integer)) {}
  Value(int integer) noexcept : Value(Number(integer)) {}
  Value(std::string_view text);  ///< well-formed UTF-8
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  /// A text of `size` bytes, which `write(char* bytes)` gives: made where it stays.
  template <typename Write>
  static Value text(std::size_t size, Write write) {
    Value value;
    write(value.room_for_text(size));
    return value;
  }
  Value(Date date) noexcept : bits_{word(date.days), 0, tag_of(Kind::date)} {}
  Value(Time time) noexcept : bits_{word(time.nanos), 0, tag_of(Kind::time, time.zone.code())} {}
  Value(DateTime at) noexcept
      : bits_{word(at.date.days), word(at.time.nanos), tag_of(Kind::date_time, at.time.zone.code())} {}
  Value(Months months) noexcept : bits_{word(months.count), 0, tag_of(Kind::months)} {}
  Value(Duration duration) noexcept : bits_{word(duration.nanos), word(duration.nanos >> 64), tag_of(Kind::duration)} {}
  /// Null when it would be nested deeper than value_depth_max.
  static Value list(Values items);
  static Value context(std::shared_ptr<const Keys> keys, Values values);  ///< as many values as keys
  static Value context(std::vector<std::pair<std::string, Value>> entries);
  static Value range(Range range);
  static Value function(Function function);
  static Value function(Closure closure);
  /// An optional's content, or null.
  template <typename T>
  static Value of(const std::optional<T>& content) {
    return content ? Value(*content) : Value();
  }

  Value(const Value& other) noexcept : bits_{other.bits_.low, other.bits_.high, other.bits_.tag} {
    if (is_owned()) retain();
  }
  Value(Value&& other) noexcept : bits_{other.bits_.low, other.bits_.high, other.bits_.tag} { other.bits_.tag = 0; }
  Value& operator=(const Value& other) noexcept {
    if (other.is_owned()) other.retain();
    replace(other.bits_);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    const auto bits = other.bits_;
    other.bits_.tag = 0;
    replace(bits);
    return *this;
  }
  ~Value() {
    if (is_owned()) release();
  }

  Kind kind() const { return static_cast<Kind>(bits_.tag >> kind_shift); }
  bool is_null() const { return kind() == Kind::null; }
  bool is(Kind kind) const { return this->kind() == kind; }
  bool is_true() const { return is(Kind::boolean) && bits_.low == 1; }
  bool is_false() const { return is(Kind::boolean) && bits_.low == 0; }

  /// A null becomes something simple: what assignment does, without a look at what was there.
  void become(Number number) noexcept { bits_ = {number.low(), number.high(), tag_of(Kind::number)}; }
  void become(bool truth) noexcept { bits_ = {truth ? 1ULL : 0ULL, 0, tag_of(Kind::boolean)}; }

  // Each of these may only be called on a value of its kind.
  bool boolean() const { return bits_.low == 1; }
  Number number() const { return Number::from_words(bits_.low, bits_.high); }
  std::string_view string() const;  ///< lives as long as this Value
  Date date() const { return {static_cast<std::int64_t>(bits_.low)}; }
  Time time() const { return {static_cast<std::int64_t>(bits_.low), zone()}; }
  DateTime date_time() const {
    return {{static_cast<std::int64_t>(bits_.low)}, {static_cast<std::int64_t>(bits_.high), zone()}};
  }
  Months months() const { return {static_cast<std::int64_t>(bits_.low)}; }
  Duration duration() const { return {static_cast<Wide>((static_cast<WideUnsigned>(bits_.high) << 64U) | bits_.low)}; }
  const Values& items() const;  ///< of a list
  const Keys& keys() const;     ///< of a context
  const std::shared_ptr<const Keys>& shared_keys() const;
  const Values& entries() const;                  ///< of a context, in the order of keys()
  const Value* find(std::string_view key) const;  ///< of a context; nullptr when absent
  const Range& range() const;
  const Function& function() const;

  std::uint32_t depth() const { return is_owned() ? shared()->depth : 0; }

 private:
  friend class Loan;
  /// Three words, each written and read as one: what is written in parts and read as a whole, or the reverse, stalls
  /// today's processors for longer than a sum takes.
  struct Bits {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    /// From bit 0 the zone, from 32 the size of a text that is kept inside, at 40 whether `low` is a pointer to
    /// something shared, from 56 the kind.
    std::uint64_t tag = 0;
  };
  static constexpr unsigned size_shift = 32;
  static constexpr unsigned owned_shift = 40;
  static constexpr unsigned kind_shift = 56;
  static constexpr std::uint64_t tag_of(Kind kind, std::int32_t zone = 0) {
    return static_cast<std::uint64_t>(kind) << kind_shift | static_cast<std::uint32_t>(zone);
  }
  static constexpr std::uint64_t word(Wide integer) { return static_cast<std::uint64_t>(integer); }
  bool is_owned() const { return (bits_.tag >> owned_shift & 1U) != 0; }
  std::size_t size() const { return static_cast<std::uint8_t>(bits_.tag >> size_shift); }
  Zone zone() const { return Zone::from_code(static_cast<std::int32_t>(bits_.tag)); }
  /// Takes bits over that are counted already.
  void replace(Bits bits) noexcept {
    if (is_owned()) release();
    bits_ = bits;
  }

  Value(Kind kind, Shared* shared) noexcept
      : bits_{reinterpret_cast<std::uint64_t>(shared), 0, tag_of(kind) | std::uint64_t{1} << owned_shift} {}
  Shared* shared() const { return reinterpret_cast<Shared*>(bits_.low); }
  char* room_for_text(std::size_t size);
  void retain() const { shared()->owners.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;
  static constexpr std::size_t inside_max = 15;

  Bits bits_;
};
static_assert(sizeof(Value) == 24);

struct SharedText : Shared {
  explicit SharedText(std::size_t size_) : Shared(0), size(size_) {}
  std::size_t size;  // of the bytes that follow
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
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

inline std::string_view Value::string() const {
  if (!is_owned()) return {reinterpret_cast<const char*>(&bits_), size()};
  const auto* text = static_cast<const SharedText*>(shared());
  return {text->bytes(), text->size};
}
inline const Values& Value::items() const { return static_cast<const SharedList*>(shared())->items; }
inline const Keys& Value::keys() const { return *static_cast<const SharedContext*>(shared())->keys; }
inline const std::shared_ptr<const Keys>& Value::shared_keys() const {
  return static_cast<const SharedContext*>(shared())->keys;
}
inline const Values& Value::entries() const { return static_cast<const SharedContext*>(shared())->values; }
inline const Value* Value::find(std::string_view key) const {
  const auto at = keys().find(key);
  return at == keys().size() ? nullptr : &entries()[at];
}

/// Lends values to a variable that must be null before: while lent, it reads and copies as the value itself, but the
/// lender keeps it alive, so that going through a list counts no owners.
class Loan {
 public:
  explicit Loan(Value& variable) : variable_(variable) { variable_ = Value(); }
  ~Loan() { variable_.bits_ = Value::Bits{}; }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  void lend(const Value& value) { variable_.bits_ = value.bits_; }

 private:
  Value& variable_;
};

/// An interval, or a comparison as a value such as `(< 5)`. Only a comparison is
/// unbounded at an end that is null; whether an interval with a null end contains a value is not known.
struct Range {
  enum class Form : std::uint8_t {
    interval,
    comparison,  ///< written with < <= > >= =; never equal to an interval, though it contains the same values
    exclusion    ///< `(!= x)`: all but `low`
  };
  Value low;
  Value high;
  bool low_closed = false;
  bool high_closed = false;
  Form form = Form::interval;
};

/// Implementation of a function from outside the language (a decision service, a business knowledge model).
using Native = std::function<Value(std::span<const Value> arguments, Diagnostics* diagnostics)>;

class Type;
class Tree;
struct Node;
struct Builtin;

struct Parameter;

/// A function literal at work; only the evaluator looks inside.
struct Closure {
  std::shared_ptr<const Tree> tree;  ///< owns the node
  const Node* node = nullptr;
  Values captured;  ///< what the literal took from around it
};

/// A function value: of a literal, from outside the language, or built in. Exactly one of the first three is set.
struct Function {
  Closure closure;  ///< set when its node is
  std::shared_ptr<const Native> native;
  const Builtin* builtin = nullptr;
  std::vector<std::string> parameters;                       ///< names, in order, of a native function
  std::shared_ptr<const std::vector<Type>> parameter_types;  ///< of a native function; may be absent: any
};

/// FEEL's equality (OMG DMN 1.5, 10.3.2.13): values of different kinds are not comparable: null. null = null is true.
/// Context order does not matter; date and times are equal when they are the same moment.
Value equals(const Value& a, const Value& b);
/// a before b: negative; std::nullopt when they have no order.
std::optional<int> order(const Value& a, const Value& b);
/// Whether the range contains the value; null when they cannot be compared.
Value contains(const Range& range, const Value& value);
/// As FEEL's string() writes it: strings without quotes outside, with quotes inside lists and contexts.
std::string text(const Value& value);
/// As a FEEL expression that gives the value again.
std::string literal(const Value& value);
std::string_view kind_name(Kind kind);  ///< "date and time"

}  // namespace zhijia::feel
