#include <fmt/format.h>

#include <map>

#include "ledger/ledger.hpp"

namespace zhijia::ledger {

namespace {

/// A condition on posting p and posting_line l; nulls stand for what is not asked.
constexpr std::string_view in_scope = "p.organisation = coalesce(?1, p.organisation) AND l.fund = coalesce(?2, l.fund)";

std::string joined(std::string_view select, std::string_view rest) {
  return std::string(select) +
         " FROM posting p JOIN posting_line l ON l.posting = p.id JOIN account a ON a.id = l.account WHERE " +
         std::string(in_scope) + " AND " + std::string(rest);
}

/// The account in the parameter numbered `first`; the two after it are its path with '/' and with '0', the character
/// after '/': the range holds exactly the paths below it, and an index serves it.
std::string at_or_below(int first) {
  return fmt::format("(a.path = ?{} OR (a.path >= ?{} AND a.path < ?{}))", first, first + 1, first + 2);
}

}  // namespace

std::vector<Balance> trial_balance(store::Reader& reader, Date from, Date to, const Scope& scope) {
  std::vector<Balance> balances;
  auto rows = reader.query(
      joined("SELECT a.path, l.measure, sum(CASE WHEN p.posted_on < ?3 THEN l.debit - l.credit ELSE 0 END), "
             "sum(CASE WHEN p.posted_on >= ?3 THEN l.debit ELSE 0 END), "
             "sum(CASE WHEN p.posted_on >= ?3 THEN l.credit ELSE 0 END)",
             "p.posted_on <= ?4 GROUP BY a.path, l.measure ORDER BY a.path, l.measure"),
      scope.organisation, scope.fund, to_string(from), to_string(to));
  while (rows.next())
    balances.push_back(
        {std::string(rows.text(0)), std::string(rows.text(1)), rows.integer(2), rows.integer(3), rows.integer(4)});
  return balances;
}

Money balance(store::Reader& reader, std::string_view account, Date day, const Scope& scope) {
  auto rows = reader.query(
      joined("SELECT sum(l.debit - l.credit)", "l.measure = ?3 AND p.posted_on <= ?4 AND " + at_or_below(5)),
      scope.organisation, scope.fund, money_measure, to_string(day), account, std::string(account) + "/",
      std::string(account) + "0");
  rows.next();
  return Money{rows.integer(0)};
}

Money turnover(store::Reader& reader, std::string_view account, Date from, Date to, const Scope& scope) {
  auto rows = reader.query(joined("SELECT CAST(COALESCE(SUM(l.debit - l.credit), 0) AS BIGINT)",
                                  "l.measure = ?3 AND p.posted_on >= ?4 AND p.posted_on <= ?5 AND " + at_or_below(6)),
                           scope.organisation, scope.fund, money_measure, to_string(from), to_string(to), account,
                           std::string(account) + "/", std::string(account) + "0");
  rows.next();
  return Money{rows.integer(0)};
}

Statement statement(store::Reader& reader, std::string_view account, Date from, Date to, const Scope& scope) {
  const std::string below = std::string(account) + "/", beyond = std::string(account) + "0";
  Statement made;
  {
    auto rows = reader.query(joined("SELECT l.measure, sum(l.debit - l.credit)",
                                    "p.posted_on < ?3 AND " + at_or_below(4) + " GROUP BY l.measure"),
                             scope.organisation, scope.fund, to_string(from), account, below, beyond);
    while (rows.next())
      if (rows.integer(1) != 0) made.opening[std::string(rows.text(0))] = rows.integer(1);
  }
  std::map<std::string, std::int64_t> running = made.opening;
  auto rows = reader.query(
      joined("SELECT p.id, p.posted_on, p.voucher, p.voucher_number, p.narrative, p.register, p.record, l.measure, "
             "l.debit, l.credit",
             "p.posted_on >= ?3 AND p.posted_on <= ?4 AND " + at_or_below(5) + " ORDER BY p.posted_on, p.id, l.number"),
      scope.organisation, scope.fund, to_string(from), to_string(to), account, below, beyond);
  while (rows.next()) {
    StatementLine line{rows.integer(0),
                       date_from_iso(rows.text(1)),
                       std::string(rows.text(2)),
                       rows.integer(3),
                       std::string(rows.text(4)),
                       std::string(rows.text(5)),
                       rows.integer(6),
                       std::string(rows.text(7)),
                       rows.integer(8),
                       rows.integer(9),
                       0};
    line.balance = running[line.measure] += line.debit - line.credit;
    made.lines.push_back(std::move(line));
  }
  return made;
}

}  // namespace zhijia::ledger
