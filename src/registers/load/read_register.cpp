#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

constexpr std::array<std::pair<std::string_view, FieldType>, 17> type_names{{
    {"text", FieldType::text},
    {"long_text", FieldType::long_text},
    {"integer", FieldType::integer},
    {"decimal", FieldType::decimal},
    {"money", FieldType::money},
    {"date", FieldType::date},
    {"yes_no", FieldType::yes_no},
    {"choice", FieldType::choice},
    {"region", FieldType::region},
    {"ref", FieldType::ref},
    {"organisation", FieldType::organisation},
    {"person", FieldType::person},
    {"household", FieldType::household},
    {"phone", FieldType::phone},
    {"identity_number", FieldType::identity_number},
    {"credit_code", FieldType::credit_code},
    {"attachment", FieldType::attachment},
}};

FieldType read_type(YamlReader& reader, const YAML::Node& at, const std::string& name) {
  if (name == "bank_card") return FieldType::bank_card;
  const auto found = std::ranges::find(type_names, name, &std::pair<std::string_view, FieldType>::first);
  if (found != type_names.end()) return found->second;
  reader.refuse(at, "pack.field_type", fmt::format("没有“{}”这种字段类型", name),
                fmt::format("there is no field type “{}”", name));
  return FieldType::text;
}

bool is_secret_type(FieldType type) { return type == FieldType::identity_number || type == FieldType::bank_card; }

Field read_field(YamlReader& reader, const std::string& name, const YAML::Node& node) {
  reader.only_keys(node, {"type", "title", "note", "required", "unique", "secret", "scale", "to", "of", "check", "as",
                          "gives", "default", "access"});
  Field field;
  field.name = name;
  if (!node.IsMap()) return field;
  const std::string type = reader.required_text(node, "type");
  field.title = reader.required_title(node, "title");
  field.note = reader.title(node, "note");
  field.required = reader.flag(node, "required");
  field.unique = reader.flag(node, "unique");
  field.scale = reader.number(node, "scale", 2);
  field.check = reader.text(node, "check");
  field.default_text = reader.text(node, "default");
  if (type == "computed") {
    field.computed_as = reader.required_text(node, "as");
    field.type = read_type(reader, node, reader.required_text(node, "gives"));
  } else if (type == "decided") {
    field.computed_as = name;  // it stays what the register's decision wrote
    field.type = read_type(reader, node, reader.required_text(node, "gives"));
  } else {
    field.type = read_type(reader, node, type);
  }
  field.secret = reader.flag(node, "secret") || is_secret_type(field.type);
  if (field.type == FieldType::ref) field.target = reader.required_text(node, "to");
  if (field.type == FieldType::choice) field.target = reader.required_text(node, "of");
  if (field.type == FieldType::text) field.target = reader.text(node, "of");
  field.access = read_field_access(reader, node, field.secret);
  return field;
}

/// A period is two days, NAME_from and NAME_to: two fields like any others, and a check that they follow each other.
void read_period(YamlReader& reader, const std::string& name, const YAML::Node& node, Register& register_) {
  reader.only_keys(node, {"type", "title", "note", "required", "access"});
  Field field;
  field.type = FieldType::date;
  field.period = name;
  field.note = reader.title(node, "note");
  field.required = reader.flag(node, "required");
  field.access = read_field_access(reader, node, false);
  const Title title = reader.required_title(node, "title");
  const std::string from = name + "_from", to = name + "_to";
  field.name = from;
  field.title = {title.zh + "起", title.en + ": from"};
  register_.fields.push_back(field);
  field.name = to;
  field.title = {title.zh + "止", title.en + ": to"};
  register_.fields.push_back(std::move(field));
  register_.checks.push_back({from + " = null or " + to + " = null or " + to + " >= " + from,
                              {"“" + title.zh + "”的结束不能早于开始", "“" + title.en + "” ends before it begins"}});
}

/// The fields that a register has without naming them.
std::vector<Field> engine_fields(YamlReader& reader, const YAML::Node& root, const Register& register_) {
  std::vector<Field> fields;
  const auto add = [&](std::string name, FieldType type, Title title, bool required) {
    Field field;
    field.name = std::move(name);
    field.type = type;
    field.title = std::move(title);
    field.required = required;
    fields.push_back(std::move(field));
  };
  if (register_.flow) add("state", FieldType::text, {"状态", "State"}, false);
  if (register_.scoped) add("organisation", FieldType::organisation, {"工会", "Union"}, true);
  const std::string subject = reader.text(root, "subject");
  if (subject == "person") add("subject", FieldType::person, {"", ""}, true);
  if (subject == "household") add("subject", FieldType::household, {"户主", "Head of household"}, true);
  if (subject == "organisation") add("subject", FieldType::organisation, {"对象工会", "Subject union"}, true);
  if (!subject.empty() && (fields.empty() || fields.back().name != "subject"))
    reader.refuse(root["subject"], "pack.subject", "subject 只能是 person、household 或 organisation",
                  "subject is person, household or organisation");
  return fields;
}

/// Each unique rule is a list of fields, or a map that says of which states; one list of names alone is one rule.
std::vector<Unique> read_uniques(YamlReader& reader, const YAML::Node& root) {
  std::vector<Unique> rules;
  const YAML::Node node = root["unique"];
  if (!node) return rules;
  if (node.IsSequence() && node.size() > 0 && node[0].IsScalar()) return {{.fields = reader.texts(root, "unique")}};
  for (const YAML::Node& rule : node) {
    Unique unique;
    if (rule.IsMap()) {
      reader.only_keys(rule, {"fields", "in", "message"});
      unique = {.fields = reader.texts(rule, "fields"),
                .states = reader.texts(rule, "in"),
                .message = reader.title(rule, "message")};
      if (unique.fields.empty() || unique.states.empty())
        reader.refuse(rule, "pack.unique", "unique 的这一条须写明 fields 和 in",
                      "this rule of unique needs `fields` and `in`");
    } else {
      for (const YAML::Node& field : rule) unique.fields.push_back(field.Scalar());
    }
    rules.push_back(std::move(unique));
  }
  return rules;
}

void read_fields(YamlReader& reader, const YAML::Node& root, Register& register_) {
  for (const auto& field : root["fields"]) {
    const std::string name = field.first.Scalar();
    reader.check_name(field.first, name);
    if (name == "id" || name == "position" || name == "version" || name == "part_of" || register_.field(name) ||
        register_.field(name + "_from"))
      reader.refuse(field.first, "pack.field_name", fmt::format("字段名“{}”已被占用", name),
                    fmt::format("the field name “{}” is taken", name));
    if (field.second.IsMap() && reader.text(field.second, "type") == "period")
      read_period(reader, name, field.second, register_);
    else
      register_.fields.push_back(read_field(reader, name, field.second));
  }
}

void read_checks(YamlReader& reader, const YAML::Node& root, Register& register_) {
  for (const YAML::Node& check : root["checks"]) {
    reader.only_keys(check, {"check", "message"});
    if (check.IsMap())
      register_.checks.push_back({reader.required_text(check, "check"), reader.required_title(check, "message")});
  }
}

/// The first text field that says something, unless the pack names another.
std::string read_label(YamlReader& reader, const YAML::Node& root, const Register& register_) {
  const std::string label = reader.text(root, "label");
  if (!label.empty()) return label;
  const auto first = std::ranges::find_if(
      register_.fields, [](const Field& field) { return field.type == FieldType::text && field.name != "state"; });
  return first == register_.fields.end() ? "" : first->name;
}

PostingRule read_posting(YamlReader& reader, const std::string& name, const YAML::Node& node) {
  if (node["lines"]) {
    reader.only_keys(node, {"lines", "on", "opens"});
    return {.name = name,
            .debit = {},
            .credit = {},
            .amount = {},
            .on = reader.required_text(node, "on"),
            .lines = reader.required_text(node, "lines"),
            .opens = reader.flag(node, "opens")};
  }
  reader.only_keys(node, {"debit", "credit", "amount", "on"});
  return {.name = name,
          .debit = reader.required_text(node, "debit"),
          .credit = reader.required_text(node, "credit"),
          .amount = reader.required_text(node, "amount"),
          .on = reader.required_text(node, "on")};
}

Register read_register(YamlReader& reader, const YAML::Node& root, const std::string& pack) {
  reader.only_keys(root, {"register", "title",  "scope",    "ends",   "shared", "subject", "label",    "fields",
                          "key",      "unique", "checks",   "limits", "access", "flow",    "postings", "tables",
                          "about",    "pays",   "decision", "self",   "public", "link"});
  Register register_;
  register_.pack = pack;
  register_.file = reader.file();
  register_.name = reader.required_text(root, "register");
  reader.check_name(root, register_.name);
  register_.title = reader.required_title(root, "title");
  register_.scoped = reader.text(root, "scope") == "organisation";
  register_.ends = reader.texts(root, "ends");
  if (root["flow"]) register_.flow = read_flow(reader, root["flow"]);
  register_.fields = engine_fields(reader, root, register_);
  read_fields(reader, root, register_);
  register_.key = reader.texts(root, "key");
  register_.uniques = read_uniques(reader, root);
  read_checks(reader, root, register_);
  for (const auto& rule : root["postings"]) {
    if (rule.second.IsMap()) register_.postings.push_back(read_posting(reader, rule.first.Scalar(), rule.second));
  }
  register_.is_shared = reader.flag(root, "shared");
  register_.access = read_access(reader, root);
  register_.limits = read_limits(reader, root, register_);
  if (root["pays"]) register_.pays = read_payment(reader, root["pays"]);
  if (root["decision"]) register_.decision = read_decision(reader, root["decision"]);
  register_.label = read_label(reader, root, register_);
  read_openings(reader, root, register_);
  return register_;
}

/// A sub-table is a register of its own, OWNER_NAME, whose records belong to one of the owner's. Its workbook names
/// that one by the owner's key.
Register read_table(YamlReader& reader, const std::string& name, const YAML::Node& node, const Register& owner) {
  reader.only_keys(
      node, {"title", "fields", "label", "key", "unique", "checks", "limits", "access", "self", "public", "link"});
  reader.check_name(node, name);
  Register table;
  table.pack = owner.pack;
  table.file = owner.file;
  table.name = owner.name + "_" + name;
  table.part_of = owner.name;
  const Title title = node.IsMap() ? reader.required_title(node, "title") : Title{};
  table.title = {owner.title.zh + "·" + title.zh, owner.title.en + ": " + title.en};
  if (owner.key.empty())
    reader.refuse(node, "pack.table_key", "有子表的登记簿须有 key，工作簿才能指明所属的记录",
                  "a register with sub-tables needs a key, for a workbook to say what a row belongs to");
  Field part_of;
  part_of.name = "part_of";
  part_of.type = FieldType::ref;
  part_of.title = owner.title;
  part_of.required = true;
  part_of.target = owner.name;
  table.fields.push_back(std::move(part_of));
  read_fields(reader, node, table);
  table.key = reader.texts(node, "key");
  table.uniques = read_uniques(reader, node);
  read_checks(reader, node, table);
  table.access = node["access"] ? read_access(reader, node) : access_of_parts(owner.access);
  table.is_shared = owner.is_shared;
  table.limits = read_limits(reader, node, table);
  table.label = read_label(reader, node, table);
  read_openings(reader, node, table);
  return table;
}

}  // namespace

std::vector<Register> read_registers(YamlReader& reader, const YAML::Node& root, const std::string& pack) {
  std::vector<Register> registers{read_register(reader, root, pack)};
  for (const auto& table : root["tables"])
    registers.push_back(read_table(reader, table.first.Scalar(), table.second, registers.front()));
  if (const auto& flow = registers.front().flow; flow && !flow->publicities.empty())
    registers.push_back(objections_register(registers.front()));
  return registers;
}

const Field* Register::field(std::string_view field_name) const {
  const auto found = std::ranges::find(fields, field_name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace zhijia::registers
