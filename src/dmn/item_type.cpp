#include "item_type.hpp"

namespace zhijia::dmn {

namespace {

bool allowed(const feel::Value& value, const ItemType& type, feel::Diagnostics* diagnostics) {
  if (!type.constrained || value.is_null()) return true;
  for (const auto& test : type.tests)
    if (!feel::evaluate(test, {.variables = {}, .input = value}, diagnostics).is_true()) return false;
  if (type.element && value.is(feel::Kind::list)) {
    for (const auto& item : value.items())
      if (!allowed(item, *type.element, diagnostics)) return false;
  }
  if (value.is(feel::Kind::context)) {
    for (const auto& [name, field] : type.fields)
      if (const auto* content = value.find(name); content && !allowed(*content, *field, diagnostics)) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

const ItemTypePtr& any_type() {
  static const auto any = std::make_shared<const ItemType>();
  return any;
}

}  // namespace

feel::Value coerce(const feel::Value& value, const ItemType& type, feel::Diagnostics* diagnostics) {
  // The result of a model's or a built-in function is not part of its value, so it cannot be held against it.
  if (type.type.is(feel::Type::Kind::function) && value.is(feel::Kind::function) &&
      value.function().closure.node == nullptr)
    return value;
  bool lost = false;
  auto converted = feel::convert(value, type.type, lost);
  if (!lost && allowed(converted, type, diagnostics)) return converted;
  if (diagnostics && diagnostics->problems.size() < feel::Diagnostics::problems_max) {
    const auto shown = feel::literal(value).substr(0, 200);
    const auto wanted = type.allowed_text.empty() ? type.type.text() : type.allowed_text;
    diagnostics->problems.push_back(
        {"dmn.type",
         {},
         {"值 " + shown + " 不符合类型 " + wanted + "，按空值处理",
          "The value " + shown + " does not conform to " + wanted + "; it counts as null"}});
  }
  return {};
}

feel::Type parameter_type(const ItemType& type) {
  return type.type.is(feel::Type::Kind::function) ? feel::Type() : type.type;
}

ItemTypes::ItemTypes(pugi::xml_node definitions, std::string file, Problems& problems)
    : file_(std::move(file)), problems_(problems) {
  for (auto node : children(definitions, "itemDefinition")) unread_.emplace(attribute(node, "name"), node);
}

void ItemTypes::import(std::string_view name, const ItemTypes& other) {
  for (const auto& key : other.own_) {
    const auto& type = other.known_.at(key);
    const auto full = name.empty() ? key : std::string(name) + "." + key;
    known_.emplace(full, type);
    scope_.declare_type(full, type->type);
  }
}

void ItemTypes::resolve_all() {
  while (!unread_.empty()) define(unread_.begin());
}

ItemTypePtr ItemTypes::find(std::string_view reference) {
  reference = trimmed(reference);
  if (reference.empty()) return any_type();
  if (const auto known = known_.find(reference); known != known_.end()) return known->second;
  if (const auto unread = unread_.find(reference); unread != unread_.end()) return define(unread);
  feel::Type simple;
  if (feel::Type::simple(reference, simple)) return std::make_shared<ItemType>(ItemType{.type = simple});
  // DMN 1.1 writes feel:number, whatever the prefix; other models name an import's type by its prefix.
  if (const auto colon = reference.find(':'); colon != std::string_view::npos) return find(reference.substr(colon + 1));
  const std::string name(reference);
  problems_.push_back({"dmn.unknown_type",
                       in_file(file_),
                       {"没有名为“" + name + "”的类型，请改正 typeRef 或补充定义",
                        "There is no type named \"" + name + "\"; correct the typeRef or define it"}});
  return any_type();
}

ItemTypePtr ItemTypes::define(Unread::iterator unread) {
  const auto [name, node] = *unread;
  unread_.erase(unread);
  // A definition that refers to itself meets Any inside itself.
  known_[name] = any_type();
  auto type = read(node);
  known_[name] = type;
  own_.insert(name);
  scope_.declare_type(name, type->type);
  return type;
}

ItemTypePtr ItemTypes::read(pugi::xml_node node) {
  auto plain = read_plain(node);
  auto element = std::make_shared<ItemType>(*plain);
  if (const auto values = child(node, "allowedValues")) add_test(*element, values, true);
  if (attribute(node, "isCollection") != "true") {
    if (const auto constraint = child(node, "typeConstraint")) add_test(*element, constraint, false);
    return element;
  }
  auto list = std::make_shared<ItemType>();
  list->type = feel::Type::list(element->type);
  list->constrained = element->constrained;
  list->element = std::move(element);
  // Allowed values are of the elements, a type constraint is of the whole (DMN 1.5, 7.3.3).
  if (const auto constraint = child(node, "typeConstraint")) add_test(*list, constraint, false);
  return list;
}

ItemTypePtr ItemTypes::read_plain(pugi::xml_node node) {
  if (const auto item = child(node, "functionItem")) {
    std::vector<feel::Type> parameters;
    for (auto parameter : children(item, "parameters"))
      parameters.push_back(find(attribute(parameter, "typeRef"))->type);
    const auto result = find(attribute(item, "outputTypeRef"))->type;
    return std::make_shared<ItemType>(ItemType{.type = feel::Type::function(std::move(parameters), result)});
  }
  const auto components = children(node, "itemComponent");
  if (components.empty()) return find(reference(node, "typeRef"));
  auto type = std::make_shared<ItemType>();
  feel::Type::Fields fields;
  for (auto component : components) {
    const std::string name(attribute(component, "name"));
    auto part = read(component);
    fields.emplace_back(name, part->type);
    type->constrained = type->constrained || part->constrained;
    type->fields.emplace_back(name, std::move(part));
  }
  type->type = feel::Type::context(std::move(fields));
  return type;
}

void ItemTypes::add_test(ItemType& type, pugi::xml_node node, bool keep_text) {
  const auto text = text_of(node);
  auto test = feel::parse_unary_tests(text, scope_, {.input = type.type});
  if (!test) {
    for (auto& problem : test.error()) {
      problem.place.file = file_;
      problem.place.field = attribute(node.parent(), "name");
      problems_.push_back(std::move(problem));
    }
    return;
  }
  type.tests.push_back(*test);
  type.constrained = true;
  if (keep_text) type.allowed_text = text;
}

}  // namespace zhijia::dmn
