#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace zhijia::dmn {

/// Models differ in the prefix and version of DMN's namespace, so elements are told by their local names.
inline std::string_view local(pugi::xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

inline std::vector<pugi::xml_node> children(pugi::xml_node node, std::string_view name) {
  std::vector<pugi::xml_node> found;
  for (auto child : node.children())
    if (local(child) == name) found.push_back(child);
  return found;
}

inline pugi::xml_node child(pugi::xml_node node, std::string_view name) {
  for (auto child : node.children())
    if (local(child) == name) return child;
  return {};
}

inline std::string_view attribute(pugi::xml_node node, const char* name) { return node.attribute(name).value(); }

/// An attribute, or where DMN 1.1 has a child element of that name its text.
inline std::string reference(pugi::xml_node node, const char* name) {
  if (const auto direct = node.attribute(name)) return direct.value();
  return child(node, name).text().get();
}

inline Place in_file(const std::string& file) {
  Place place;
  place.file = file;
  return place;
}

/// The content of `<text>`, CDATA parts included.
inline std::string text_of(pugi::xml_node node) {
  std::string content;
  for (auto part : child(node, "text").children()) content += part.value();
  return content;
}

/// The root of a model's text, read into `document`. Problems: "dmn.too_large", "dmn.xml", "dmn.not_a_model".
Result<pugi::xml_node> read_model(std::string_view xml, unsigned options, const std::string& file,
                                  pugi::xml_document& document);

}  // namespace zhijia::dmn
