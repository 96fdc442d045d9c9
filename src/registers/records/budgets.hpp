#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "registers/budgets.hpp"

namespace zhijia::registers {

/// Holds the records written to the budgets: what one draws on a line, once approved and then once paid, may not come
/// to more than the line has. A line is added up once a batch, when something first draws on it, and kept up from then
/// on.
class Budgets {
 public:
  Budgets(const Catalogue& catalogue, const Register& of, store::Transaction& transaction, Date today);

  /// What the record, about to be stored in the place of `before` (null: a new one), would draw beyond a budget; what
  /// draws no more than before is let be. Problems: budget.exceeded.
  Problems exceeded(const Record& record, const Record* before);

 private:
  struct Draw {
    const PostingRule* rule = nullptr;
    bool is_posted = false;
    Id book = 0;
    int year = 0;
    Money amount;
  };
  std::optional<Draw> draw_of(const Record& record) const;
  /// The lines that it draws on, added up.
  std::vector<BudgetLine*> lines_of(const Draw& draw);

  struct Held {
    std::optional<Budget> budget;
    std::set<std::string> added_up;  ///< accounts
  };
  const Catalogue& catalogue_;
  const Register& of_;
  store::Transaction& transaction_;
  const Date today_;
  const bool holds_;                            ///< there are budgets, and the register posts by a rule
  std::map<std::pair<Id, int>, Held> budgets_;  // by book and year
};

}  // namespace zhijia::registers
