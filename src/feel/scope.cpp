#include "feel/feel.hpp"
#include "lexical.hpp"

namespace zhijia::feel {

std::uint32_t Scope::declare(std::string_view name, Type type) {
  if (const auto slot = find(name)) {
    variables_[*slot].type = std::move(type);
    return *slot;
  }
  variables_.push_back({std::string(name), std::move(type)});
  return static_cast<std::uint32_t>(variables_.size() - 1);
}

void Scope::declare_type(std::string_view name, Type type) { types_.emplace_back(name_key(name), std::move(type)); }

std::optional<std::uint32_t> Scope::find(std::string_view name) const {
  const auto key = name_key(name);
  for (std::uint32_t slot = 0; slot < variables_.size(); ++slot)
    if (variables_[slot].name == name || name_key(variables_[slot].name) == key) return slot;
  return std::nullopt;
}

const Type* Scope::find_type(std::string_view name) const {
  const auto key = name_key(name);
  for (const auto& [declared, type] : types_)
    if (declared == key) return &type;
  return nullptr;
}

std::string Tree::place(std::uint32_t byte) const {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < byte && i < text_.size(); ++i) {
    if (text_[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text_[i]) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

std::string_view symbol(Node::Operator op) {
  switch (op) {
    case Node::Operator::none:
      return "";
    case Node::Operator::add:
      return "+";
    case Node::Operator::subtract:
      return "-";
    case Node::Operator::multiply:
      return "*";
    case Node::Operator::divide:
      return "/";
    case Node::Operator::power:
      return "**";
    case Node::Operator::equal:
      return "=";
    case Node::Operator::not_equal:
      return "!=";
    case Node::Operator::less:
      return "<";
    case Node::Operator::less_equal:
      return "<=";
    case Node::Operator::greater:
      return ">";
    case Node::Operator::greater_equal:
      return ">=";
  }
  return "";
}

}  // namespace zhijia::feel
