#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registers/engine.hpp"

/// Budgets held against the books: the lines of spending of a union's approved budget (registers `union_budget` and
/// `union_budget_lines` of the pack governance), beside what was posted on their accounts and what is approved and will
/// be posted. Source: no spending beyond the budget, and changes are approved as the budget was (工会预算管理办法,
/// 总工办发〔2019〕26号).
namespace zhijia::registers {

/// What is approved and not paid yet, of one register.
struct Promise {
  const Register* of = nullptr;
  std::vector<std::string> states;  ///< in which its records wait to be paid
  std::int64_t records = 0;
  Money amount;
};

/// A line of spending, and what it has been drawn upon. An account holds those below it.
struct BudgetLine {
  std::string account;
  Money amount, spent;
  std::vector<Promise> promises;
  Money promised() const;
  Money left() const { return amount - spent - promised(); }
};

struct Budget {
  Id record = 0;
  std::string code;
  std::int64_t edition = 0;
  std::vector<BudgetLine> lines;  ///< by account
};

/// The latest approved edition of the year, or nothing when none is. `book`: the union whose book it is; 0: the
/// federation's own, whose budget is that of the union with none above it, the first entered where several have none.
/// What is promised without a day yet counts in the year of `today`. Cost: the postings of the year on the accounts
/// named, and the records that wait.
std::optional<Budget> budget_of(store::Reader& reader, const Catalogue& catalogue, Id book, int year, Date today);

/// Whether postings on `account` draw on a line of `above`.
bool draws_on(std::string_view account, std::string_view above);

}  // namespace zhijia::registers
