#include <algorithm>

#include "base/text.hpp"
#include "decided.hpp"
#include "relief/recheck.hpp"

namespace zhijia::relief {

using registers::Cases;
using registers::Register;

namespace {

/// On the roll, or asking to be, at some time of the year.
constexpr const char* of_the_year = "p.applied_on <= ? AND (p.closed_on IS NULL OR p.closed_on >= ?)";

/// How bad a kind is, for who gains and who loses by a policy.
int weight(std::string_view kind) { return kind == "deep" ? 3 : kind == "accidental" ? 2 : kind == "relative" ? 1 : 0; }

/// What the year's programmes would pay the household for its stated needs, by kind: fen.
struct Costs {
  std::int64_t deep = 0, relative = 0, accidental = 0, most = 0;

  Money of(std::string_view kind) const {
    const std::int64_t fen = kind == "deep"         ? deep
                             : kind == "relative"   ? relative
                             : kind == "accidental" ? accidental
                                                    : 0;
    return Money{std::min(fen, most)};
  }
};

struct File {
  std::string code, region;
  Costs costs;
};

std::vector<File> read_files(store::Reader& reader, const Cases& cases, Date last) {
  std::vector<File> files;
  auto rows = reader.query(
      "SELECT f.id, f.code, f.region, CAST(SUM(h.deep_amount) AS BIGINT), CAST(SUM(h.relative_amount) AS BIGINT), "
      "CAST(SUM(h.accidental_amount) AS BIGINT) FROM "
      "difficulty_file f LEFT JOIN difficulty_file_needs n ON n.part_of = f.id LEFT JOIN help_programme h ON h.need = "
      "n.need AND h.starts_on <= ?1 AND h.ends_on >= ?2 GROUP BY f.id, f.code, f.region ORDER BY f.id",
      to_string(last), to_string(Date::of(last.year(), 1, 1)));
  for (std::size_t i = 0; i < cases.ids.size() && rows.next();) {
    if (rows.integer(0) != cases.ids[i]) continue;
    files.push_back(
        {std::string(rows.text(1)), std::string(rows.text(2)), {rows.integer(3), rows.integer(4), rows.integer(5), 0}});
    ++i;
  }
  std::map<Id, std::int64_t> most;
  auto policies = reader.query("SELECT id, yearly_help_max FROM relief_policy");
  while (policies.next()) most[policies.integer(0)] = policies.integer(1);
  for (std::size_t i = 0; i < files.size(); ++i) files[i].costs.most = most[cases.policies[i]];
  return files;
}

std::unexpected<Problems> bad_value(const Override& setting) {
  return fail("trial.value", "“" + setting.value + "”不是参数“" + setting.parameter + "”的值。",
              "“" + setting.value + "” is no value of the parameter “" + setting.parameter + "”.");
}

/// The cases with the parameters changed.
Result<void> replace(const Register& of, const std::vector<Override>& overrides, Cases& cases) {
  for (const Override& setting : overrides) {
    const std::string input = registers::input_of_parameter(of, setting.parameter);
    if (input.empty())
      return fail("trial.parameter", "认定不用参数“" + setting.parameter + "”。",
                  "The decision uses no parameter “" + setting.parameter + "”.");
    const auto value = feel::Number::parse(setting.value);
    if (!value) return bad_value(setting);
    const auto at = std::ranges::find(cases.columns.names, input);
    dmn::Column& column = cases.columns.values[static_cast<std::size_t>(at - cases.columns.names.begin())];
    feel::Values values;
    for (std::size_t i = 0; i < cases.ids.size(); ++i)
      values.push_back(setting.region.empty() || cases.regions[i] == setting.region ? feel::Value(*value)
                                                                                    : column.at(i));
    column = dmn::Column(std::move(values));
  }
  return {};
}

}  // namespace

Result<Override> parse_override(std::string_view text) {
  const std::size_t equals = text.find('='), at = text.substr(0, equals).find('@');
  Override setting{.parameter = std::string(text.substr(0, std::min(at, equals))), .value = {}, .region = {}};
  if (equals != std::string_view::npos) setting.value = tidy(text.substr(equals + 1));
  if (at != std::string_view::npos) setting.region = text.substr(at + 1, equals - at - 1);
  if (setting.parameter.empty() || setting.value.empty())
    return fail("trial.setting", "“" + std::string(text) + "”应写成 参数=值 或 参数@县区代码=值",
                "“" + std::string(text) + "” should be PARAMETER=VALUE or PARAMETER@COUNTY=VALUE");
  return setting;
}

Result<Trial> try_policy(store::Reader& reader, const registers::Registers& registers, int year,
                         const std::vector<Override>& overrides, const dmn::Model* other) {
  const Register& of = *registers.catalogue().find_register(decision_register);
  const Date first = Date::of(year, 1, 1), last = Date::of(year, 12, 31);
  auto cases = registers::read_cases(reader, registers, of,
                                     files_where(of_the_year, last, year, {to_string(last), to_string(first)}));
  if (!cases) return std::unexpected(std::move(cases.error()));
  const auto before = decide(registers, of, *cases);
  if (!before) return std::unexpected(before.error());
  const std::vector<File> files = read_files(reader, *cases, last);
  if (auto replaced = replace(of, overrides, *cases); !replaced) return std::unexpected(std::move(replaced.error()));
  const auto after = decide(registers, of, *cases, other);
  if (!after) return std::unexpected(after.error());
  Trial trial;
  trial.files = files.size();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string &was = (*before)[i].kind, &is = (*after)[i].kind;
    const Money cost_before = files[i].costs.of(was), cost_after = files[i].costs.of(is);
    ++trial.kinds[was].first;
    ++trial.kinds[is].second;
    trial.cost_before += cost_before;
    trial.cost_after += cost_after;
    if (was == is) continue;
    ++(weight(is) > weight(was) ? trial.gains : trial.losses);
    trial.differences.push_back({cases->ids[i], files[i].code, files[i].region, was, is, cost_before, cost_after});
  }
  return trial;
}

}  // namespace zhijia::relief
