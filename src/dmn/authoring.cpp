#include "dmn/authoring.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "xml.hpp"

namespace zhijia::dmn {

namespace {

using Column = TableText::Column;
using Use = TableText::Use;

/// A model with all of its texts, comments and spaces, so that what is printed again is what was there.
constexpr unsigned parse_options = pugi::parse_full | pugi::parse_ws_pcdata;

bool is_table(pugi::xml_node node) { return local(node) == "decisionTable"; }

struct Found {
  std::string name;
  pugi::xml_node node;
};

void find_tables(pugi::xml_node within, const std::string& owner, std::vector<Found>& tables) {
  for (auto node : within.children()) {
    if (is_table(node)) {
      const auto before = std::ranges::count_if(
          tables, [&](const Found& other) { return other.name == owner || other.name.starts_with(owner + " #"); });
      tables.push_back({before == 0 ? owner : owner + " #" + std::to_string(before + 1), node});
    } else {
      find_tables(node, owner, tables);
    }
  }
}

struct Document {
  pugi::xml_document xml;
  std::vector<Found> tables;
};

Result<std::unique_ptr<Document>> read(std::string_view text) {
  auto document = std::make_unique<Document>();
  if (auto model = read_model(text, parse_options, {}, document->xml); !model) return std::unexpected(model.error());
  for (auto node : document->xml.document_element().children()) {
    const auto kind = local(node);
    if (kind == "decision" || kind == "businessKnowledgeModel")
      find_tables(node, std::string(attribute(node, "name")), document->tables);
  }
  return document;
}

std::string trimmed(std::string text) {
  const auto from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text.substr(from);
}

std::string policy_of(pugi::xml_node table) {
  std::string policy(attribute(table, "hitPolicy"));
  if (policy.empty()) policy = "UNIQUE";
  if (const auto aggregation = attribute(table, "aggregation"); !aggregation.empty())
    policy += " " + std::string(aggregation);
  return policy;
}

TableText text_of_table(const Found& found) {
  TableText table{.name = found.name, .hit_policy = policy_of(found.node)};
  for (auto input : children(found.node, "input")) {
    const auto expression = child(input, "inputExpression");
    table.columns.push_back({Use::input,
                             std::string(attribute(input, "label")),
                             trimmed(text_of(expression)),
                             reference(expression, "typeRef"),
                             trimmed(text_of(child(input, "inputValues"))),
                             {}});
  }
  for (auto output : children(found.node, "output"))
    table.columns.push_back({Use::output, std::string(attribute(output, "label")),
                             std::string(attribute(output, "name")), reference(output, "typeRef"),
                             trimmed(text_of(child(output, "outputValues"))),
                             trimmed(text_of(child(output, "defaultOutputEntry")))});
  for (auto note : children(found.node, "annotation"))
    table.columns.push_back({Use::note, {}, std::string(attribute(note, "name")), {}, {}, {}});
  for (auto rule : children(found.node, "rule")) {
    auto& cells = table.rules.emplace_back();
    for (const auto* kind : {"inputEntry", "outputEntry", "annotationEntry"})
      for (auto entry : children(rule, kind)) cells.push_back(trimmed(text_of(entry)));
    cells.resize(table.columns.size());
  }
  return table;
}

// --- Writing ---------------------------------------------------------------------------------------------------------

/// A new element of the parent's prefix.
pugi::xml_node add(pugi::xml_node parent, std::string_view name, pugi::xml_node before = {}) {
  const std::string_view full = parent.name();
  const auto colon = full.find(':');
  const auto prefixed =
      std::string(colon == std::string_view::npos ? "" : full.substr(0, colon + 1)) + std::string(name);
  return before ? parent.insert_child_before(prefixed.c_str(), before) : parent.append_child(prefixed.c_str());
}

void set_attribute(pugi::xml_node node, const char* name, const std::string& value) {
  if (attribute(node, name) == value) return;
  if (value.empty())
    node.remove_attribute(name);
  else if (auto existing = node.attribute(name))
    existing.set_value(value.c_str());
  else
    node.append_attribute(name).set_value(value.c_str());
}

void set_text(pugi::xml_node node, const std::string& value) {
  if (trimmed(text_of(node)) == value) return;
  auto text = child(node, "text");
  if (!text) text = add(node, "text");
  text.remove_children();
  if (!value.empty()) text.append_child(pugi::node_pcdata).set_value(value.c_str());
}

/// A child that holds a text, made where `before` stands when it is missing, and removed when there is nothing to say.
void set_text_child(pugi::xml_node node, const char* name, const std::string& value, pugi::xml_node before = {}) {
  auto existing = child(node, name);
  if (value.empty()) {
    if (existing) node.remove_child(existing);
    return;
  }
  set_text(existing ? existing : add(node, name, before), value);
}

void set_type(pugi::xml_node node, const std::string& type) {
  if (reference(node, "typeRef") != type) {
    node.remove_child(child(node, "typeRef"));
    set_attribute(node, "typeRef", type);
  }
}

/// Removes an element and the spaces before it, which set it out.
void remove(pugi::xml_node node) {
  auto parent = node.parent();
  if (const auto space = node.previous_sibling(); space && space.type() == pugi::node_pcdata)
    parent.remove_child(space);
  parent.remove_child(node);
}

/// A copy of `node` behind `last`, set out as it is.
pugi::xml_node copy_behind(pugi::xml_node node, pugi::xml_node last) {
  auto parent = last.parent();
  if (const auto space = node.previous_sibling(); space && space.type() == pugi::node_pcdata)
    last = parent.insert_copy_after(space, last);
  return parent.insert_copy_after(node, last);
}

void forget_ids(pugi::xml_node node) {
  node.remove_attribute("id");
  for (auto inner : node.children()) forget_ids(inner);
}

/// Brings the children of a kind to a number: copies of the last without identifiers, or new ones; or fewer of them.
std::vector<pugi::xml_node> resized(pugi::xml_node parent, const char* kind, std::size_t count,
                                    const std::vector<std::string_view>& kinds_before) {
  auto nodes = children(parent, kind);
  while (nodes.size() > count) {
    remove(nodes.back());
    nodes.pop_back();
  }
  while (nodes.size() < count) {
    if (!nodes.empty()) {
      nodes.push_back(copy_behind(nodes.back(), nodes.back()));
      forget_ids(nodes.back());
      continue;
    }
    // The first of its kind stands behind the kinds that the schema wants before it.
    pugi::xml_node before;
    for (auto sibling : parent.children())
      if (sibling.type() == pugi::node_element &&
          std::ranges::find(kinds_before, local(sibling)) == kinds_before.end()) {
        before = sibling;
        break;
      }
    nodes.push_back(add(parent, kind, before));
  }
  return nodes;
}

const std::vector<std::string_view> before_inputs{"description", "extensionElements"};
const std::vector<std::string_view> before_outputs{"description", "extensionElements", "input", "inputEntry"};
const std::vector<std::string_view> before_notes{"description", "extensionElements", "input", "inputEntry",
                                                 "output",      "outputEntry"};
const std::vector<std::string_view> before_rules{"description", "extensionElements", "input", "output", "annotation"};

std::vector<const Column*> columns_of(const TableText& table, Use use) {
  std::vector<const Column*> columns;
  for (const auto& column : table.columns)
    if (column.use == use) columns.push_back(&column);
  return columns;
}

void write_policy(pugi::xml_node node, const std::string& policy) {
  constexpr std::string_view collect = "COLLECT ";
  const bool aggregates = policy.starts_with(collect);
  set_attribute(node, "hitPolicy", aggregates ? "COLLECT" : policy);
  set_attribute(node, "aggregation", aggregates ? policy.substr(collect.size()) : "");
}

void write_columns(pugi::xml_node node, const TableText& table) {
  const auto inputs = columns_of(table, Use::input);
  const auto outputs = columns_of(table, Use::output);
  const auto notes = columns_of(table, Use::note);
  const auto input_nodes = resized(node, "input", inputs.size(), before_inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto expression = child(input_nodes[i], "inputExpression");
    if (!expression) expression = add(input_nodes[i], "inputExpression");
    set_attribute(input_nodes[i], "label", inputs[i]->label);
    set_text(expression, inputs[i]->expression);
    set_type(expression, inputs[i]->type);
    set_text_child(input_nodes[i], "inputValues", inputs[i]->allowed);
  }
  const auto output_nodes = resized(node, "output", outputs.size(), before_outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    set_attribute(output_nodes[i], "label", outputs[i]->label);
    set_attribute(output_nodes[i], "name", outputs[i]->expression);
    set_type(output_nodes[i], outputs[i]->type);
    set_text_child(output_nodes[i], "outputValues", outputs[i]->allowed, child(output_nodes[i], "defaultOutputEntry"));
    set_text_child(output_nodes[i], "defaultOutputEntry", outputs[i]->fallback);
  }
  const auto note_nodes = resized(node, "annotation", notes.size(), before_notes);
  for (std::size_t i = 0; i < notes.size(); ++i) set_attribute(note_nodes[i], "name", notes[i]->expression);
}

void write_rule(pugi::xml_node rule, const TableText& table, const std::vector<std::string>& cells) {
  std::size_t cell = 0;
  const auto write = [&](const char* kind, Use use, const std::vector<std::string_view>& before) {
    for (auto entry : resized(rule, kind, columns_of(table, use).size(), before)) set_text(entry, cells[cell++]);
  };
  write("inputEntry", Use::input, before_inputs);
  write("outputEntry", Use::output, before_outputs);
  write("annotationEntry", Use::note, before_notes);
}

/// For each rule the place of the old one that it continues: one of the same texts, else the one that stood in its
/// place if nobody else continues that; otherwise it is new.
std::vector<std::size_t> continued(const TableText& old, const TableText& table) {
  constexpr auto none = static_cast<std::size_t>(-1);
  std::multimap<std::vector<std::string>, std::size_t> unused;
  for (std::size_t i = 0; i < old.rules.size(); ++i) unused.emplace(old.rules[i], i);
  std::vector<bool> taken(old.rules.size());
  std::vector<std::size_t> from(table.rules.size(), none);
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    const auto same = unused.find(table.rules[i]);
    if (same == unused.end()) continue;
    from[i] = same->second;
    taken[same->second] = true;
    unused.erase(same);
  }
  for (std::size_t i = 0; i < from.size() && i < taken.size(); ++i)
    if (from[i] == none && !taken[i]) from[i] = i;
  return from;
}

void write_rules(pugi::xml_node node, const TableText& old, const TableText& table) {
  const auto old_nodes = children(node, "rule");
  if (old_nodes.empty()) {
    const auto rules = resized(node, "rule", table.rules.size(), before_rules);
    for (std::size_t i = 0; i < rules.size(); ++i) write_rule(rules[i], table, table.rules[i]);
    return;
  }
  const auto from = continued(old, table);
  auto last = old_nodes.back();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool is_new = from[i] >= old_nodes.size();
    last = copy_behind(is_new ? old_nodes.back() : old_nodes[from[i]], last);
    if (is_new) {
      forget_ids(last);
      last.remove_child(child(last, "description"));
    }
    write_rule(last, table, table.rules[i]);
  }
  for (auto rule : old_nodes) remove(rule);
}

/// The byte behind the element that begins at `from`, whose "<" stands there.
std::size_t end_of_element(std::string_view xml, std::size_t from) {
  std::size_t depth = 0;
  for (auto at = from; at < xml.size();) {
    if (xml[at] != '<') {
      ++at;
      continue;
    }
    const auto rest = xml.substr(at);
    const auto behind = [&](std::string_view end) {
      const auto found = xml.find(end, at);
      return found == std::string_view::npos ? xml.size() : found + end.size();
    };
    if (rest.starts_with("<!--")) {
      at = behind("-->");
    } else if (rest.starts_with("<![CDATA[")) {
      at = behind("]]>");
    } else if (rest.starts_with("<?")) {
      at = behind("?>");
    } else {
      auto end = at + 1;
      for (char quote = '\0'; end < xml.size() && (quote != '\0' || xml[end] != '>'); ++end) {
        if (quote == xml[end])
          quote = '\0';
        else if (quote == '\0' && (xml[end] == '"' || xml[end] == '\''))
          quote = xml[end];
      }
      if (rest.starts_with("</"))
        --depth;
      else if (xml[end - 1] != '/')
        ++depth;
      at = end + 1;
      if (depth == 0) return at;
    }
  }
  return xml.size();
}

Problems unknown_table(const std::string& name, const std::vector<Found>& tables) {
  std::string names;
  for (const auto& table : tables) names += (names.empty() ? "" : ", ") + table.name;
  return {
      {"table.unknown",
       {},
       {"模型里没有决策表“" + name + "”；有:" + names, "The model has no table \"" + name + "\"; it has: " + names}}};
}

}  // namespace

Result<std::vector<TableText>> tables_of(std::string_view xml) {
  const auto document = read(xml);
  if (!document) return std::unexpected(document.error());
  std::vector<TableText> tables;
  for (const auto& found : (*document)->tables) tables.push_back(text_of_table(found));
  return tables;
}

Result<std::string> with_table(std::string_view xml, const TableText& table) {
  const auto document = read(xml);
  if (!document) return std::unexpected(document.error());
  const auto& tables = (*document)->tables;
  const auto found = std::ranges::find(tables, table.name, &Found::name);
  if (found == tables.end()) return std::unexpected(unknown_table(table.name, tables));
  const auto old = text_of_table(*found);
  if (old == table) return std::string(xml);
  // pugixml counts to the name, behind the "<"; in a text that it had to convert the name is not there.
  const std::string_view name = found->node.name();
  const auto offset = found->node.offset_debug();
  if (offset < 1 || static_cast<std::size_t>(offset) > xml.size() ||
      !xml.substr(static_cast<std::size_t>(offset)).starts_with(name))
    return fail("table.prepared", "模型不是 UTF-8 编码，请先另存为 UTF-8",
                "The model is not in UTF-8; save it as UTF-8 first");
  const auto begin = static_cast<std::size_t>(offset) - 1;
  if (old.hit_policy != table.hit_policy) write_policy(found->node, table.hit_policy);
  write_columns(found->node, table);
  write_rules(found->node, old, table);
  std::ostringstream written;
  found->node.print(written, "", pugi::format_raw | pugi::format_no_declaration);
  return std::string(xml.substr(0, begin)) + written.str() + std::string(xml.substr(end_of_element(xml, begin)));
}

}  // namespace zhijia::dmn
