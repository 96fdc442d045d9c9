#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "load/readers.hpp"
#include "records/flow.hpp"
#include "registers/columns.hpp"
#include "registers/sources.hpp"

namespace zhijia::registers {

namespace {

/// Gathers the faults of one file. Names alone are wrong here, so no line is known beyond the file.
struct Checker {
  const Catalogue& catalogue;
  Problems& problems;
  std::string file;

  void refuse(std::string_view code, std::string zh, std::string en) {
    problems.push_back({std::string(code),
                        {.file = file, .sheet = {}, .cell = {}, .record = {}, .field = {}},
                        {std::move(zh), std::move(en)}});
  }

  void no_such_field(std::string_view where, const std::string& name) {
    refuse("pack.no_such_field", fmt::format("{}:没有字段“{}”", where, name),
           fmt::format("{}: there is no field “{}”", where, name));
  }

  const Field* need_field(const Register& of, const std::string& name, std::string_view where) {
    const Field* field = of.field(name);
    if (!field) no_such_field(where, name);
    return field;
  }

  void need_type(const Register& of, const std::string& name, FieldType type, std::string_view type_name,
                 std::string_view where) {
    const Field* field = need_field(of, name, where);
    if (field && field->type != type)
      refuse("pack.field_kind", fmt::format("{}:字段“{}”应为 {}", where, name, type_name),
             fmt::format("{}: the field “{}” must be of type {}", where, name, type_name));
  }
};

bool has_state(const Flow& flow, const std::string& state) {
  return std::ranges::any_of(flow.states, [&](const auto& known) { return known.first == state; });
}

bool is_named_in_key(const Register& register_, const Field& field) {
  const auto names_it = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, field.name) != names.end();
  };
  return names_it(register_.key) || std::ranges::any_of(register_.uniques, names_it, &Unique::fields) ||
         register_.label == field.name;
}

void check_fields(Checker& checker, const Register& register_) {
  for (const Field& field : register_.fields) {
    if (field.type == FieldType::ref && !checker.catalogue.find_register(field.target))
      checker.refuse("pack.dangling_ref", fmt::format("字段“{}”指向不存在的登记簿“{}”", field.name, field.target),
                     fmt::format("the field “{}” refers to “{}”, which does not exist", field.name, field.target));
    const bool has_codes = field.type == FieldType::choice || (field.type == FieldType::text && !field.target.empty());
    if (has_codes && !checker.catalogue.find_codes(field.target))
      checker.refuse(
          "pack.no_such_codes", fmt::format("字段“{}”用的代码表“{}”不存在", field.name, field.target),
          fmt::format("the field “{}” uses the code list “{}”, which does not exist", field.name, field.target));
    if (field.type == FieldType::attachment && (field.required || is_named_in_key(register_, field) || field.unique ||
                                                !field.default_text.empty() || !field.computed_as.empty()))
      checker.refuse("pack.attachment",
                     fmt::format("附件字段“{}”不能必填、唯一、作关键字或计算；可在步骤的 guard 中写 "
                                 "count({}) > 0",
                                 field.name, field.name),
                     fmt::format("the attachment “{}” can be neither required, unique, computed nor in a key; let a "
                                 "step's guard say count({}) > 0",
                                 field.name, field.name));
    if (field.type == FieldType::organisation && !checker.catalogue.find_register("union"))
      checker.refuse("pack.no_union", "缺少登记簿“union”", "the register “union” is missing");
  }
  for (const std::string& name : register_.key) checker.need_field(register_, name, "key");
  for (const Unique& rule : register_.uniques) {
    for (const std::string& name : rule.fields) checker.need_field(register_, name, "unique");
    for (const std::string& state : rule.states)
      if (!register_.flow || !has_state(*register_.flow, state))
        checker.refuse("pack.no_such_state", fmt::format("unique：流程中没有状态“{}”", state),
                       fmt::format("unique: the flow has no state “{}”", state));
  }
  if (!register_.label.empty()) checker.need_field(register_, register_.label, "label");
}

/// The states that some sequence of steps leads to.
std::set<std::string> reachable(const Flow& flow) {
  std::set<std::string> found{flow.start};
  for (std::size_t before = 0; before != found.size();) {
    before = found.size();
    for (const Step& step : flow.steps)
      if (found.contains(step.from)) found.insert(step.to);
  }
  return found;
}

void check_flow(Checker& checker, const Register& register_) {
  const Flow& flow = *register_.flow;
  const auto need_state = [&](const std::string& state) {
    if (!has_state(flow, state))
      checker.refuse("pack.no_such_state", fmt::format("流程中没有状态“{}”", state),
                     fmt::format("the flow has no state “{}”", state));
  };
  need_state(flow.start);
  for (const Step& step : flow.steps) {
    need_state(step.from);
    need_state(step.to);
    if (!step.posting.empty() &&
        std::ranges::find(register_.postings, step.posting, &PostingRule::name) == register_.postings.end())
      checker.refuse("pack.no_such_posting", fmt::format("步骤“{}”的记账规则“{}”不存在", step.name, step.posting),
                     fmt::format("the step “{}” posts “{}”, which is not declared", step.name, step.posting));
    if (!step.reverses_on.empty()) checker.need_type(register_, step.reverses_on, FieldType::date, "date", step.name);
    if (!step.never_by.empty() && step.never_by != creating &&
        std::ranges::find(flow.steps, step.never_by, &Step::name) == flow.steps.end())
      checker.refuse("pack.no_such_step", fmt::format("never_by 的步骤“{}”不存在", step.never_by),
                     fmt::format("never_by names the step “{}”, which does not exist", step.never_by));
  }
  const std::set<std::string> found = reachable(flow);
  for (const auto& [state, title] : flow.states)
    if (!found.contains(state))
      checker.refuse("pack.unreachable_state", fmt::format("没有步骤通向状态“{}”", state),
                     fmt::format("no step leads to the state “{}”", state));
}

void check_self(Checker& checker, const Register& register_) {
  const SelfService& self = *register_.self;
  const Field* whose = register_.field(self.whose);
  const Register* owner =
      whose || register_.part_of.empty() ? nullptr : checker.catalogue.find_register(register_.part_of);
  const bool is_known = whose ? whose->type == FieldType::person || whose->type == FieldType::household
                              : owner && owner->self.has_value();
  if (!is_known)
    checker.refuse("pack.self", fmt::format("self：须有类型为 person 或 household 的字段“{}”", self.whose),
                   fmt::format("self: a field “{}” of type person or household is needed", self.whose));
  for (const auto* names : {&self.reads, &self.writes})
    for (const std::string& name : *names) checker.need_field(register_, name, "self");
  for (const auto& [name, fill] : self.fills) checker.need_field(register_, name, "self.fill");
  for (const auto* states : {&self.change_in, &self.attach_in})
    for (const std::string& state : *states)
      if (!register_.flow || !has_state(*register_.flow, state))
        checker.refuse("pack.no_such_state", fmt::format("流程中没有状态“{}”", state),
                       fmt::format("the flow has no state “{}”", state));
}

/// Everyone may see what is named here, so nothing of it may be a secret, nor say more of a person than his name.
void check_shown(Checker& checker, const Register& register_, const std::vector<std::string>& names,
                 std::string_view where) {
  for (const std::string& name : names)
    if (const Field* field = checker.need_field(register_, name, where); field && is_sealed(*field))
      checker.refuse("pack.secret_shown", fmt::format("{}：“{}”是保密字段，不能公开", where, name),
                     fmt::format("{}: “{}” is secret and cannot be shown", where, name));
}

void check_open(Checker& checker, const Register& register_) {
  check_shown(checker, register_, register_.open->fields, "public");
  if (register_.open->where.empty()) return;
  feel::Scope scope;
  for (const Field& field : register_.fields) scope.declare(field.name);
  Sources sources(checker.catalogue, register_, std::nullopt);
  const auto tree = feel::parse(register_.open->where, scope);
  const auto compiled = tree ? feel::compile_sql(**tree, [&](const auto& path) { return sources.resolve(path); })
                             : std::unexpected(tree.error());
  if (compiled) return;
  for (const Problem& problem : compiled.error())
    checker.refuse("pack.expression", "public.where：" + problem.message.zh, "public.where: " + problem.message.en);
}

void check_posting(Checker& checker, const Register& register_, const PostingRule& rule) {
  checker.need_type(register_, rule.on, FieldType::date, "date", "postings");
  if (rule.lines.empty()) return checker.need_type(register_, rule.amount, FieldType::money, "money", "postings");
  const Register* lines = checker.catalogue.find_register(register_.name + "_" + rule.lines);
  if (!lines)
    return checker.refuse(
        "pack.no_such_register", fmt::format("记账规则“{}”的明细表“{}”不存在", rule.name, rule.lines),
        fmt::format("the posting “{}” takes its lines from “{}”, which is no sub-table", rule.name, rule.lines));
  checker.need_type(*lines, "account", FieldType::text, "text", "postings");
  checker.need_type(*lines, "side", FieldType::choice, "choice", "postings");
  checker.need_type(*lines, "amount", FieldType::money, "money", "postings");
}

void check_register(Checker& checker, const Register& register_) {
  if (register_.self) check_self(checker, register_);
  if (register_.open) check_open(checker, register_);
  check_shown(checker, register_, register_.linked, "link");
  check_fields(checker, register_);
  if (register_.flow) check_flow(checker, register_);
  for (const PostingRule& rule : register_.postings) check_posting(checker, register_, rule);
}

void check_indicator(Checker& checker, const Indicator& indicator) {
  const Register* of = checker.catalogue.find_register(indicator.of);
  if (!of)
    return checker.refuse(
        "pack.no_such_register", fmt::format("指标“{}”统计的登记簿“{}”不存在", indicator.id, indicator.of),
        fmt::format("the indicator “{}” counts “{}”, which does not exist", indicator.id, indicator.of));
  if (!indicator.on.empty()) checker.need_type(*of, indicator.on, FieldType::date, "date", indicator.id);
  if (!indicator.open_from.empty()) {
    checker.need_type(*of, indicator.open_from, FieldType::date, "date", indicator.id);
    checker.need_type(*of, indicator.open_to, FieldType::date, "date", indicator.id);
  }
  for (const std::string& value : indicator.values) checker.need_field(*of, value, indicator.id);
  if (!indicator.by.empty()) checker.need_field(*of, indicator.by, indicator.id);
  const std::size_t values_wanted = indicator.count == Count::records ? 0 : indicator.compares_shares() ? 2 : 1;
  const bool enough =
      indicator.count == Count::distinct ? !indicator.values.empty() : indicator.values.size() == values_wanted;
  if (!enough)
    checker.refuse("pack.indicator_value", fmt::format("指标“{}”的 value 或 share_of 个数不对", indicator.id),
                   fmt::format("the indicator “{}” has the wrong number of values", indicator.id));
}

void check_review(Checker& checker, const Pack& pack) {
  for (const std::string* text : {&pack.review_zh, &pack.review_en})
    for (std::size_t open = text->find('{'); open != std::string::npos; open = text->find('{', open + 1)) {
      const std::size_t close = text->find('}', open);
      const std::string id = text->substr(open + 1, close - open - 1);
      if (!checker.catalogue.find_indicator(id))
        checker.refuse("pack.no_such_indicator", fmt::format("评述中的指标“{}”不存在", id),
                       fmt::format("the review names the indicator “{}”, which does not exist", id));
    }
}

template <typename Parts, typename Name>
void check_once(Checker& checker, const Parts& parts, Name name) {
  std::set<std::string> seen;
  for (const auto& part : parts)
    if (!seen.insert(std::invoke(name, part)).second)
      checker.refuse("pack.twice", fmt::format("“{}”出现了两次", std::invoke(name, part)),
                     fmt::format("“{}” is declared twice", std::invoke(name, part)));
}

}  // namespace

void check_catalogue(const Catalogue& catalogue, Problems& problems) {
  Checker checker{catalogue, problems, {}};
  check_once(checker, catalogue.packs, &Pack::name);
  check_once(checker, catalogue.registers, &Register::name);
  check_once(checker, catalogue.code_lists, &CodeList::name);
  check_once(checker, catalogue.indicators, &Indicator::id);
  for (const Pack& pack : catalogue.packs) {
    checker.file = pack.name;
    for (const std::string& need : pack.needs)
      if (std::ranges::find(catalogue.packs, need, &Pack::name) == catalogue.packs.end())
        checker.refuse("pack.no_such_pack", fmt::format("需要的业务包“{}”不存在", need),
                       fmt::format("it needs the pack “{}”, which does not exist", need));
    check_review(checker, pack);
  }
  for (const Register& register_ : catalogue.registers) {
    checker.file = register_.file;
    check_register(checker, register_);
    check_daily_use(catalogue, register_, problems);
  }
  for (const Indicator& indicator : catalogue.indicators) {
    checker.file = indicator.file;
    check_indicator(checker, indicator);
  }
}

}  // namespace zhijia::registers
