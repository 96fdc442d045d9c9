#include <fmt/format.h>

#include <algorithm>

#include "load/readers.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {

namespace {

/// What flows, access and limits name: does it exist, and is it of the right kind?
struct Checker {
  const Catalogue& catalogue;
  const Register& of;
  Problems& problems;

  void refuse(std::string_view code, std::string zh, std::string en) {
    problems.push_back({std::string(code),
                        {.file = of.file, .sheet = {}, .cell = {}, .record = {}, .field = {}},
                        {std::move(zh), std::move(en)}});
  }

  const Field* need_field(const Register& in, const std::string& name, std::string_view where) {
    const Field* field = in.field(name);
    if (!field)
      refuse("pack.no_such_field", fmt::format("{}:没有字段“{}”", where, name),
             fmt::format("{}: there is no field “{}”", where, name));
    return field;
  }

  void need_date(const Register& in, const std::string& name, std::string_view where) {
    if (name.empty()) return;
    const Field* field = need_field(in, name, where);
    if (field && field->type != FieldType::date)
      refuse("pack.field_kind", fmt::format("{}:字段“{}”应为日期", where, name),
             fmt::format("{}: the field “{}” must be a date", where, name));
  }

  void need_state(const std::string& state, std::string_view where) {
    if (!of.flow ||
        std::ranges::find(of.flow->states, state, &std::pair<std::string, Title>::first) == of.flow->states.end())
      refuse("pack.no_such_state", fmt::format("{}:流程中没有状态“{}”", where, state),
             fmt::format("{}: the flow has no state “{}”", where, state));
  }

  const Step* need_step(const std::string& name, const std::string& from, std::string_view where) {
    const auto found =
        std::ranges::find_if(of.flow->steps, [&](const Step& step) { return step.name == name && step.from == from; });
    if (found != of.flow->steps.end()) return &*found;
    refuse("pack.no_such_step", fmt::format("{}:状态“{}”没有步骤“{}”", where, from, name),
           fmt::format("{}: there is no step “{}” from the state “{}”", where, name, from));
    return nullptr;
  }
};

void check_steps(Checker& checker) {
  for (const Step& step : checker.of.flow->steps)
    for (const auto* fields : {&step.needs_fields, &step.may_fields})
      for (const std::string& name : *fields) {
        const Field* field = checker.need_field(checker.of, name, step.name);
        if (field && (!field->computed_as.empty() || name == "state"))
          checker.refuse("pack.field_kind", fmt::format("步骤“{}”不能填写字段“{}”", step.name, name),
                         fmt::format("the step “{}” cannot set the field “{}”", step.name, name));
      }
}

/// Where a step's role is held, and what it writes.
void check_reaches(Checker& checker) {
  const auto is_end = [&](const std::string& name) {
    return std::ranges::find(checker.of.ends, name) != checker.of.ends.end();
  };
  for (const std::string& name : checker.of.ends) {
    const Field* field = checker.need_field(checker.of, name, "ends");
    if (field && (field->type != FieldType::organisation || !checker.of.scoped))
      checker.refuse(
          "pack.ends", fmt::format("ends:“{}”应为 organisation 字段，且登记簿须有 scope: organisation", name),
          fmt::format("ends: “{}” must be of type organisation, in a register with scope: organisation", name));
  }
  if (!checker.of.flow) return;
  for (const Step& step : checker.of.flow->steps)
    if (!step.at.empty() && !(step.at == "organisation" && checker.of.scoped) && !is_end(step.at))
      checker.refuse("pack.ends", fmt::format("步骤“{}”的 at 应为 organisation 或 ends 中的字段", step.name),
                     fmt::format("“at” of the step “{}” must be organisation or a field of ends", step.name));
}

void check_setting(Checker& checker, const Step& step, const Setting& setting) {
  const Register* target = &checker.of;
  if (!setting.link.empty()) {
    const Field* link = checker.need_field(checker.of, setting.link, step.name);
    target = link ? checker.catalogue.find_register(target_of(*link)) : nullptr;
    if (link && !target)
      checker.refuse("pack.field_kind", fmt::format("步骤“{}”:“{}”不指向登记簿", step.name, setting.link),
                     fmt::format("the step “{}”: “{}” leads to no register", step.name, setting.link));
  }
  const Field* field = target ? checker.need_field(*target, setting.field, step.name) : nullptr;
  if (field && (!field->computed_as.empty() || is_sealed(*field) || setting.field == "state"))
    checker.refuse("pack.field_kind", fmt::format("步骤“{}”不能填写字段“{}”", step.name, setting.field),
                   fmt::format("the step “{}” cannot set the field “{}”", step.name, setting.field));
}

void check_ranking(Checker& checker, const Step& step) {
  const Register* ranked = checker.catalogue.find_register(step.ranking->register_);
  const bool refers = ranked && std::ranges::any_of(ranked->fields, [&](const Field& field) {
                        return target_of(field) == checker.of.name;
                      });
  if (!refers)
    return checker.refuse("pack.no_such_register",
                          fmt::format("步骤“{}”:没有引用本登记簿的“{}”", step.name, step.ranking->register_),
                          fmt::format("the step “{}”: there is no register “{}” that refers to this one", step.name,
                                      step.ranking->register_));
  const Field* by = checker.need_field(*ranked, step.ranking->by, step.name);
  const Field* into = checker.need_field(*ranked, step.ranking->into, step.name);
  const bool is_number =
      by && (by->type == FieldType::integer || by->type == FieldType::decimal || by->type == FieldType::money);
  if (by && into && (!is_number || into->type != FieldType::integer || !into->computed_as.empty()))
    checker.refuse("pack.field_kind", fmt::format("步骤“{}”:名次按数字排，写入整数字段", step.name),
                   fmt::format("the step “{}”: places go by a number, into an integer field", step.name));
}

void check_addition(Checker& checker, const Step& step) {
  const Field* link = checker.need_field(checker.of, step.addition->link, step.name);
  const std::string table = link ? target_of(*link) + "_" + step.addition->table : "";
  const Register* rows = checker.catalogue.find_register(table);
  if (link && !rows)
    checker.refuse("pack.no_such_register", fmt::format("步骤“{}”:没有明细表“{}”", step.name, table),
                   fmt::format("the step “{}”: there is no sub-table “{}”", step.name, table));
  for (const Setting& setting : step.addition->fields) {
    const Field* field = rows ? checker.need_field(*rows, setting.field, step.name) : nullptr;
    if (field &&
        (!field->computed_as.empty() || is_sealed(*field) || setting.field == "state" || setting.field == "part_of"))
      checker.refuse("pack.field_kind", fmt::format("步骤“{}”不能填写字段“{}”", step.name, setting.field),
                     fmt::format("the step “{}” cannot set the field “{}”", step.name, setting.field));
  }
}

void check_effects(Checker& checker) {
  for (const Step& step : checker.of.flow->steps) {
    for (const Setting& setting : step.settings) check_setting(checker, step, setting);
    if (step.ranking) check_ranking(checker, step);
    if (step.addition) check_addition(checker, step);
  }
}

void check_deadlines(Checker& checker) {
  for (const Deadline& deadline : checker.of.flow->deadlines) {
    checker.need_state(deadline.state, "deadlines");
    checker.need_date(checker.of, deadline.after, "deadlines");
    if (deadline.step.empty()) continue;
    const Step* step = checker.need_step(deadline.step, deadline.state, "deadlines");
    if (step && !step->is_automatic())
      checker.refuse("pack.not_automatic", fmt::format("到期自动执行的步骤“{}”应为 by: system", deadline.step),
                     fmt::format("the step “{}” of a deadline must be `by: system`", deadline.step));
  }
}

/// What the public may not be shown, however the pack asks for it.
bool is_private(const Catalogue& catalogue, const Field& field) {
  if (is_sealed(field)) return true;
  const Register* target = field.type == FieldType::ref ? catalogue.find_register(field.target) : nullptr;
  if (!target) return false;
  const auto is_personal = [&](const std::string& name) {
    const Field* named = target->field(name);
    return named && (is_sealed(*named) || named->type == FieldType::person || named->type == FieldType::household);
  };
  return is_personal(target->label) || std::ranges::any_of(target->key, is_personal);
}

void check_publicities(Checker& checker) {
  for (const Publicity& publicity : checker.of.flow->publicities) {
    checker.need_state(publicity.state, "publicity");
    for (const std::string& name : publicity.shown) {
      const Field* field = checker.need_field(checker.of, name, "publicity");
      if (field && is_private(checker.catalogue, *field))
        checker.refuse("pack.public_secret", fmt::format("字段“{}”不能公示", name),
                       fmt::format("the field “{}” cannot be made public", name));
    }
    for (const std::string& name : publicity.masked)
      if (std::ranges::find(publicity.shown, name) == publicity.shown.end())
        checker.refuse("pack.no_such_field", fmt::format("mask 中的“{}”不在 show 中", name),
                       fmt::format("“{}” of mask is not shown", name));
    for (const std::string* step : {&publicity.unopposed, &publicity.upheld})
      if (!step->empty()) checker.need_step(*step, publicity.state, "publicity");
  }
}

void check_access(Checker& checker) {
  if (!checker.of.access.change) return;
  for (const ChangeRule& rule : *checker.of.access.change) {
    for (const std::string& state : rule.states) checker.need_state(state, "access");
    for (const std::string& name : rule.fields) checker.need_field(checker.of, name, "access");
  }
}

/// Groups match by their values, and sums add up, only when both are of the same type.
void check_kinds(Checker& checker, const Limit::Part& first, const Limit::Part& part) {
  const auto field = [&](const Limit::Part& of, const std::string& name) {
    const Register* in = checker.catalogue.find_register(of.register_);
    return in ? in->field(name) : nullptr;
  };
  const auto compare = [&](const Field* one, const Field* other) {
    if (one && other && (one->type != other->type || one->scale != other->scale || one->target != other->target))
      checker.refuse("pack.limit_parts", fmt::format("limits:“{}”与“{}”不是同一类字段", one->name, other->name),
                     fmt::format("limits: “{}” and “{}” are fields of different kinds", one->name, other->name));
  };
  for (std::size_t i = 0; i < std::min(first.per.size(), part.per.size()); ++i)
    compare(field(first, first.per[i]), field(part, part.per[i]));
  if (!first.sum.empty() && !part.sum.empty()) compare(field(first, first.sum), field(part, part.sum));
}

void check_limit(Checker& checker, const Limit& limit) {
  for (const Limit::Part& part : limit.parts) {
    const Register* in = checker.catalogue.find_register(part.register_);
    if (!in) {
      checker.refuse("pack.no_such_register", fmt::format("limits:没有登记簿“{}”", part.register_),
                     fmt::format("limits: there is no register “{}”", part.register_));
      continue;
    }
    for (const std::string& name : part.per)
      if (const Field* field = checker.need_field(*in, name, "limits"); field && is_sealed(*field))
        checker.refuse("pack.field_kind", fmt::format("limits:保密字段“{}”不能用来分组", name),
                       fmt::format("limits: the secret “{}” cannot group", name));
    checker.need_date(*in, part.year_of, "limits");
    const Field* sum = part.sum.empty() ? nullptr : checker.need_field(*in, part.sum, "limits");
    if (sum && sum->type != FieldType::money && sum->type != FieldType::integer && sum->type != FieldType::decimal)
      checker.refuse("pack.field_kind", fmt::format("limits:字段“{}”不能合计", part.sum),
                     fmt::format("limits: the field “{}” cannot be added up", part.sum));
    check_kinds(checker, limit.parts.front(), part);
    if (part.per.size() != limit.parts.front().per.size() || part.sum.empty() != limit.parts.front().sum.empty() ||
        part.year_of.empty() != limit.parts.front().year_of.empty())
      checker.refuse("pack.limit_parts", "limits:一起合计的登记簿要按同样的方式合计",
                     "limits: registers that count together must count alike");
  }
}

}  // namespace

void check_daily_use(const Catalogue& catalogue, const Register& register_, Problems& problems) {
  Checker checker{catalogue, register_, problems};
  check_reaches(checker);
  if (register_.flow) {
    check_steps(checker);
    check_effects(checker);
    check_deadlines(checker);
    check_publicities(checker);
  }
  check_access(checker);
  for (const Limit& limit : register_.limits) check_limit(checker, limit);
}

}  // namespace zhijia::registers
