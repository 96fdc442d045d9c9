#include "registers/cases.hpp"

#include <algorithm>

#include "decisions/plan.hpp"
#include "records/cell.hpp"
#include "records/parts.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {

namespace {

/// One input's cells as they are read: whole numbers, truths, or texts and days as values.
struct InputCells {
  std::vector<std::int64_t> integers;
  std::vector<std::uint8_t> truths, missing;
  feel::Values values;
  bool is_any_missing = false;

  void add(const store::Rows& rows, int column, const CasePlan::Column& of) {
    using Kind = feel::SqlName::Kind;
    const bool is_null = rows.is_null(column);
    is_any_missing |= is_null;
    missing.push_back(is_null ? 1 : 0);
    if (of.kind == Kind::number)
      integers.push_back(rows.integer(column));
    else if (of.kind == Kind::boolean)
      truths.push_back(rows.integer(column) != 0 ? 1 : 0);
    else if (is_null)
      values.emplace_back();
    else if (of.kind == Kind::date)
      values.push_back(feel::Value::of(feel::Date::parse(rows.text(column))));
    else
      values.emplace_back(rows.text(column));
  }

  dmn::Column column(const CasePlan::Column& of) {
    using Kind = feel::SqlName::Kind;
    if (of.kind != Kind::number && of.kind != Kind::boolean) return dmn::Column(std::move(values));
    dmn::Column column = of.kind == Kind::number ? dmn::Column::of_numbers(std::move(integers), of.scale)
                                                 : dmn::Column::of_booleans(std::move(truths));
    if (is_any_missing) column.missing = std::move(missing);
    return column;
  }
};

/// Puts the parts of a structured input together.
dmn::Columns columns_of(const CasePlan& plan, std::vector<InputCells> cells, std::size_t cases) {
  dmn::Columns columns{.names = {}, .values = {}, .cases = cases};
  for (std::size_t i = 0; i < plan.columns.size();) {
    const CasePlan::Column& first = plan.columns[i];
    columns.names.push_back(first.input);
    if (first.part.empty()) {
      columns.values.push_back(cells[i].column(first));
      ++i;
      continue;
    }
    std::vector<std::pair<std::string, dmn::Column>> parts;
    for (; i < plan.columns.size() && plan.columns[i].input == first.input; ++i)
      parts.emplace_back(plan.columns[i].part, cells[i].column(plan.columns[i]));
    columns.values.push_back(dmn::Column::of_parts(std::move(parts)));
  }
  return columns;
}

Cases read(store::Reader& reader, const CasePlan& plan, const Decision& decision, const CaseSource& source) {
  std::vector<store::Parameter> parameters;
  for (const auto* list : {&plan.parameters, &source.parameters})
    for (const auto& value : *list) std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  auto rows = reader.query_with(plan.sql(source.sql), std::span<const store::Parameter>(parameters));
  Cases cases;
  std::vector<InputCells> cells(plan.columns.size());
  constexpr int leading = 4;  // id, policy, model, region
  while (rows.next()) {
    cases.ids.push_back(rows.integer(0));
    cases.policies.push_back(rows.integer(1));
    cases.models.emplace_back(rows.text(2).empty() ? decision.model : rows.text(2));
    cases.regions.emplace_back(rows.text(3));
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i].add(rows, leading + static_cast<int>(i), plan.columns[i]);
  }
  cases.columns = columns_of(plan, std::move(cells), cases.ids.size());
  return cases;
}

/// The record that is being written, as a sub-select of its values.
CaseSource source_of(const Register& of, const Record& record) {
  CaseSource source{.sql = "SELECT CAST(? AS BIGINT) AS id", .parameters = {record.id}};
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    if (is_sealed(field) || field.computed_as == field.name) continue;
    const bool is_number = column_type(field) == store::Type::integer;
    const auto* integer = std::get_if<std::int64_t>(&record.values[i]);
    const auto* text = std::get_if<std::string>(&record.values[i]);
    const std::string name = store::quoted_name(field.name);
    if (!integer && !text) {
      source.sql += std::string(", CAST(NULL AS ") + (is_number ? "BIGINT" : "TEXT") + ") AS " + name;
      continue;
    }
    source.sql += std::string(", CAST(? AS ") + (is_number ? "BIGINT" : "TEXT") + ") AS " + name;
    if (integer)
      source.parameters.emplace_back(*integer);
    else
      source.parameters.emplace_back(*text);
  }
  return source;
}

Stored stored_of(const Field& field, const feel::Value& value) {
  if (!value.is(feel::Kind::list)) return from_feel(field, value);
  std::string joined;
  const char* const comma = field.target.empty() ? "、" : ",";  // between codes, whose titles are put in later
  for (const feel::Value& item : value.items()) joined += (joined.empty() ? "" : comma) + feel::text(item);
  return joined.empty() ? Stored() : Stored(joined);
}

}  // namespace

dmn::Words words_of(const Registers& registers, const Register& of, const dmn::Model& model) {
  return words_of(model, registers.decisions().titles.at(of.name));
}

Result<Cases> read_cases(store::Reader& reader, const Registers& registers, const Register& of,
                         const CaseSource& source) {
  const Decisions& decisions = registers.decisions();
  const auto plan = decisions.plans.find(of.name);
  if (plan == decisions.plans.end())
    return fail("case.no_decision", "登记簿“" + of.title.zh + "”没有决策。",
                "The register “" + of.title.en + "” has no decision.");
  return read(reader, plan->second, of.decision.value(), source);
}

const dmn::Model* find_model(const Registers& registers, const Register& of, std::string_view name) {
  const auto& models = registers.decisions().models;
  const auto found = models.find(of.pack + "/" + std::string(name));
  return found == models.end() ? nullptr : &found->second;
}

Result<Cases> case_of_record(store::Reader& reader, const Registers& registers, const Register& of, Id record) {
  return read_cases(
      reader, registers, of,
      {.sql = "SELECT t.* FROM " + store::quoted_name(of.name) + " t WHERE t.id = ?", .parameters = {record}});
}

std::vector<ModelFile> model_files(const Registers& registers) {
  std::vector<ModelFile> files;
  for (const auto& [key, model] : registers.decisions().models) {
    const std::size_t slash = key.find('/');
    files.push_back({key.substr(0, slash), key.substr(slash + 1), &model, &registers.decisions().texts.at(key)});
  }
  return files;
}

std::string input_of_parameter(const Register& of, std::string_view parameter) {
  if (!of.decision) return {};
  const auto& inputs = of.decision->inputs;
  const auto found = std::ranges::find(inputs, "policy." + std::string(parameter), &DecisionInput::path);
  return found == inputs.end() ? "" : found->name;
}

dmn::Inputs inputs_of(const dmn::Columns& columns, std::size_t at) {
  dmn::Inputs inputs;
  for (std::size_t i = 0; i < columns.names.size(); ++i) inputs.push_back({columns.names[i], columns.values[i].at(at)});
  return inputs;
}

Result<void> decide_record(store::Reader& reader, const Decisions& decisions, const Register& of, Record& record,
                           const Clock& clock) {
  const Decision& decision = of.decision.value();
  const Cases cases = read(reader, decisions.plans.at(of.name), decision, source_of(of, record));
  if (!decision.policy.empty() && cases.policies.front() == 0)
    return fail("decision.no_policy", "该县区当日没有生效的政策参数，请先登记。",
                "No parameters are in force for this county on this day; enter them first.");
  const auto model = decisions.models.find(of.pack + "/" + cases.models.front());
  if (model == decisions.models.end())
    return fail("decision.no_model", "政策参数指明的模型“" + cases.models.front() + "”不存在。",
                "The parameters name the model “" + cases.models.front() + "”, which does not exist.");
  const dmn::Outcome outcome =
      model->second.evaluate(decision.decision, inputs_of(cases.columns, 0), {.clock = &clock, .explain = true});
  const dmn::Words& words = decisions.words.at(of.name + "/" + cases.models.front());
  return write_outcome(decision, of, outcome, words, cases.policies.front(), record);
}

Result<void> write_outcome(const Decision& decision, const Register& of, const dmn::Outcome& outcome,
                           const dmn::Words& words, Id policy, Record& record) {
  if (!outcome.value.is(feel::Kind::context)) {
    Problems problems{{"decision.undecided",
                       {},
                       {"资料不全，模型无法作出认定。", "The model cannot decide: something it needs is missing."}}};
    problems.insert(problems.end(), outcome.problems.begin(), outcome.problems.end());
    return std::unexpected(std::move(problems));
  }
  const auto at = [&](const std::string& field) -> Stored& { return record.values[of.place(field)]; };
  for (const auto& [field, part] : decision.outcome) {
    const feel::Value* value = outcome.value.find(part);
    at(field) = value ? stored_of(*of.field(field), *value) : Stored();
  }
  if (!decision.policy_field.empty()) at(decision.policy_field) = policy;
  if (!decision.explanation_zh.empty()) at(decision.explanation_zh) = dmn::explanation(outcome, true, words);
  if (!decision.explanation_en.empty()) at(decision.explanation_en) = dmn::explanation(outcome, false, words);
  return {};
}

}  // namespace zhijia::registers
