#include "ledger/vouchers.hpp"

#include <algorithm>
#include <map>

namespace zhijia::ledger {

namespace {

enum class Nature { income, spending, neither };

Nature nature_of(std::string_view account) {
  const std::string_view first = account.substr(0, account.find('/'));
  if (first.ends_with("收入") || first == "投资收益") return Nature::income;
  return first.ends_with("支出") ? Nature::spending : Nature::neither;
}

}  // namespace

std::vector<Voucher> vouchers(store::Reader& reader, Id organisation, Date from, Date to, std::int64_t after,
                              std::size_t limit) {
  std::vector<Voucher> found;
  auto rows = reader.query(
      "SELECT p.id, p.posted_on, p.voucher_number, p.voucher, p.narrative, p.register, p.record, p.position, "
      "p.reverses IS NOT NULL, a.path, l.measure, l.debit, l.credit FROM "
      "(SELECT * FROM posting WHERE organisation = ?1 AND voucher_year = ?2 AND voucher_number > ?3 AND posted_on >= "
      "?4 "
      "AND posted_on <= ?5 ORDER BY voucher_number LIMIT ?6) p "
      "JOIN posting_line l ON l.posting = p.id JOIN account a ON a.id = l.account ORDER BY p.voucher_number, l.number",
      organisation, from.year(), after, to_string(from), to_string(to), limit);
  while (rows.next()) {
    if (found.empty() || found.back().posting != rows.integer(0))
      found.push_back({rows.integer(0),
                       date_from_iso(rows.text(1)),
                       rows.integer(2),
                       std::string(rows.text(3)),
                       std::string(rows.text(4)),
                       std::string(rows.text(5)),
                       rows.integer(6),
                       rows.integer(7),
                       rows.integer(8) != 0,
                       {}});
    found.back().lines.push_back(
        {std::string(rows.text(9)), std::string(rows.text(10)), rows.integer(11), rows.integer(12)});
  }
  return found;
}

VoucherTotal voucher_total(store::Reader& reader, Id organisation, Date from, Date to) {
  auto rows = reader.query(
      "SELECT count(DISTINCT p.id), sum(CASE WHEN l.measure = ?5 THEN l.debit ELSE 0 END) FROM posting p "
      "JOIN posting_line l ON l.posting = p.id "
      "WHERE p.organisation = ?1 AND p.voucher_year = ?2 AND p.posted_on >= ?3 AND p.posted_on <= ?4",
      organisation, from.year(), to_string(from), to_string(to), money_measure);
  rows.next();
  return {rows.integer(0), Money{rows.is_null(1) ? 0 : rows.integer(1)}};
}

IncomeStatement income_statement(store::Reader& reader, int year, const Scope& scope) {
  const auto of_year = [&](int which) {
    return trial_balance(reader, Date::of(which, 1, 1), Date::of(which, 12, 31), scope);
  };
  std::map<std::string, YearLine> lines;
  const auto add = [&](const std::vector<Balance>& balances, Money YearLine::* into) {
    for (const Balance& each : balances) {
      const Nature nature = each.measure == money_measure ? nature_of(each.account) : Nature::neither;
      const std::int64_t fen = nature == Nature::income ? each.credit - each.debit : each.debit - each.credit;
      if (nature == Nature::neither || fen == 0) continue;
      YearLine& line = lines[each.account];
      line.account = each.account;
      line.*into += Money{fen};
    }
  };
  add(of_year(year), &YearLine::amount);
  add(of_year(year - 1), &YearLine::before);
  IncomeStatement statement;
  for (auto& [account, line] : lines) {
    const bool is_income = nature_of(account) == Nature::income;
    YearLine& total = is_income ? statement.income_total : statement.spending_total;
    total.amount += line.amount;
    total.before += line.before;
    (is_income ? statement.income : statement.spending).push_back(std::move(line));
  }
  return statement;
}

}  // namespace zhijia::ledger
