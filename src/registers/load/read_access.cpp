#include <fmt/format.h>

#include <algorithm>

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

std::optional<Sight> sight_named(std::string_view name) {
  if (name == "visible") return Sight::visible;
  if (name == "masked") return Sight::masked;
  if (name == "hidden") return Sight::hidden;
  return std::nullopt;
}

void add_once(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& each : from)
    if (std::ranges::find(to, each) == to.end()) to.push_back(each);
}

}  // namespace

FieldAccess read_field_access(YamlReader& reader, const YAML::Node& field, bool is_secret) {
  FieldAccess access{.by_role = {}, .others = is_secret ? Sight::masked : Sight::visible};
  const YAML::Node node = field["access"];
  if (!node) return access;
  reader.only_keys(node, {"visible", "masked", "hidden", "others"});
  if (!node.IsMap()) return access;
  for (const auto& [name, sight] :
       {std::pair{"visible", Sight::visible}, std::pair{"masked", Sight::masked}, std::pair{"hidden", Sight::hidden}})
    for (const std::string& role : reader.texts(node, name)) access.by_role.emplace_back(role, sight);
  const std::string others = reader.required_text(node, "others");
  if (const auto sight = sight_named(others))
    access.others = *sight;
  else if (!others.empty())
    reader.refuse(node["others"], "pack.sight", "others 只能是 visible、masked 或 hidden",
                  "“others” is visible, masked or hidden");
  if (is_secret && (access.others == Sight::visible || node["visible"]))
    reader.refuse(node, "pack.secret_visible", "保密字段不能直接显示：请用查看原文的权限（reveal），原因会记入日志",
                  "a secret is never simply visible: who needs it may `reveal` it, with a reason that the log keeps");
  return access;
}

Access read_access(YamlReader& reader, const YAML::Node& root) {
  Access access;
  const YAML::Node node = root["access"];
  if (!node) return access;
  reader.only_keys(node, {"read", "create", "change", "reveal"});
  if (!node.IsMap()) return access;
  if (node["read"]) access.read = reader.texts(node, "read");
  if (node["create"]) access.create = reader.texts(node, "create");
  if (node["reveal"]) access.reveal = reader.texts(node, "reveal");
  if (!node["change"]) return access;
  access.change.emplace();
  for (const YAML::Node& rule : node["change"]) {
    reader.only_keys(rule, {"by", "in", "fields"});
    if (!rule.IsMap()) continue;
    if (!rule["by"])
      reader.refuse(rule, "pack.missing_key", "缺少“by”：可以修改的角色", "“by” is missing: the roles that may change");
    access.change->push_back({reader.texts(rule, "by"), reader.texts(rule, "in"), reader.texts(rule, "fields")});
  }
  return access;
}

Access access_of_parts(const Access& owner) {
  Access access = owner;
  if (!owner.change) return access;
  std::vector<std::string> roles;
  for (const ChangeRule& rule : *owner.change) add_once(roles, rule.by);
  access.change = std::vector<ChangeRule>{{roles, {}, {}}};
  if (owner.create) add_once(*access.create, roles);
  return access;
}

std::vector<Limit> read_limits(YamlReader& reader, const YAML::Node& root, const Register& register_) {
  std::vector<Limit> limits;
  const auto part_of = [&](const YAML::Node& node, std::string name) {
    Limit::Part part{.register_ = std::move(name),
                     .sum = reader.text(node, "sum"),
                     .per = reader.texts(node, "per"),
                     .year_of = reader.text(node, "year_of"),
                     .where = reader.text(node, "where")};
    if (part.per.empty() && part.year_of.empty())
      reader.refuse(node, "pack.missing_key", "缺少“per”：按哪些字段合计",
                    "“per” is missing: what is counted together");
    return part;
  };
  for (const YAML::Node& node : root["limits"]) {
    reader.only_keys(node, {"sum", "per", "year_of", "where", "with", "at_most", "message"});
    if (!node.IsMap()) continue;
    Limit limit{.parts = {part_of(node, register_.name)},
                .at_most = reader.required_text(node, "at_most"),
                .message = reader.required_title(node, "message")};
    for (const auto& other : node["with"]) {
      reader.only_keys(other.second, {"sum", "per", "year_of", "where"});
      if (other.second.IsMap()) limit.parts.push_back(part_of(other.second, other.first.Scalar()));
    }
    limits.push_back(std::move(limit));
  }
  return limits;
}

}  // namespace zhijia::registers
