#include <fmt/format.h>

#include <algorithm>

#include "load/readers.hpp"

namespace zhijia::registers {

namespace {

/// One of days, working_days and months: a number, or FEEL that gives one.
Term read_term(YamlReader& reader, const YAML::Node& node) {
  using enum Term::Unit;
  Term term;
  for (const auto& [key, unit] :
       {std::pair{"days", days}, std::pair{"working_days", working_days}, std::pair{"months", months}})
    if (std::string length = reader.text(node, key); !length.empty()) {
      if (!term.length.empty())
        reader.refuse(node[key], "pack.term", "days、working_days、months 只能选一个",
                      "one of days, working_days and months is enough");
      term = {unit, std::move(length)};
    }
  if (term.length.empty())
    reader.refuse(node, "pack.term", "缺少期限：days、working_days 或 months",
                  "a term is missing: days, working_days or months");
  return term;
}

void read_states(YamlReader& reader, const YAML::Node& node, Flow& flow) {
  for (const auto& state : node["states"]) {
    reader.check_name(state.first, state.first.Scalar());
    flow.states.emplace_back(state.first.Scalar(), reader.required_title(node["states"], state.first.Scalar().c_str()));
  }
}

/// `sets: {paid_on: asked_on, member.organisation: to}`.
std::vector<Setting> read_settings(YamlReader& reader, const YAML::Node& item) {
  std::vector<Setting> settings;
  const YAML::Node node = item["sets"];
  if (!node) return settings;
  if (!node.IsMap()) {
    reader.refuse(node, "pack.not_a_map", "sets 应为“字段: 表达式”", "sets is a map of “field: expression”");
    return settings;
  }
  for (const auto& entry : node) {
    const std::string path = entry.first.Scalar();
    const std::size_t dot = path.find('.');
    settings.push_back({.link = dot == std::string::npos ? "" : path.substr(0, dot),
                        .field = dot == std::string::npos ? path : path.substr(dot + 1),
                        .value = reader.required_text(node, path.c_str())});
  }
  return settings;
}

std::optional<Ranking> read_ranking(YamlReader& reader, const YAML::Node& item) {
  const YAML::Node node = item["ranks"];
  if (!node) return std::nullopt;
  reader.only_keys(node, {"of", "by", "into"});
  if (!node.IsMap()) return std::nullopt;
  return Ranking{reader.required_text(node, "of"), reader.required_text(node, "by"),
                 reader.required_text(node, "into")};
}

/// `adds: {to: file.property, when: …, row: {kind: …}}`.
std::optional<Addition> read_addition(YamlReader& reader, const YAML::Node& item) {
  const YAML::Node node = item["adds"];
  if (!node) return std::nullopt;
  reader.only_keys(node, {"to", "when", "row"});
  if (!node.IsMap()) return std::nullopt;
  const std::string to = reader.required_text(node, "to");
  const std::size_t dot = std::min(to.find('.'), to.size());
  Addition addition{.link = to.substr(0, dot),
                    .table = to.substr(std::min(dot + 1, to.size())),
                    .when = {.link = {}, .field = {}, .value = reader.required_text(node, "when")},
                    .fields = {}};
  for (const auto& entry : node["row"])
    addition.fields.push_back({.link = {},
                               .field = entry.first.Scalar(),
                               .value = reader.required_text(node["row"], entry.first.Scalar().c_str())});
  return addition;
}

void read_steps(YamlReader& reader, const YAML::Node& node, Flow& flow) {
  for (const YAML::Node& item : node["steps"]) {
    reader.only_keys(item, {"do", "title", "from", "to", "by", "at", "never_by", "guard", "posts", "reason", "with",
                            "may", "sets", "ranks", "adds", "reverses_on", "alone"});
    if (!item.IsMap()) continue;
    const std::string reason = reader.text(item, "reason");
    if (!reason.empty() && reason != "required")
      reader.refuse(item["reason"], "pack.reason", "reason 只能是 required", "“reason” can only be “required”");
    for (const std::string& from : reader.texts(item, "from"))
      flow.steps.push_back({.name = reader.required_text(item, "do"),
                            .title = reader.title(item, "title"),
                            .from = from,
                            .to = reader.required_text(item, "to"),
                            .by = reader.required_text(item, "by"),
                            .never_by = reader.text(item, "never_by"),
                            .guard = reader.text(item, "guard"),
                            .posting = reader.text(item, "posts"),
                            .needs_reason = !reason.empty(),
                            .needs_fields = reader.texts(item, "with"),
                            .may_fields = reader.texts(item, "may"),
                            .at = reader.text(item, "at"),
                            .settings = read_settings(reader, item),
                            .ranking = read_ranking(reader, item),
                            .addition = read_addition(reader, item),
                            .reverses_on = reader.text(item, "reverses_on")});
  }
}

void read_deadlines(YamlReader& reader, const YAML::Node& node, Flow& flow) {
  for (const YAML::Node& item : node["deadlines"]) {
    reader.only_keys(item, {"name", "title", "in", "days", "working_days", "months", "after", "step", "remind"});
    if (!item.IsMap()) continue;
    for (const std::string& state : reader.texts(item, "in")) {
      flow.deadlines.push_back({.name = reader.required_text(item, "name"),
                                .state = state,
                                .title = reader.required_title(item, "title"),
                                .term = read_term(reader, item),
                                .after = reader.text(item, "after"),
                                .step = reader.text(item, "step"),
                                .role = reader.text(item, "remind")});
      reader.check_name(item, flow.deadlines.back().name);
    }
  }
}

void read_publicities(YamlReader& reader, const YAML::Node& node, Flow& flow) {
  for (const auto& each : node["publicity"]) {
    const YAML::Node& item = each.second;
    reader.only_keys(
        item, {"days", "working_days", "months", "show", "mask", "unopposed", "upheld", "answered_by", "answer"});
    if (!item.IsMap()) continue;
    Publicity publicity{.state = each.first.Scalar(),
                        .term = read_term(reader, item),
                        .shown = reader.texts(item, "show"),
                        .masked = reader.texts(item, "mask"),
                        .unopposed = reader.text(item, "unopposed"),
                        .upheld = reader.text(item, "upheld"),
                        .answered_by = reader.required_text(item, "answered_by"),
                        .answer = {}};
    if (publicity.shown.empty())
      reader.refuse(item, "pack.missing_key", "公示须用 show 列出公示的字段",
                    "“show” must name the fields that are made public");
    if (const YAML::Node answer = item["answer"]; answer && answer.IsMap()) {
      reader.only_keys(answer, {"days", "working_days", "months"});
      publicity.answer = read_term(reader, answer);
    } else {
      reader.refuse(item, "pack.missing_key", "缺少“answer”：答复异议的期限",
                    "“answer” is missing: the term within which an objection is answered");
    }
    flow.publicities.push_back(std::move(publicity));
  }
}

Field field_of(std::string name, FieldType type, Title title, bool is_required = false) {
  Field field;
  field.name = std::move(name);
  field.type = type;
  field.title = std::move(title);
  field.required = is_required;
  return field;
}

}  // namespace

Flow read_flow(YamlReader& reader, const YAML::Node& node) {
  reader.only_keys(node, {"start", "states", "steps", "deadlines", "publicity"});
  Flow flow;
  if (!node.IsMap()) return flow;
  flow.start = reader.required_text(node, "start");
  read_states(reader, node, flow);
  read_steps(reader, node, flow);
  read_deadlines(reader, node, flow);
  read_publicities(reader, node, flow);
  warn_of_lone_decisions(reader, node, flow);
  return flow;
}

std::string objections_to(const Register& of) { return of.name + "_objection"; }

Register objections_register(const Register& owner) {
  const Publicity& publicity = owner.flow->publicities.front();
  Register register_;
  register_.name = objections_to(owner);
  register_.pack = owner.pack;
  register_.file = owner.file;
  register_.title = {owner.title.zh + "·异议", owner.title.en + ": objection"};
  register_.part_of = owner.name;
  register_.takes_objections = true;
  register_.access = access_of_parts(owner.access);
  register_.fields = {field_of("state", FieldType::text, {"状态", "State"}),
                      field_of("part_of", FieldType::ref, owner.title, true),
                      field_of("statement", FieldType::long_text, {"异议内容", "Statement"}, true),
                      field_of("received_on", FieldType::date, {"收到日期", "Received on"}, true),
                      field_of("is_public", FieldType::yes_no, {"来自公示页", "From the public list"}),
                      field_of("objector", FieldType::text, {"异议人", "Objector"}),
                      field_of("phone", FieldType::phone, {"联系电话", "Phone"}),
                      field_of("answer", FieldType::long_text, {"答复", "Answer"})};
  register_.fields[1].target = owner.name;
  register_.fields[5].access = {{{publicity.answered_by, Sight::visible}, {"manager", Sight::visible}}, Sight::masked};
  register_.fields[6].secret = true;
  register_.label = "objector";
  const auto step = [&](const char* name, Title title, const char* to, bool is_answer) {
    return Step{.name = name,
                .title = std::move(title),
                .from = "received",
                .to = to,
                .by = publicity.answered_by,
                .never_by = {},
                .guard = {},
                .posting = {},
                .needs_fields = is_answer ? std::vector<std::string>{"answer"} : std::vector<std::string>{}};
  };
  register_.flow = Flow{.start = "received",
                        .states = {{"received", {"待答复", "To be answered"}},
                                   {"upheld", {"成立", "Upheld"}},
                                   {"dismissed", {"不成立", "Dismissed"}},
                                   {"withdrawn", {"已撤回", "Withdrawn"}}},
                        .steps = {step("uphold", {"异议成立", "Uphold"}, "upheld", true),
                                  step("dismiss", {"异议不成立", "Dismiss"}, "dismissed", true),
                                  step("withdraw", {"撤回", "Withdraw"}, "withdrawn", false)},
                        .deadlines = {{.name = "answer",
                                       .state = "received",
                                       .title = {"答复异议", "Answer the objection"},
                                       .term = publicity.answer,
                                       .after = "received_on",
                                       .step = {},
                                       .role = {}}}};
  return register_;
}

bool Step::sets(std::string_view field) const {
  return std::ranges::find(needs_fields, field) != needs_fields.end() ||
         std::ranges::find(may_fields, field) != may_fields.end();
}

const Publicity* Flow::publicity(std::string_view state) const {
  const auto found = std::ranges::find(publicities, state, &Publicity::state);
  return found == publicities.end() ? nullptr : &*found;
}

// A step that takes postings back does not lead on: what is paid is done, though a bank may send it back.
bool Flow::is_open(std::string_view state) const {
  return std::ranges::any_of(steps, [&](const Step& each) { return each.from == state && each.reverses_on.empty(); });
}

}  // namespace zhijia::registers
