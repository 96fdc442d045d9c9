#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feel/value.hpp"

namespace zhijia::feel {

/// A FEEL type: a simple one, or list<…>, context<…>, range<…>, function<…> over others. Cheap to copy, immutable.
class Type {
 public:
  enum class Kind : std::uint8_t {
    any,
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
  using Fields = std::vector<std::pair<std::string, Type>>;

  Type() = default;                 ///< Any
  Type(Kind kind) : kind_(kind) {}  // NOLINT: a simple type is its kind
  static Type list(Type element);
  static Type range(Type element);
  static Type context(Fields fields);
  /// `names`, of the parameters, are for calls that name them; two types that differ in nothing else are equal.
  static Type function(std::vector<Type> parameters, Type result, std::vector<std::string> names = {});
  /// "number", "date and time", "years and months duration" …; FEEL's and XML's spellings; false when unknown.
  static bool simple(std::string_view name, Type& type);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  const Type& element() const;   ///< of a list or range; Any when not stated
  const Fields& fields() const;  ///< of a context; empty when not stated
  const Type* field(std::string_view name) const;
  const std::vector<Type>& parameters() const;              ///< of a function
  const std::vector<std::string>& parameter_names() const;  ///< empty when not stated
  const Type& result() const;
  std::string text() const;  ///< "list<context<a: number>>"

  /// Whether a value of this type can stand where `other` is asked for (OMG DMN 1.5, 10.3.2.9.1).
  bool conforms_to(const Type& other) const;
  /// Whether some value of this type may become one of `declared` by the implicit conversions; true where too little is
  /// known of either. Where it is false, what is converted is always null.
  bool can_become(const Type& declared) const;
  bool operator==(const Type& other) const;

 private:
  struct Parts;
  Kind kind_ = Kind::any;
  std::shared_ptr<const Parts> parts_;
};

/// Whether the value belongs to the type, as `instance of` says (null belongs to Null only; Any takes all but null).
bool instance_of(const Value& value, const Type& type);
/// The type of a value, lists by what their elements have in common.
Type type_of(const Value& value);

/// FEEL's implicit conversions (OMG DMN 1.5, 10.3.2.9.4): to a list of one, from a list of one, date to date and time;
/// what does not conform becomes null. Null stays null. `converted` tells whether a value was lost.
Value convert(const Value& value, const Type& type, bool& lost);
inline Value convert(const Value& value, const Type& type) {
  bool lost = false;
  return convert(value, type, lost);
}

}  // namespace zhijia::feel
