#include "decisions/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "registers/columns.hpp"
#include "registers/sources.hpp"

namespace zhijia::registers {

namespace {

using Path = std::vector<std::string_view>;
using Kind = feel::SqlName::Kind;

/// Thrown while one decision is compiled, and turned into a problem by plan_decisions.
struct Refused {
  Problems problems;
};

[[noreturn]] void refuse(const Register& of, std::string_view code, std::string zh, std::string en) {
  throw Refused{{{std::string(code),
                  {.file = of.file, .sheet = {}, .cell = {}, .record = {}, .field = "decision"},
                  {std::move(zh), std::move(en)}}}};
}

const std::string policy_alias = "policy";

/// Compiles the decision of one register.
class Planner {
 public:
  Planner(const Catalogue& catalogue, const Register& of, const Decision& decision)
      : catalogue_(catalogue),
        of_(of),
        decision_(decision),
        policy_(catalogue.find_register(decision_.policy)),
        sources_(catalogue, of, std::nullopt, root_) {}

  CasePlan plan() {
    const std::string region = decision_.region.empty() ? "NULL" : name(decision_.region).sql;
    const std::string on = decision_.on.empty() ? "NULL" : name(decision_.on).sql;
    const bool names_model = policy_ && policy_->field("model");
    plan_.select = fmt::format("SELECT t.id, {}, {}, {}", policy_ ? policy_alias + ".id" : "NULL",
                               names_model ? policy_alias + ".model" : "NULL", region);
    for (const DecisionInput& input : decision_.inputs) add(input);
    plan_.joins = sources_.sql().substr(root_.size()) + policy_join(region, on);
    return std::move(plan_);
  }

 private:
  void add(const DecisionInput& input) {
    using enum DecisionInput::From;
    const std::size_t dot = input.name.find('.');
    CasePlan::Column column{.input = input.name.substr(0, dot),
                            .part = dot == std::string::npos ? "" : input.name.substr(dot + 1)};
    feel::SqlName value;
    switch (input.from) {
      case field:
        value = name(input.path);
        break;
      case paid:
      case promised:
        value = {paid_sum(input), Kind::number, 2};
        break;
      default:
        value = of_parts(input);
    }
    column.kind = value.kind;
    column.scale = value.scale;
    plan_.select += ", " + value.sql;
    plan_.columns.push_back(std::move(column));
  }

  feel::SqlName name(const std::string& path) {
    if (const auto found = resolve(split(path, '.'))) return *found;
    refuse(of_, "pack.decision_input", fmt::format("decision：没有字段“{}”", path),
           fmt::format("decision: there is no field “{}”", path));
  }

  std::optional<feel::SqlName> resolve(const Path& path) {
    if (path.size() != 2 || path[0] != policy_alias || !policy_) return sources_.resolve(path);
    const Field* field = policy_->field(path[1]);
    return field && !is_sealed(*field) ? std::optional(sql_name(*field, policy_alias)) : std::nullopt;
  }

  /// The county's own parameters before the city's (GB/T 2260: the county's code ending in 00), the latest in force.
  std::string policy_join(const std::string& region, const std::string& on) const {
    if (!policy_) return {};
    const std::string table = store::quoted_name(policy_->name);
    const auto latest = [&](const std::string& place) {
      return fmt::format(
          "(SELECT q.id FROM {} AS q WHERE q.region = {} AND q.in_force_from <= {} ORDER BY "
          "q.in_force_from DESC LIMIT 1)",
          table, place, on);
    };
    return fmt::format(" LEFT JOIN {} AS {} ON {}.id = COALESCE({}, {})", table, policy_alias, policy_alias,
                       latest(region), latest("SUBSTR(" + region + ", 1, 4) || '00'"));
  }

  /// sum, count or any over a sub-table: "file.income.amount" leads to the field `amount` of difficulty_file_income.
  /// Or over the records of a register that refer to it: "file.difficulty_period".
  feel::SqlName of_parts(const DecisionInput& input) {
    const Path path = split(input.path, '.');
    const Register* at = &of_;
    const Register* table = nullptr;
    std::size_t i = 0;
    for (; i < path.size() && at && !table; ++i) {
      if (const Field* link = at->field(path[i]))
        at = catalogue_.find_register(target_of(*link));
      else if (table = catalogue_.find_register(at->name + "_" + std::string(path[i])); !table)
        table = catalogue_.find_register(path[i]);
    }
    const bool is_sum = input.from == DecisionInput::From::sum;
    const Field* value = table && is_sum && i + 1 == path.size() ? table->field(path[i]) : nullptr;
    const auto back = table ? std::ranges::find_if(table->fields,
                                                   [&](const Field& field) {
                                                     return field.type == FieldType::ref && field.target == at->name;
                                                   })
                            : decltype(table->fields.begin()){};
    if (!table || back == table->fields.end() || (is_sum ? !value : i != path.size()))
      refuse(of_, "pack.decision_input", fmt::format("decision：“{}”不是子表", input.path),
             fmt::format("decision: “{}” is no sub-table", input.path));
    const Path owner(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(i) - 1);
    const std::string owner_id = owner.empty() ? "t.id" : name_of(owner);
    Sources parts(catalogue_, *table, std::nullopt, {}, "s");
    std::string where =
        "s." + store::quoted_name(back->name) + " = " + owner_id + condition(*table, input.where, parts);
    where = parts.sql() + " WHERE " + where;
    if (input.from == DecisionInput::From::any)
      return {"CASE WHEN EXISTS (SELECT 1 FROM " + where + ") THEN 1 ELSE 0 END", Kind::boolean, 0};
    if (!is_sum) return {fmt::format("(SELECT COUNT(*) + {} FROM {})", input.plus, where), Kind::number, 0};
    const feel::SqlName summed = sql_name(*value, "s");
    return {"(SELECT CAST(COALESCE(SUM(" + summed.sql + "), 0) AS BIGINT) FROM " + where + ")", Kind::number,
            summed.scale};
  }

  std::string name_of(const Path& path) {
    const auto found = resolve(path);
    if (!found) refuse(of_, "pack.decision_input", "decision：字段路径有误", "decision: a path is wrong");
    return found->sql;
  }

  /// " AND …" over the sub-table's fields; `record` is what is decided, `policy` its parameters.
  std::string condition(const Register& table, const std::string& where, Sources& parts) {
    if (where.empty()) return {};
    feel::Scope scope;
    for (const Field& field : table.fields) scope.declare(field.name);
    scope.declare("record");
    scope.declare(policy_alias);
    const auto tree = feel::parse(where, scope);
    if (!tree) throw Refused{tree.error()};
    const auto compiled = feel::compile_sql(**tree, [&](const Path& path) -> std::optional<feel::SqlName> {
      if (path[0] == "record") return resolve(Path(path.begin() + 1, path.end()));
      return path[0] == policy_alias ? resolve(path) : parts.resolve(path);
    });
    if (!compiled) throw Refused{compiled.error()};
    take(compiled->parameters);
    return " AND " + compiled->sql;
  }

  /// What all packs paid, or will pay, to the household, or the person, in the year: one sum a register, each by its
  /// index. The record that is decided is none of them.
  std::string paid_sum(const DecisionInput& input) {
    const Field* receiver = of_.field(input.path);
    if (!receiver || (receiver->type != FieldType::household && receiver->type != FieldType::person))
      refuse(of_, "pack.decision_input", fmt::format("decision：“{}”不是个人或家庭", input.path),
             fmt::format("decision: “{}” is no person or household", input.path));
    const std::string id = name(input.path).sql, day = name(input.year_of).sql;
    const bool is_household = receiver->type == FieldType::household;
    const std::string persons = is_household ? persons_sql(catalogue_, id) : id;
    std::string sum = "0";
    const Paid paid = input.from == DecisionInput::From::promised ? Paid::promised : Paid::made;
    for (const Register& payer : catalogue_.registers) {
      if (!payer.pays || (paid == Paid::promised && payer.pays->promised.empty())) continue;
      const Field* to = payer.field(payer.pays->to);
      if (!to || (to->type == FieldType::household && !is_household)) continue;
      const auto payment = payment_sql(catalogue_, payer, "p", paid);
      if (!payment) throw Refused{payment.error()};
      if (payment->kind.empty()) continue;  // no help, such as an insurance benefit
      sum += fmt::format(
          " + (SELECT CAST(COALESCE(SUM(p.{}), 0) AS BIGINT) FROM {} WHERE {} {} AND "
          "SUBSTR({}, 1, 4) = SUBSTR({}, 1, 4) AND {}{}{})",
          store::quoted_name(payer.pays->amount), payment->from, payment->to,
          to->type == FieldType::household ? "= " + id : "IN (" + persons + ")", payment->on, day, payment->condition,
          payer.name == of_.name ? " AND p.id <> t.id" : "",
          input.kind.empty() ? "" : " AND " + payment->kind + " = " + name(input.kind).sql);
      take(payment->parameters);
    }
    return "(" + sum + ")";
  }

  void take(const std::vector<std::variant<std::int64_t, std::string>>& parameters) {
    plan_.parameters.insert(plan_.parameters.end(), parameters.begin(), parameters.end());
  }

  const std::string root_ = "(?)";
  const Catalogue& catalogue_;
  const Register& of_;
  const Decision& decision_;
  const Register* policy_;
  Sources sources_;
  CasePlan plan_;
};

void check_model(const Register& of, const Decision& decision, const dmn::Model& model, Problems& problems) {
  const auto problem = [&](std::string zh, std::string en) {
    problems.push_back({"pack.decision",
                        {.file = of.file, .sheet = {}, .cell = {}, .record = {}, .field = "decision"},
                        {std::move(zh), std::move(en)}});
  };
  const auto decisions = model.decisions();
  if (std::ranges::find(decisions, decision.decision) == decisions.end())
    problem(fmt::format("模型里没有决策“{}”", decision.decision),
            fmt::format("the model holds no decision “{}”", decision.decision));
  const auto inputs = model.inputs();
  for (const DecisionInput& input : decision.inputs) {
    const std::string name = input.name.substr(0, input.name.find('.'));
    if (std::ranges::find(inputs, name, &std::pair<std::string, feel::Type>::first) == inputs.end())
      problem(fmt::format("模型没有输入“{}”", name), fmt::format("the model has no input “{}”", name));
  }
}

void check_outcome(const Register& of, const Decision& decision, Problems& problems) {
  std::vector<std::string> written{decision.explanation_zh, decision.explanation_en, decision.policy_field};
  for (const auto& [field, part] : decision.outcome) written.push_back(field);
  for (const std::string& name : written) {
    const Field* field = of.field(name);
    if (name.empty() || (field && field->computed_as == name)) continue;
    problems.push_back({"pack.decision",
                        {.file = of.file, .sheet = {}, .cell = {}, .record = {}, .field = name},
                        {fmt::format("decision 写入的“{}”应为 type: decided 的字段", name),
                         fmt::format("“{}”, which the decision writes, must be a field of type: decided", name)}});
  }
}

/// NAME.dmn beside the register's file, loaded once a pack.
const dmn::Model* load_model(const Register& of, const std::string& name, Decisions& decisions, Problems& problems) {
  const std::string key = of.pack + "/" + name;
  if (const auto known = decisions.models.find(key); known != decisions.models.end()) return &known->second;
  const std::filesystem::path file = std::filesystem::path(of.file).replace_filename(name + ".dmn");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return nullptr;
  const std::string xml{std::istreambuf_iterator<char>(stream), {}};
  auto model = dmn::load(xml, {}, file.generic_string());
  const Problems& faults = model ? model->warnings() : model.error();
  problems.insert(problems.end(), faults.begin(), faults.end());
  if (!model) return nullptr;
  decisions.texts.emplace(key, xml);
  return &decisions.models.emplace(key, std::move(*model)).first->second;
}

void add_titles(const Catalogue& catalogue, const Field& field, dmn::Words::Said& texts) {
  const CodeList* codes = field.target.empty() ? nullptr : catalogue.find_codes(field.target);
  if (codes == nullptr) return;
  for (const auto& [code, title] : codes->values) texts.emplace(code, Message{title.zh, title.en});
}

/// The field at the end of a path from the register; nullptr when it leads through sub-tables or parameters.
const Field* field_at(const Catalogue& catalogue, const Register& of, const std::string& path) {
  const Register* at = &of;
  const Field* field = nullptr;
  for (const std::string_view name : split(path, '.')) {
    field = at == nullptr ? nullptr : at->field(name);
    if (field == nullptr) return nullptr;
    at = is_link(*field) ? catalogue.find_register(target_of(*field)) : nullptr;
  }
  return field;
}

/// Where two code lists know the same code, that of what is given is meant.
dmn::Words titles_of(const Catalogue& catalogue, const Register& of, const Decision& decision) {
  dmn::Words words;
  for (const auto& [name, part] : decision.outcome) {
    const Field& field = *of.field(name);
    words.names.emplace(part, Message{field.title.zh, field.title.en});
    add_titles(catalogue, field, words.texts);
  }
  for (const DecisionInput& input : decision.inputs)
    if (const Field* field = field_at(catalogue, of, input.path); field != nullptr)
      add_titles(catalogue, *field, words.texts);
  return words;
}

/// Once for all records: a decision is explained whenever one is written.
void add_words(const Register& of, dmn::Words titles, Decisions& decisions) {
  const std::string pack = of.pack + "/";
  for (const auto& [key, model] : decisions.models)
    if (key.starts_with(pack))
      decisions.words.emplace(of.name + "/" + key.substr(pack.size()), words_of(model, titles));
  decisions.titles.emplace(of.name, std::move(titles));
}

/// All models of the pack: a policy may name another than the register does.
void load_models(const Register& of, Decisions& decisions, Problems& problems) {
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(of.file).parent_path()))
    if (entry.path().extension() == ".dmn") load_model(of, entry.path().stem().string(), decisions, problems);
}

}  // namespace

dmn::Words words_of(const dmn::Model& model, const dmn::Words& titles) {
  dmn::Words words = model.words();
  words.names.insert(titles.names.begin(), titles.names.end());
  words.texts.insert(titles.texts.begin(), titles.texts.end());
  return words;
}

Result<PaymentSql> payment_sql(const Catalogue& catalogue, const Register& of, const std::string& alias, Paid paid) {
  const Payment& pays = of.pays.value();
  const std::string& when = paid == Paid::made ? pays.when : pays.promised;
  Sources sources(catalogue, of, std::nullopt, {}, alias);
  PaymentSql payment{.from = {}, .condition = "1 = 1", .kind = {}, .parameters = {}, .to = {}, .on = {}};
  for (const auto& [name, sql] :
       {std::pair{&pays.to, &payment.to}, {paid == Paid::made ? &pays.on : &pays.promised_on, &payment.on}}) {
    if (!of.field(*name))
      return fail("pack.no_such_field", fmt::format("pays：没有字段“{}”", *name),
                  fmt::format("pays: there is no field “{}”", *name));
    *sql = alias + "." + store::quoted_name(*name);
  }
  if (!when.empty()) {
    feel::Scope scope;
    for (const Field& field : of.fields) scope.declare(field.name);
    const auto tree = feel::parse(when, scope);
    if (!tree) return std::unexpected(tree.error());
    auto compiled = feel::compile_sql(**tree, [&](const Path& path) { return sources.resolve(path); });
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    payment.condition = std::move(compiled->sql);
    payment.parameters = std::move(compiled->parameters);
  }
  if (!pays.kind.empty()) {
    const auto kind = sources.resolve(split(pays.kind, '.'));
    if (!kind)
      return fail("pack.no_such_field", fmt::format("pays：没有字段“{}”", pays.kind),
                  fmt::format("pays: there is no field “{}”", pays.kind));
    payment.kind = kind->sql;
  }
  payment.from = sources.sql();
  return payment;
}

std::string persons_sql(const Catalogue& catalogue, const std::string& household) {
  std::string sql = "SELECT h.head FROM household h WHERE h.id = " + household;
  for (const Register& part : catalogue.registers) {
    const Register* owner = part.part_of.empty() ? nullptr : catalogue.find_register(part.part_of);
    const Field* subject = owner ? owner->field("subject") : nullptr;
    if (!subject || subject->type != FieldType::household) continue;
    for (const Field& field : part.fields)
      if (field.type == FieldType::person)
        sql += fmt::format(" UNION SELECT m.{} FROM {} m JOIN {} o ON o.id = m.part_of WHERE o.subject = {}",
                           store::quoted_name(field.name), store::quoted_name(part.name),
                           store::quoted_name(owner->name), household);
  }
  return sql;
}

Decisions plan_decisions(const Catalogue& catalogue, Problems& problems) {
  Decisions decisions;
  for (const Register& of : catalogue.registers) {
    try {
      if (of.pays)
        for (const Paid paid : {Paid::made, Paid::promised})
          if (paid == Paid::made || !of.pays->promised.empty())
            if (const auto payment = payment_sql(catalogue, of, "p", paid); !payment) throw Refused{payment.error()};
      if (!of.decision) continue;
      load_models(of, decisions, problems);
      const dmn::Model* model = load_model(of, of.decision->model, decisions, problems);
      if (!model)
        refuse(of, "pack.model", fmt::format("业务包里没有模型“{}.dmn”", of.decision->model),
               fmt::format("the pack holds no model “{}.dmn”", of.decision->model));
      check_model(of, *of.decision, *model, problems);
      check_outcome(of, *of.decision, problems);
      add_words(of, titles_of(catalogue, of, *of.decision), decisions);
      decisions.plans.emplace(of.name, Planner(catalogue, of, *of.decision).plan());
    } catch (Refused& refused) {
      for (Problem& problem : refused.problems) {
        problem.place.file = of.file;
        problems.push_back(std::move(problem));
      }
    }
  }
  return decisions;
}

}  // namespace zhijia::registers
