#include "relief/audit.hpp"

#include <algorithm>
#include <map>

#include "access/digest.hpp"
#include "exchange/sheet_writer.hpp"

namespace zhijia::relief {

namespace {

/// `evidence` is an SQL condition over the file f and its latest period p that holds where the records show it;
/// `asked`, where it is asked for at all. ?1 is the day of the audit.
struct Rule {
  Check check;
  std::string_view asked, evidence;
};

constexpr std::string_view always = "1 = 1", was_opened = "p.opened_on IS NOT NULL",
                           is_closed = "p.closed_on IS NOT NULL",
                           is_open = "p.closed_on IS NULL AND p.opened_on IS NOT NULL",
                           was_helped = "EXISTS (SELECT 1 FROM help_award g WHERE g.file = f.id AND g.state = 'paid')";

/// Steps taken in the program; an import takes over what was signed on paper, where the signatures are.
#define TAKEN(step)                                                                                                   \
  "SELECT h.actor FROM flow_history h WHERE h.register = 'difficulty_period' AND h.record = p.id AND h.step = '" step \
  "'"

using enum Precision;
constexpr Rule rules[] = {
    {{"consent", who, "同意核查", "consent to being checked"}, always, "p.consent = 1"},
    {{"visited", who, "建档前两人入户调查", "a visit by two people before it was opened"},
     was_opened,
     "EXISTS (SELECT 1 FROM household_survey s WHERE s.file = f.id AND s.surveyed_on <= p.opened_on AND s.surveyor <> "
     "s.second_surveyor)"},
    {{"compared", who, "建档前与四个部门比对且无未核实问题", "comparison with four agencies, nothing left uncleared"},
     was_opened,
     "(SELECT COUNT(DISTINCT c.agency) FROM agency_check c WHERE c.file = f.id AND c.checked_on <= p.opened_on AND "
     "(c.is_hit = 0 OR c.clearing IS NOT NULL)) >= 4"},
    {{"decided", who, "建档认定属困难", "a decision that it is in difficulty, when it was opened"},
     was_opened,
     "EXISTS (SELECT 1 FROM difficulty_decision d WHERE d.id = p.decision AND d.file = f.id AND d.kind <> 'none' AND "
     "d.explanation_zh IS NOT NULL)"},
    {{"four_eyes", who, "审核与批准由不同人办理", "review and approval by different people"},
     was_opened,
     "EXISTS (" TAKEN("review") ") AND NOT EXISTS (" TAKEN("review") " INTERSECT " TAKEN("approve") ")"},
    {{"members", why, "家庭成员在册", "the members of the household"},
     always,
     "EXISTS (SELECT 1 FROM difficulty_file_members m WHERE m.part_of = f.id)"},
    {{"income", why, "收入在册", "its income"},
     always,
     "EXISTS (SELECT 1 FROM difficulty_file_income i WHERE i.part_of = f.id)"},
    {{"papers", why, "刚性支出均有凭据", "a paper for each rigid spending"},
     "EXISTS (SELECT 1 FROM difficulty_file_spending s WHERE s.part_of = f.id)",
     "NOT EXISTS (SELECT 1 FROM difficulty_file_spending s WHERE s.part_of = f.id AND s.paper IS NULL)"},
    {{"cause", why, "致困原因有支出或成员情况佐证", "spending or a member that bears out the cause"},
     "f.cause IN ('illness', 'disability', 'schooling')",
     "EXISTS (SELECT 1 FROM difficulty_file_spending s WHERE s.part_of = f.id AND ((f.cause = 'illness' AND s.kind = "
     "'medical') OR (f.cause = 'disability' AND s.kind = 'care') OR (f.cause = 'schooling' AND s.kind = 'schooling'))) "
     "OR "
     "EXISTS (SELECT 1 FROM difficulty_file_members m WHERE m.part_of = f.id AND ((f.cause = 'disability' AND "
     "m.is_disabled = 1) OR (f.cause = 'schooling' AND m.work = 'studying')))"},
    {{"needs", help, "帮扶需求在册", "its needs"},
     was_opened,
     "EXISTS (SELECT 1 FROM difficulty_file_needs n WHERE n.part_of = f.id)"},
    {{"answered", help, "帮扶对应登记的需求", "help that answers a stated need"},
     was_helped,
     "NOT EXISTS (SELECT 1 FROM help_award g JOIN help_programme h ON h.id = g.programme WHERE g.file = f.id AND "
     "g.state = "
     "'paid' AND NOT EXISTS (SELECT 1 FROM difficulty_file_needs n WHERE n.part_of = f.id AND n.need = h.need))"},
    {{"worked_out", help, "帮扶金额经核定并有签收", "amounts worked out by the rule, and receipts"},
     was_helped,
     "NOT EXISTS (SELECT 1 FROM help_award g WHERE g.file = f.id AND g.state = 'paid' AND (g.entitled IS NULL OR "
     "g.amount "
     "> g.entitled OR g.receipt IS NULL))"},
    {{"rechecked", when, "十二个月内复核", "a re-check within twelve months"},
     is_open,
     "EXISTS (SELECT 1 FROM difficulty_decision d WHERE d.file = f.id AND d.decided_on > ?2 AND d.decided_on <= ?1)"},
    {{"closing_decided", when, "销号认定", "a decision when it was closed"},
     is_closed,
     "EXISTS (SELECT 1 FROM difficulty_decision d WHERE d.id = p.closing_decision AND d.file = f.id)"},
    {{"evidence", when, "销号依据", "evidence for the closing"}, is_closed, "p.evidence IS NOT NULL"},
    {{"fits", when, "解困销号时认定不属困难", "not in difficulty when it was closed as lifted"},
     "p.closed_on IS NOT NULL AND p.closing = 'lifted'",
     "EXISTS (SELECT 1 FROM difficulty_decision d WHERE d.id = p.closing_decision AND d.kind = 'none')"},
    {{"told", when, "销号前告知", "the household was told before it was closed"},
     is_closed,
     "p.told_on IS NOT NULL AND p.told_on <= p.closed_on"},
    {{"two_signatures", when, "县、市两级签字由不同人办理", "two signatures, of different people"},
     is_closed,
     "EXISTS (" TAKEN("sign") ") AND EXISTS (" TAKEN("close") ") AND NOT EXISTS (" TAKEN("sign") " INTERSECT " TAKEN(
         "close") ")"}};
#undef TAKEN

/// One row for a file: for each rule 2 where it is not asked, 1 where there is evidence, 0 where it is missing.
std::string query() {
  std::string sql = "SELECT f.region";
  for (const Rule& rule : rules)
    sql += ", CASE WHEN NOT (" + std::string(rule.asked) + ") THEN 2 WHEN " + std::string(rule.evidence) +
           " THEN 1 ELSE 0 END";
  return sql +
         " FROM difficulty_file f JOIN difficulty_period p ON p.id = (SELECT q.id FROM difficulty_period q WHERE "
         "q.file = "
         "f.id AND q.opened_on <= ?1 ORDER BY q.number DESC LIMIT 1) WHERE f.id = ?3";
}

std::vector<Audited> draw(store::Reader& reader, std::string_view seed, std::size_t size, Date on, std::size_t& of) {
  std::vector<Audited> files;
  auto rows = reader.query(
      "SELECT f.id, f.code FROM difficulty_file f WHERE EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id "
      "AND "
      "p.opened_on <= ?)",
      to_string(on));
  while (rows.next())
    files.push_back({.file = rows.integer(0),
                     .code = std::string(rows.text(1)),
                     .region = {},
                     .ticket = ticket(seed, rows.text(1)),
                     .evidence = {}});
  of = files.size();
  std::ranges::sort(files, {}, &Audited::ticket);
  files.resize(std::min(files.size(), size));
  return files;
}

}  // namespace

std::vector<Check> checks() {
  std::vector<Check> all;
  for (const Rule& rule : rules) all.push_back(rule.check);
  return all;
}

std::size_t Audited::asked() const {
  return evidence.size() - static_cast<std::size_t>(std::ranges::count(evidence, Evidence::not_asked));
}
std::size_t Audited::found() const { return static_cast<std::size_t>(std::ranges::count(evidence, Evidence::found)); }

std::string ticket(std::string_view seed, std::string_view file_number) {
  return access::sha256_hex(std::string(seed) + ":" + std::string(file_number));
}

Audit audit(store::Reader& reader, const registers::Registers&, std::string_view seed, std::size_t size, Date on) {
  Audit audit{.seed = std::string(seed), .drawn_from = 0, .files = {}, .counties = {}};
  audit.files = draw(reader, seed, size, on, audit.drawn_from);
  const std::string sql = query(), day = to_string(on), year_before = to_string(add_months(on, -12));
  std::map<std::string, Audit::County> counties;
  for (Audited& file : audit.files) {
    auto rows = reader.query(sql, day, year_before, file.file);
    if (!rows.next()) continue;
    file.region = rows.text(0);
    Audit::County& county = counties[file.region];
    county.region = file.region;
    ++county.files;
    for (std::size_t i = 0; i < std::size(rules); ++i) {
      using enum Audited::Evidence;
      const std::int64_t value = rows.integer(static_cast<int>(i) + 1);
      file.evidence.push_back(value == 2 ? not_asked : value == 1 ? found : missing);
      const auto at = static_cast<std::size_t>(rules[i].check.precision);
      if (value == 2) continue;
      ++county.asked;
      ++county.asked_of[at];
      if (value != 1) continue;
      ++county.found;
      ++county.found_of[at];
    }
  }
  for (auto& [region, county] : counties) audit.counties.push_back(std::move(county));
  return audit;
}

Result<void> write_audit(const Audit& audit, const std::filesystem::path& file, Moment made_at) {
  using Format = exchange::SheetWriter::Format;
  constexpr std::array precisions{"对象精准", "原因精准", "措施精准", "退出精准"};
  const auto sheet = exchange::SheetWriter::create(
      file, "抽查明细",
      {{"抽签号", Format::text, 20}, {"档案号"}, {"县区"}, {"精准项"}, {"应有依据", Format::text, 40}, {"结果"}},
      made_at);
  if (!sheet) return std::unexpected(sheet.error());
  for (const Audited& each : audit.files)
    for (std::size_t i = 0; i < each.evidence.size(); ++i) {
      const Check& check = rules[i].check;
      if (each.evidence[i] == Audited::Evidence::not_asked) continue;
      (*sheet)->add_row({each.ticket.substr(0, 16), each.code, each.region,
                         precisions[static_cast<std::size_t>(check.precision)], std::string(check.zh),
                         each.evidence[i] == Audited::Evidence::found ? "有" : "缺"});
    }
  if (auto done = (*sheet)->finish(); !done) return done;
  std::filesystem::path beside = file;
  beside.replace_filename(file.stem().string() + "-scores" + file.extension().string());
  const auto scores = exchange::SheetWriter::create(beside, "县区得分",
                                                    {{"县区"},
                                                     {"抽查户数", Format::number},
                                                     {"应有依据", Format::number},
                                                     {"有依据", Format::number},
                                                     {"得分", Format::number}},
                                                    made_at);
  if (!scores) return std::unexpected(scores.error());
  for (const Audit::County& county : audit.counties)
    (*scores)->add_row({county.region, std::to_string(county.files), std::to_string(county.asked),
                        std::to_string(county.found), std::to_string(county.score())});
  return (*scores)->finish();
}

}  // namespace zhijia::relief
