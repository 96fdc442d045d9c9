#include "feel/type.hpp"

#include <algorithm>
#include <array>

#include "builtins.hpp"
#include "shared.hpp"

namespace zhijia::feel {

struct Type::Parts {
  Type element;  // of a list or range; the result of a function
  std::vector<Type> parameters;
  std::vector<std::string> names;  // of the parameters
  Fields fields;
};

Type Type::list(Type element) {
  Type type(Kind::list);
  type.parts_ = std::make_shared<const Parts>(Parts{.element = std::move(element)});
  return type;
}

Type Type::range(Type element) {
  Type type(Kind::range);
  type.parts_ = std::make_shared<const Parts>(Parts{.element = std::move(element)});
  return type;
}

Type Type::context(Fields fields) {
  Type type(Kind::context);
  type.parts_ = std::make_shared<const Parts>(Parts{.fields = std::move(fields)});
  return type;
}

Type Type::function(std::vector<Type> parameters, Type result, std::vector<std::string> names) {
  Type type(Kind::function);
  type.parts_ = std::make_shared<const Parts>(Parts{std::move(result), std::move(parameters), std::move(names), {}});
  return type;
}

namespace {

const Type any_type;

constexpr std::array<std::pair<std::string_view, Type::Kind>, 20> simple_types{
    {{"Any", Type::Kind::any},
     {"Null", Type::Kind::null},
     {"boolean", Type::Kind::boolean},
     {"number", Type::Kind::number},
     {"string", Type::Kind::string},
     {"date", Type::Kind::date},
     {"time", Type::Kind::time},
     {"date and time", Type::Kind::date_time},
     {"years and months duration", Type::Kind::months},
     {"days and time duration", Type::Kind::duration},
     {"list", Type::Kind::list},
     {"context", Type::Kind::context},
     {"range", Type::Kind::range},
     {"function", Type::Kind::function},
     {"any", Type::Kind::any},
     {"null", Type::Kind::null},
     {"dateTime", Type::Kind::date_time},
     {"yearMonthDuration", Type::Kind::months},
     {"dayTimeDuration", Type::Kind::duration},
     {"", Type::Kind::any}}};

}  // namespace

bool Type::simple(std::string_view name, Type& type) {
  const auto found = std::ranges::find(simple_types, name, &std::pair<std::string_view, Kind>::first);
  if (found == simple_types.end() || name.empty()) return false;
  type = found->second;
  return true;
}

const Type& Type::element() const {
  const bool has = (is(Kind::list) || is(Kind::range)) && parts_ != nullptr;
  return has ? parts_->element : any_type;
}

const Type::Fields& Type::fields() const {
  static const Fields none;
  return parts_ == nullptr ? none : parts_->fields;
}

const Type* Type::field(std::string_view name) const {
  const auto& all = fields();
  const auto found = std::ranges::find(all, name, &std::pair<std::string, Type>::first);
  return found == all.end() ? nullptr : &found->second;
}

const Type& Type::result() const { return is(Kind::function) && parts_ != nullptr ? parts_->element : any_type; }

const std::vector<Type>& Type::parameters() const {
  static const std::vector<Type> none;
  return parts_ == nullptr ? none : parts_->parameters;
}

const std::vector<std::string>& Type::parameter_names() const {
  static const std::vector<std::string> none;
  return parts_ == nullptr ? none : parts_->names;
}

std::string Type::text() const {
  const auto simple = std::ranges::find(simple_types, kind_, &std::pair<std::string_view, Kind>::second);
  std::string name(simple->first);
  if (parts_ == nullptr) return name;
  if (is(Kind::list) || is(Kind::range)) return name + "<" + element().text() + ">";
  std::string inside;
  if (is(Kind::context)) {
    for (const auto& [field, type] : fields()) inside += (inside.empty() ? "" : ", ") + field + ": " + type.text();
    return fields().empty() ? name : name + "<" + inside + ">";
  }
  for (const auto& parameter : parameters()) inside += (inside.empty() ? "" : ", ") + parameter.text();
  return name + "<" + inside + "> -> " + result().text();
}

bool Type::operator==(const Type& other) const {
  if (kind_ != other.kind_) return false;
  if (parts_ == other.parts_) return true;
  if (parts_ == nullptr || other.parts_ == nullptr) return false;
  return parts_->element == other.parts_->element && parts_->parameters == other.parts_->parameters &&
         parts_->fields == other.parts_->fields;
}

bool Type::can_become(const Type& declared) const {
  const auto says_nothing = [](const Type& type) {
    return type.is(Kind::any) || type.is(Kind::null) || type.is(Kind::function) || type.is(Kind::range);
  };
  if (says_nothing(*this) || says_nothing(declared)) return true;
  // A list of one stands for its item, and an item for a list of it.
  if (is(Kind::list)) return element().can_become(declared.is(Kind::list) ? declared.element() : declared);
  if (declared.is(Kind::list)) return can_become(declared.element());
  if (is(Kind::date) && declared.is(Kind::date_time)) return true;
  if (kind() != declared.kind()) return false;
  if (!is(Kind::context) || fields().empty()) return true;
  return std::ranges::all_of(declared.fields(), [&](const auto& wanted) {
    const auto* has = field(wanted.first);
    return has != nullptr && has->can_become(wanted.second);
  });
}

bool Type::conforms_to(const Type& other) const {
  if (other.is(Kind::any) || is(Kind::null)) return true;
  if (kind_ != other.kind_) return false;
  if (other.parts_ == nullptr) return true;
  switch (kind_) {
    case Kind::list:
    case Kind::range:
      return element().conforms_to(other.element());
    case Kind::context:
      return std::ranges::all_of(other.fields(), [&](const auto& wanted) {
        const auto* has = field(wanted.first);
        return has != nullptr && has->conforms_to(wanted.second);
      });
    case Kind::function: {
      const auto& wanted = other.parameters();
      if (parts_ == nullptr || parameters().size() != wanted.size() || !result().conforms_to(other.result()))
        return false;
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (!wanted[i].conforms_to(parameters()[i])) return false;
      return true;
    }
    default:
      return true;
  }
}

namespace {

Type::Kind type_kind(Kind kind) {
  return static_cast<Type::Kind>(static_cast<std::uint8_t>(kind) + 1);  // Any comes before the kinds of values
}
static_assert(static_cast<int>(Type::Kind::null) == static_cast<int>(Kind::null) + 1);
static_assert(static_cast<int>(Type::Kind::function) == static_cast<int>(Kind::function) + 1);

Type function_type(const Function& function) {
  if (function.closure.node != nullptr) {
    const auto& node = *function.closure.node;
    return Type::function({node.types.begin(), node.types.end()}, node.type);
  }
  if (function.native != nullptr) {
    std::vector<Type> parameters(function.parameters.size());
    if (function.parameter_types != nullptr) parameters = *function.parameter_types;
    return Type::function(std::move(parameters), {});
  }
  return Type::Kind::function;
}

}  // namespace

Type type_of(const Value& value) {
  switch (value.kind()) {
    case Kind::list: {
      if (value.items().empty()) return Type::list(Type::Kind::null);
      Type common = type_of(value.items().front());
      for (const auto& item : value.items()) {
        const auto type = type_of(item);
        if (common.conforms_to(type))
          common = type;
        else if (!type.conforms_to(common))
          return Type::list({});
      }
      return Type::list(common);
    }
    case Kind::context: {
      Type::Fields fields;
      for (std::size_t i = 0; i < value.keys().size(); ++i)
        fields.emplace_back(value.keys()[i], type_of(value.entries()[i]));
      return Type::context(std::move(fields));
    }
    case Kind::range: {
      const auto& range = value.range();
      return Type::range(type_of(range.low.is_null() ? range.high : range.low));
    }
    case Kind::function:
      return function_type(value.function());
    default:
      return type_kind(value.kind());
  }
}

bool instance_of(const Value& value, const Type& type) {
  if (value.is_null()) return type.is(Type::Kind::null);
  if (type.is(Type::Kind::any)) return true;
  if (type_kind(value.kind()) != type.kind()) return false;
  switch (value.kind()) {
    case Kind::list:
      return type.element().is(Type::Kind::any) || std::ranges::all_of(value.items(), [&](const Value& item) {
               return item.is_null() || instance_of(item, type.element());
             });
    case Kind::context:
      return std::ranges::all_of(type.fields(), [&](const auto& field) {
        const auto* entry = value.find(field.first);
        return entry != nullptr && (entry->is_null() || instance_of(*entry, field.second));
      });
    case Kind::range:
    case Kind::function:
      return type_of(value).conforms_to(type);
    default:
      return true;
  }
}

Value convert(const Value& value, const Type& type, bool& lost) {
  lost = false;
  if (value.is_null() || type.is(Type::Kind::any) || instance_of(value, type)) return value;
  if (type.is(Type::Kind::list) && !value.is(Kind::list)) {
    auto item = convert(value, type.element(), lost);
    return lost ? Value() : Value::list({std::move(item)});
  }
  // One level only: [[1]] is not a number.
  if (value.is(Kind::list) && value.items().size() == 1 && !type.is(Type::Kind::list) &&
      !value.items().front().is(Kind::list)) {
    return convert(value.items().front(), type, lost);
  }
  if (value.is(Kind::date) && type.is(Type::Kind::date_time)) return DateTime{value.date(), Time{0, Zone::utc()}};
  if (value.is(Kind::list) && type.is(Type::Kind::list)) {
    Values items;
    for (const auto& item : value.items()) {
      items.push_back(convert(item, type.element(), lost));
      if (lost) return {};
    }
    return Value::list(std::move(items));
  }
  lost = true;
  return {};
}

}  // namespace zhijia::feel
