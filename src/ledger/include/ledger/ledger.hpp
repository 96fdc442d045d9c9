#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "store/store.hpp"

/// Double entry for money and for goods: what comes from one account goes to another, and each posting names the record
/// that caused it. Source of the accounts and of red reversal: trade-union accounting system (工会会计制度,
/// 财会〔2021〕7号).
namespace zhijia::ledger {

/// Tables `account` (path), `voucher_series` (last number by organisation and year), `posting`, `reversal` (which by
/// which) and `posting_line` (debit and credit in fen, or in thousandths of the unit of `measure`). The database itself
/// refuses a posting that does not balance in each measure, a line for a posting that stands already, and every change
/// or removal.
std::vector<store::TableSchema> schemas();

/// What money lines are measured in; goods have "大米/袋": kind and unit.
constexpr std::string_view money_measure = "CNY";

struct Line {
  enum class Side { debit, credit };
  std::string account;  ///< path, "职工帮扶支出/冬送温暖"
  Side side = Side::debit;
  Money amount;                  ///< more than zero; for goods not used
  std::string fund = {};         ///< where money comes from: 中央财政专项, 工会经费, 社会捐赠 …
  std::string goods = {};        ///< kind of goods; empty for money
  std::string unit = {};         ///< of the goods: 袋, 箱
  std::int64_t thousandths = 0;  ///< how much of the goods, in thousandths of the unit; more than zero
};

struct Posting {
  Date on;
  std::string register_;
  Id record = 0;
  std::int64_t position = 0;  ///< of the change-log entry that it belongs to
  std::vector<Line> lines;
  Id organisation = 0;         ///< whose book; vouchers are numbered in each
  std::string voucher = {};    ///< kind of voucher: 收款, 付款, 转账; empty is 转账
  std::string narrative = {};  ///< 摘要
};

/// Posts within one transaction; accounts that are named for the first time are opened. Postings are never altered: a
/// wrong one is reversed by another.
class Journal {
 public:
  Journal(store::Transaction& transaction, IdSource& ids);

  /// Problems: ledger.unbalanced, ledger.amount (not above zero).
  Result<Id> post(const Posting& posting);
  /// All or none. Vouchers get the numbers that follow in their organisation and year, without gaps, in this order.
  Result<std::vector<Id>> post(std::span<const Posting> postings);

  /// Red reversal (红字冲销): the same lines with negative amounts, so that turnover reads as if it had not been.
  /// Problems: ledger.no_such_posting, ledger.reversed (already, or itself a reversal).
  Result<Id> reverse(Id posting, Date on, std::int64_t position, std::string narrative);

 private:
  Id insert(const Posting& posting, std::optional<Id> reverses, std::int64_t voucher_number);
  std::int64_t reserve_vouchers(Id organisation, int year, std::int64_t count);
  void flush();
  Id account(const std::string& path);

  store::Transaction& transaction_;
  IdSource& ids_;
  store::Inserter& lines_;
  store::Inserter& postings_;
  std::unordered_map<std::string, Id> accounts_;
};

/// Compares every posting, with its lines, with its own entry in the change log; calls `differs` with what is not so.
/// Returns how many were compared.
std::int64_t compare_with_log(store::Reader& reader,
                              const std::function<void(Id posting, std::string_view what)>& differs);

/// Which part of the books is read.
struct Scope {
  std::optional<Id> organisation = {};  ///< all when absent
  std::optional<std::string> fund = {};
};

/// An account over a period, in one measure: fen, or thousandths of a unit. Debit counts positive.
struct Balance {
  std::string account;
  std::string measure;
  std::int64_t opening = 0, debit = 0, credit = 0;
  std::int64_t closing() const { return opening + debit - credit; }
};

/// Every account that has moved, by path and measure. Opening, debit, credit and closing sum to the same on both sides.
std::vector<Balance> trial_balance(store::Reader& reader, Date from, Date to, const Scope& scope = {});

/// Money on the account and those below it at the end of `day`, debit positive.
Money balance(store::Reader& reader, std::string_view account, Date day, const Scope& scope = {});

/// What moved on the account and those below it in the period, debit less credit. Cost: its postings.
Money turnover(store::Reader& reader, std::string_view account, Date from, Date to, const Scope& scope = {});

/// One line of an account's statement (明细账), with the balance after it.
struct StatementLine {
  Id posting = 0;
  Date on;
  std::string voucher;
  std::int64_t voucher_number = 0;
  std::string narrative;
  std::string register_;
  Id record = 0;
  std::string measure;
  std::int64_t debit = 0, credit = 0, balance = 0;
};

struct Statement {
  std::map<std::string, std::int64_t>
      opening;                       ///< by measure, where it is not nothing: what was there before the first day
  std::vector<StatementLine> lines;  ///< oldest first; balances go on from the opening
};

/// Lines of the account and those below it in the period.
Statement statement(store::Reader& reader, std::string_view account, Date from, Date to, const Scope& scope = {});

}  // namespace zhijia::ledger
