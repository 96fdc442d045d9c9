#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "store/store.hpp"

/// Double entry: what comes from one account goes to another, and each posting names the record that caused it.
namespace zhijia::ledger {

/// Tables `account` (path), `posting` (position, posted_on, register, record) and `posting_line` (account, debit,
/// credit in fen). The database itself refuses a line that is not exactly one of debit and credit.
std::vector<store::TableSchema> schemas();

struct Line {
  enum class Side { debit, credit };
  std::string account;  ///< path, "职工帮扶支出/冬送温暖"
  Side side = Side::debit;
  Money amount;  ///< more than zero
};

struct Posting {
  Date on;
  std::string register_;
  Id record = 0;
  std::int64_t position = 0;  ///< of the change-log entry that it belongs to
  std::vector<Line> lines;
};

/// Posts within one transaction; accounts that are named for the first time are opened. Postings are never altered.
class Journal {
 public:
  Journal(store::Transaction& transaction, IdSource& ids) : transaction_(transaction), ids_(ids) {}

  /// Problems: ledger.unbalanced, ledger.amount (not above zero).
  Result<Id> post(const Posting& posting);

 private:
  Id account(const std::string& path);

  store::Transaction& transaction_;
  IdSource& ids_;
  std::unordered_map<std::string, Id> accounts_;
};

}  // namespace zhijia::ledger
