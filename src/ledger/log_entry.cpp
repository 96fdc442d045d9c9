#include "log_entry.hpp"

#include <fmt/format.h>

#include <map>

namespace zhijia::ledger {

namespace {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      json += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      json += c;
  }
  return json + '"';
}

/// One line as the tables hold it.
struct Row {
  std::string account, measure, fund;
  std::int64_t debit = 0, credit = 0;
};

std::string body_of(std::string_view on, std::string_view register_name, Id record, std::int64_t position,
                    Id organisation, std::string_view voucher, std::int64_t voucher_number, std::string_view narrative,
                    std::optional<Id> reverses, const std::vector<Row>& rows) {
  std::string lines;
  for (const Row& row : rows)
    lines += fmt::format("{}[{},{},{},{},{}]", lines.empty() ? "" : ",", json_text(row.account), json_text(row.measure),
                         row.debit, row.credit, json_text(row.fund));
  return fmt::format(
      R"({{"on":"{}","for":{},"at":{},"organisation":{},"voucher":{},"number":{},"narrative":{},"reverses":{},"lines":[{}]}})",
      on, json_text(fmt::format("{}/{}", register_name, record)), position, organisation, json_text(voucher),
      voucher_number, json_text(narrative), reverses ? std::to_string(*reverses) : "null", lines);
}

}  // namespace

std::string log_body(const Posting& posting, std::int64_t voucher_number, std::optional<Id> reverses) {
  std::vector<Row> rows;
  for (const Line& line : posting.lines) {
    const bool is_money = line.goods.empty();
    const std::int64_t amount = is_money ? line.amount.fen : line.thousandths;
    const bool is_debit = line.side == Line::Side::debit;
    rows.push_back({line.account, is_money ? std::string(money_measure) : line.goods + "/" + line.unit, line.fund,
                    is_debit ? amount : 0, is_debit ? 0 : amount});
  }
  return body_of(to_string(posting.on), posting.register_, posting.record, posting.position, posting.organisation,
                 posting.voucher.empty() ? "转账" : posting.voucher, voucher_number, posting.narrative, reverses, rows);
}

std::int64_t compare_with_log(store::Reader& reader,
                              const std::function<void(Id posting, std::string_view what)>& differs) {
  std::map<Id, std::vector<Row>> lines;
  {
    auto rows = reader.query(
        "SELECT l.posting, a.path, l.measure, l.debit, l.credit, l.fund, l.number FROM posting_line l LEFT JOIN "
        "account a "
        "ON a.id = l.account ORDER BY l.posting, l.number");
    while (rows.next()) {
      std::vector<Row>& of_posting = lines[rows.integer(0)];
      of_posting.push_back({std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(5)),
                            rows.integer(3), rows.integer(4)});
      // Lines are numbered 1, 2, 3 …; one that is not is as no entry has it.
      if (rows.integer(6) != static_cast<std::int64_t>(of_posting.size())) of_posting.back().account.clear();
    }
  }
  std::map<Id, std::string> logged;
  {
    auto rows = reader.query("SELECT record, body FROM change_log WHERE register = 'posting'");
    while (rows.next()) logged[rows.integer(0)] = rows.text(1);
  }
  std::int64_t compared = 0;
  auto rows = reader.query(
      "SELECT p.id, p.posted_on, p.register, p.record, p.position, p.organisation, p.voucher, p.voucher_number, "
      "p.narrative, p.reverses, p.voucher_year, r.posting FROM posting p LEFT JOIN reversal r ON r.reversed_by = p.id");
  while (rows.next()) {
    ++compared;
    const Id id = rows.integer(0);
    const std::string found = body_of(rows.text(1), rows.text(2), rows.integer(3), rows.integer(4), rows.integer(5),
                                      rows.text(6), rows.integer(7), rows.text(8), rows.integer_if(9), lines[id]);
    const auto entry = logged.extract(id);
    lines.erase(id);
    if (entry.empty() || entry.mapped() != found)
      differs(id, "posting");
    else if (rows.integer_if(9) != rows.integer_if(11))
      differs(id, "reversal");
    else if (std::to_string(rows.integer(10)) != rows.text(1).substr(0, 4))
      differs(id, "voucher_year");
  }
  for (const auto& [id, body] : logged) differs(id, "posting");
  for (const auto& [id, left] : lines) differs(id, "posting_line");
  auto loose = reader.query("SELECT posting FROM reversal WHERE reversed_by NOT IN (SELECT id FROM posting)");
  while (loose.next()) differs(loose.integer(0), "reversal");
  auto series = reader.query(
      "SELECT s.organisation FROM voucher_series s LEFT JOIN (SELECT organisation, voucher_year, max(voucher_number) "
      "AS "
      "most FROM posting GROUP BY organisation, voucher_year) p ON p.organisation = s.organisation AND p.voucher_year "
      "= "
      "s.year WHERE coalesce(p.most, 0) <> s.\"last\"");
  while (series.next()) differs(series.integer(0), "voucher_series");
  return compared;
}

}  // namespace zhijia::ledger
