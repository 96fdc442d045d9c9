#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

constexpr std::array<std::pair<std::string_view, Fill>, 3> fill_names{
    {{"today", Fill::today}, {"number", Fill::number}, {"union", Fill::union_}}};

/// A list of fields; `true` is all of them, but for those that are the engine's or secret.
std::vector<std::string> read_fields_named(YamlReader& reader, const YAML::Node& node, const char* key,
                                           const Register& register_) {
  const YAML::Node value = node[key];
  if (!value) return {};
  if (!value.IsScalar() || value.Scalar() != "true") return reader.texts(node, key);
  std::vector<std::string> names;
  for (const Field& field : register_.fields)
    if (field.name != "state" && field.name != "subject" && field.name != "part_of" && !field.secret)
      names.push_back(field.name);
  return names;
}

SelfService read_self(YamlReader& reader, const YAML::Node& node, const Register& register_) {
  reader.only_keys(node, {"read", "create", "change_in", "attach_in", "fill", "whose", "theme"});
  SelfService self;
  if (!node.IsMap()) return self;
  if (const std::string whose = reader.text(node, "whose"); !whose.empty()) self.whose = whose;
  self.theme = reader.text(node, "theme");
  self.reads = read_fields_named(reader, node, "read", register_);
  self.writes = read_fields_named(reader, node, "create", register_);
  self.change_in = reader.texts(node, "change_in");
  self.attach_in = node["attach_in"] ? reader.texts(node, "attach_in") : self.change_in;
  for (const auto& fill : node["fill"]) {
    const std::string word = fill.second.Scalar();
    const auto known = std::ranges::find(fill_names, word, &std::pair<std::string_view, Fill>::first);
    if (known == fill_names.end())
      reader.refuse(fill.second, "pack.fill", fmt::format("不能自动填写“{}”；可用 today、number、union", word),
                    fmt::format("“{}” cannot be filled in; there are today, number, union", word));
    else
      self.fills.emplace_back(fill.first.Scalar(), known->second);
  }
  return self;
}

Opened read_public(YamlReader& reader, const YAML::Node& node, const Register& register_) {
  reader.only_keys(node, {"where", "fields", "sort", "theme"});
  if (!node.IsMap()) return {};
  return {.where = reader.text(node, "where"),
          .fields = read_fields_named(reader, node, "fields", register_),
          .sort = reader.text(node, "sort"),
          .theme = reader.text(node, "theme")};
}

}  // namespace

void read_openings(YamlReader& reader, const YAML::Node& root, Register& register_) {
  if (!root.IsMap()) return;
  if (root["self"]) register_.self = read_self(reader, root["self"], register_);
  if (root["public"]) register_.open = read_public(reader, root["public"], register_);
  if (root["link"]) {
    reader.only_keys(root["link"], {"fields"});
    register_.linked = read_fields_named(reader, root["link"], "fields", register_);
  }
}

}  // namespace zhijia::registers
