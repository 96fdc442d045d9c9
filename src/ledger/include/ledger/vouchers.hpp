#pragma once

#include "ledger/ledger.hpp"

/// Vouchers (记账凭证) as they stand in a book, and what a year came to. Source of what a voucher shows: rules of basic
/// accounting work (会计基础工作规范), chapter 3; of income and expenditure: trade-union accounting system
/// (财会〔2021〕7号).
namespace zhijia::ledger {

struct VoucherLine {
  std::string account, measure;
  std::int64_t debit = 0, credit = 0;  ///< fen, or thousandths of the unit; negative in red
};

struct Voucher {
  Id posting = 0;
  Date on;
  std::int64_t number = 0;  ///< in its organisation and year
  std::string kind, narrative;
  std::string register_;
  Id record = 0;
  std::int64_t position = 0;  ///< of the change-log entry that it belongs to
  bool is_red = false;        ///< it reverses another
  std::vector<VoucherLine> lines;
};

/// Vouchers of one book, dated from `from` to `to` (of one year), in the order of their numbers, which follow `after`.
/// At most `limit`.
std::vector<Voucher> vouchers(store::Reader& reader, Id organisation, Date from, Date to, std::int64_t after,
                              std::size_t limit);

/// Vouchers of the same days over all pages, and what they come to.
struct VoucherTotal {
  std::int64_t count = 0;
  Money debit;
};
VoucherTotal voucher_total(store::Reader& reader, Id organisation, Date from, Date to);

/// What came in or went out on an account in a year, and in the year before.
struct YearLine {
  std::string account;
  Money amount, before;
};
struct IncomeStatement {
  std::vector<YearLine> income, spending;
  YearLine income_total, spending_total;
};

/// Income and expenditure (收入支出表) in money, by account. Accounts whose first part ends in 收入 (and 投资收益) are
/// income, counted by credit less debit; those in 支出 are expenditure, by debit less credit; all others are neither.
IncomeStatement income_statement(store::Reader& reader, int year, const Scope& scope = {});

}  // namespace zhijia::ledger
