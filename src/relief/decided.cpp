#include "decided.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace zhijia::relief {

using registers::Cases;
using registers::Register;

namespace {

/// The cases at these places, as columns of their own.
dmn::Columns part_of(const dmn::Columns& columns, const std::vector<std::size_t>& places) {
  if (places.size() == columns.cases) return columns;
  dmn::Columns part{.names = columns.names, .values = {}, .cases = places.size()};
  for (const dmn::Column& column : columns.values) {
    feel::Values taken;
    for (const std::size_t place : places) taken.push_back(column.at(place));
    part.values.emplace_back(std::move(taken));
  }
  return part;
}

std::string text_at(const feel::Value& value, std::string_view key) {
  const feel::Value* part = value.is(feel::Kind::context) ? value.find(key) : nullptr;
  return part && part->is(feel::Kind::string) ? std::string(part->string()) : "";
}

}  // namespace

std::unexpected<Problems> no_policy(const Cases& cases) {
  std::set<std::string> regions;
  for (std::size_t i = 0; i < cases.policies.size(); ++i)
    if (cases.policies[i] == 0) regions.insert(cases.regions[i]);
  std::string named;
  for (const std::string& region : regions) named += (named.empty() ? "" : ", ") + region;
  return fail("recheck.no_policy", "这些县区当日没有生效的政策参数：" + named + "。",
              "No parameters are in force on that day for: " + named + ".");
}

Result<std::vector<Verdict>> decide(const registers::Registers& registers, const Register& of, const Cases& cases,
                                    const dmn::Model* other) {
  if (std::ranges::find(cases.policies, 0) != cases.policies.end()) return no_policy(cases);
  std::map<std::string, std::vector<std::size_t>> by_model;
  for (std::size_t i = 0; i < cases.ids.size(); ++i) by_model[other ? "" : cases.models[i]].push_back(i);
  std::vector<Verdict> verdicts(cases.ids.size());
  for (const auto& [name, places] : by_model) {
    const dmn::Model* model = other ? other : registers::find_model(registers, of, name);
    if (!model)
      return fail("recheck.no_model", "政策参数指明的模型“" + name + "”不存在。",
                  "The parameters name the model “" + name + "”, which does not exist.");
    const auto decided = dmn::decide(*model, batch_decision, part_of(cases.columns, places), {.keep_rows = true});
    if (!decided) return std::unexpected(decided.error());
    for (std::size_t i = 0; i < places.size(); ++i) {
      Verdict& verdict = verdicts[places[i]];
      const feel::Value value = decided->values.at(i);
      verdict.kind = text_at(value, "kind");
      verdict.reason = text_at(value, "reason");
      for (const std::uint32_t row : decided->own_rows(i))
        verdict.rows += (verdict.rows.empty() ? "" : ", ") + std::to_string(row);
    }
  }
  return verdicts;
}

registers::CaseSource files_where(const std::string& where, Date on, int year,
                                  std::vector<std::variant<std::int64_t, std::string>> parameters) {
  registers::CaseSource source{
      .sql =
          "SELECT f.id AS id, f.id AS file, CAST(? AS TEXT) AS decided_on, CAST(? AS BIGINT) AS year, 'yearly' AS "
          "purpose FROM difficulty_file f WHERE EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id AND " +
          where + ")",
      .parameters = {to_string(on), std::int64_t{year}}};
  source.parameters.insert(source.parameters.end(), parameters.begin(), parameters.end());
  return source;
}

}  // namespace zhijia::relief
