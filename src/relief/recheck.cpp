#include "relief/recheck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "decided.hpp"

namespace zhijia::relief {

using registers::Cases;
using registers::Catalogue;
using registers::Register;
using registers::Registers;

namespace {

const Register& need(const Catalogue& catalogue, const char* name) {
  const Register* found = catalogue.find_register(name);
  if (!found) throw std::logic_error(std::string("the packs have no register ") + name);
  return *found;
}

/// On the roll at the end of the day.
constexpr const char* on_the_roll =
    "p.opened_on <= ? AND (p.closed_on IS NULL OR p.closed_on > ?) AND p.state NOT IN ('refused', 'withdrawn')";

struct File {
  std::string code, region, kind;
  bool is_stated = false;  ///< has an income of the year
};

std::vector<File> read_files(store::Reader& reader, const std::vector<Id>& ids, int year) {
  std::vector<File> files;
  if (ids.empty()) return files;
  files.reserve(ids.size());
  auto rows = reader.query(
      "SELECT f.id, f.code, f.region, f.kind, CASE WHEN EXISTS (SELECT 1 FROM difficulty_file_income i WHERE i.part_of "
      "= "
      "f.id AND i.year = ?) THEN 1 ELSE 0 END FROM difficulty_file f WHERE f.id >= ? AND f.id <= ? ORDER BY f.id",
      year, ids.front(), ids.back());
  for (std::size_t i = 0; i < ids.size() && rows.next();)
    if (rows.integer(0) == ids[i]) {
      files.push_back(
          {std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3)), rows.integer(4) != 0});
      ++i;
    }
  return files;
}

Finding::Change change_of(const File& file, const std::string& after) {
  if (!file.is_stated) return Finding::Change::unstated;
  if (after == "none") return Finding::Change::out;
  return file.kind == after ? Finding::Change::same : Finding::Change::changed;
}

Problem undecided(const File& file) {
  return {
      "recheck.undecided",
      {.record = std::string(file_register) + "/" + file.code},
      {"档案" + file.code + "资料不全，不能认定。", "The file " + file.code + " lacks facts and cannot be decided."}};
}

/// The last day on which something happened to the file `f`, as SQL; NULLs stand for never.
std::string last_touch(const Catalogue& catalogue, std::vector<std::variant<std::int64_t, std::string>>& parameters) {
  std::vector<std::string> days{
      "(SELECT MAX(s.surveyed_on) FROM household_survey s WHERE s.file = f.id)",
      "(SELECT MAX(d.decided_on) FROM difficulty_decision d WHERE d.file = f.id AND d.purpose <> 'yearly')",
      "(SELECT MAX(c.checked_on) FROM agency_check c WHERE c.file = f.id)"};
  for (const Register& of : catalogue.registers) {
    if (!of.pays) continue;
    const registers::Field* to = of.field(of.pays->to);
    const auto payment = registers::payment_sql(catalogue, of, "p");
    if (!to || !payment) continue;
    const bool is_household = to->type == registers::FieldType::household;
    days.push_back(
        fmt::format("(SELECT MAX({}) FROM {} WHERE {} {} AND {})", payment->on, payment->from, payment->to,
                    is_household ? "= f.subject" : "IN (" + registers::persons_sql(catalogue, "f.subject") + ")",
                    payment->condition));
    parameters.insert(parameters.end(), payment->parameters.begin(), payment->parameters.end());
  }
  std::string sql;
  for (const std::string& day : days) sql += (sql.empty() ? "" : " UNION ALL ") + ("SELECT " + day + " AS day");
  return "(SELECT MAX(each.day) FROM (" + sql + ") each)";
}

std::vector<Dormant> dormant_files(store::Reader& reader, const Catalogue& catalogue, Date on, const Cases& cases) {
  std::map<Id, int> months;
  auto policies = reader.query("SELECT id, dormant_months FROM relief_policy");
  while (policies.next()) months[policies.integer(0)] = static_cast<int>(policies.integer(1));
  std::vector<std::variant<std::int64_t, std::string>> values;
  const std::string touched = last_touch(catalogue, values);
  values.insert(values.end(), {to_string(on), to_string(on)});
  std::vector<store::Parameter> parameters;
  for (const auto& value : values) std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  auto rows = reader.query_with("SELECT f.id, f.code, f.region, " + touched +
                                    " FROM difficulty_file f WHERE EXISTS (SELECT 1 FROM difficulty_period p WHERE "
                                    "p.file = f.id AND " +
                                    on_the_roll + ") ORDER BY f.id",
                                std::span<const store::Parameter>(parameters));
  std::vector<Dormant> dormant;
  while (rows.next()) {
    const auto at = std::ranges::lower_bound(cases.ids, rows.integer(0));
    if (at == cases.ids.end() || *at != rows.integer(0)) continue;
    const int limit = months[cases.policies[static_cast<std::size_t>(at - cases.ids.begin())]];
    if (rows.text(3) >= to_string(add_months(on, -limit))) continue;
    dormant.push_back(
        {rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3))});
  }
  return dormant;
}

}  // namespace

std::size_t Recheck::count(Finding::Change change) const {
  return static_cast<std::size_t>(std::ranges::count(findings, change, &Finding::change));
}

namespace {

/// Files whose ids are beyond `after`, up to `last`.
struct Span {
  Id after = 0, last = std::numeric_limits<Id>::max();
};

/// Up to where the slice goes; nothing when no file is left.
std::optional<Span> span_of(store::Reader& reader, Date on, const RecheckSlice& slice) {
  const std::string day = to_string(on);
  const auto most =
      slice.files_max ? static_cast<std::int64_t>(slice.files_max) : std::numeric_limits<std::int64_t>::max();
  auto rows =
      reader.query(std::string("SELECT MAX(e.id) FROM (SELECT f.id AS id FROM difficulty_file f WHERE f.id > ? AND "
                               "EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id AND ") +
                       on_the_roll + ") ORDER BY f.id LIMIT ?) e",
                   slice.after, day, day, most);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return Span{slice.after, rows.integer(0)};
}

Result<Recheck> check(store::Reader& reader, const Registers& registers, Date on, int year, Span span,
                      bool is_dormant_wanted) {
  const Register& of = need(registers.catalogue(), decision_register);
  const std::string day = to_string(on);
  const auto cases = registers::read_cases(reader, registers, of,
                                           files_where(std::string(on_the_roll) + " AND p.file > ? AND p.file <= ?", on,
                                                       year, {day, day, span.after, span.last}));
  if (!cases) return std::unexpected(cases.error());
  const auto verdicts = decide(registers, of, *cases);
  if (!verdicts) return std::unexpected(verdicts.error());
  const std::vector<File> files = read_files(reader, cases->ids, year);
  Recheck result{.on = on, .year = year, .findings = {}, .dormant = {}};
  Problems problems;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Verdict& verdict = (*verdicts)[i];
    if (verdict.kind.empty()) problems.push_back(undecided(files[i]));
    result.findings.push_back({.file = cases->ids[i],
                               .code = files[i].code,
                               .region = files[i].region,
                               .kind_before = files[i].kind,
                               .kind = verdict.kind,
                               .reason = verdict.reason,
                               .row_label = verdict.rows,
                               .change = change_of(files[i], verdict.kind)});
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  if (is_dormant_wanted) result.dormant = dormant_files(reader, registers.catalogue(), on, *cases);
  return result;
}

}  // namespace

Result<Recheck> recheck(store::Reader& reader, const Registers& registers, Date on, int year) {
  return check(reader, registers, on, year, {}, true);
}

std::optional<Looked> look_over(store::Reader& reader, const Registers& registers, Date on, int year,
                                const RecheckSlice& slice) {
  const auto span = span_of(reader, on, slice);
  if (!span) return std::nullopt;
  const auto checked = check(reader, registers, on, year, *span, false);
  return Looked{checked ? checked->findings.size() : 0, span->last, checked ? Problems{} : checked.error()};
}

Result<Recheck> apply_recheck(store::Transaction& transaction, const Registers& registers, Date on, int year,
                              const registers::Actor& actor, const RecheckSlice& slice) {
  const auto span = span_of(transaction, on, slice);
  if (!span) return Recheck{.on = on, .year = year, .findings = {}, .dormant = {}};
  auto checked = check(transaction, registers, on, year, *span, false);
  if (!checked) return checked;
  const Register& of = need(registers.catalogue(), decision_register);
  const Register& files = need(registers.catalogue(), file_register);
  const auto columns = registers::cell_columns(of);
  registers::Batch batch(registers, transaction, of, actor);
  for (const Finding& finding : checked->findings) {
    if (finding.change == Finding::Change::unstated) continue;
    const registers::Cells cells{{"file", finding.code},
                                 {"decided_on", to_string(on)},
                                 {"year", std::to_string(year)},
                                 {"purpose", "yearly"},
                                 {"kind_before", finding.kind_before}};
    std::vector<std::string_view> row;
    for (const registers::CellColumn& column : columns) {
      const auto cell = cells.find(column.key);
      row.push_back(cell == cells.end() ? std::string_view() : cell->second);
    }
    auto record = batch.read(row);
    if (!record) return std::unexpected(std::move(record.error()));
    if (auto added = batch.add(*record); !added) return std::unexpected(std::move(added.error()));
    if (finding.change != Finding::Change::changed) continue;
    const auto file = registers.read(transaction, files, finding.file);
    if (!file) return std::unexpected(file.error());
    const auto changed =
        registers.change(transaction, files, finding.file, file->version, {{"kind", finding.kind}}, actor);
    if (!changed) return std::unexpected(changed.error());
  }
  return checked;
}

}  // namespace zhijia::relief
