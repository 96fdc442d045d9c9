#include "records/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/ledger.hpp"
#include "records/cell.hpp"
#include "records/flow.hpp"

namespace zhijia::registers {

namespace {

/// A record in the state waits to be posted by the rule, or was posted by it.
struct PostingState {
  const PostingRule* rule = nullptr;
  bool is_posted = false;
};

const PostingRule* amount_rule(const Register& of, const Step& step) {
  const auto rule = std::ranges::find(of.postings, step.posting, &PostingRule::name);
  return rule == of.postings.end() || !rule->lines.empty() ? nullptr : &*rule;
}

std::optional<PostingState> posting_state(const Register& of, const std::string& state) {
  for (const Step& step : of.flow->steps)
    if (const PostingRule* rule = amount_rule(of, step); rule && step.from == state) return PostingState{rule, false};
  for (const Step* step : way(*of.flow, of.flow->start, state).value_or(std::vector<const Step*>{}))
    if (const PostingRule* rule = amount_rule(of, *step)) return PostingState{rule, true};
  return std::nullopt;
}

bool posts_by_rule(const Register& of) {
  return of.flow && std::ranges::any_of(of.flow->steps, [&](const Step& step) { return amount_rule(of, step); });
}

/// What of the register waits to be posted on the account, in the year.
Promise promise_of(store::Reader& reader, const Register& of, std::string_view account, Id book, int year, Date today) {
  Promise promise{.of = &of, .states = {}, .records = 0, .amount = {}};
  const PostingRule* rule = nullptr;
  for (const auto& [state, title] : of.flow->states)
    if (const auto standing = posting_state(of, state);
        standing && !standing->is_posted && draws_on(standing->rule->debit, account)) {
      promise.states.push_back(state);
      rule = standing->rule;
    }
  if (!rule || (book != 0) != of.scoped) return promise;
  const std::string on = store::quoted_name(rule->on), amount = store::quoted_name(rule->amount);
  std::string condition = "substr(" + on + ", 1, 4) = ?";
  if (year == today.year()) condition = "(" + on + " IS NULL OR " + condition + ")";
  const std::string of_year = std::to_string(year);
  std::vector<store::Parameter> parameters{of_year};
  if (of.scoped) {
    condition += " AND organisation = ?";
    parameters.emplace_back(book);
  }
  parameters.insert(parameters.end(), promise.states.begin(), promise.states.end());
  auto rows = reader.query_with(
      fmt::format("SELECT COUNT(*), CAST(COALESCE(SUM({0}), 0) AS BIGINT) FROM {1} WHERE {0} IS NOT NULL AND {2} AND "
                  "state IN ({3})",
                  amount, store::quoted_name(of.name), condition, store::placeholders(promise.states.size())),
      std::span<const store::Parameter>(parameters));
  rows.next();
  promise.records = rows.integer(0);
  promise.amount = Money{rows.integer(1)};
  return promise;
}

void add_up(store::Reader& reader, const Catalogue& catalogue, BudgetLine& line, Id book, int year, Date today) {
  line.spent =
      ledger::turnover(reader, line.account, Date::of(year, 1, 1), Date::of(year, 12, 31), {.organisation = book});
  for (const Register& of : catalogue.registers)
    if (posts_by_rule(of))
      if (Promise promise = promise_of(reader, of, line.account, book, year, today); promise.records > 0)
        line.promises.push_back(std::move(promise));
}

/// Its lines, not added up yet.
std::optional<Budget> approved_budget(store::Reader& reader, const Catalogue& catalogue, Id book, int year) {
  if (!catalogue.find_register("union_budget_lines")) return std::nullopt;
  Budget budget;
  {
    auto rows = reader.query(
        "SELECT id, code, edition FROM union_budget WHERE year = ?1 AND state = 'approved' AND organisation = (CASE "
        "WHEN ?2 = 0 THEN "
        "(SELECT MIN(id) FROM " +
            store::quoted_name("union") + " WHERE parent IS NULL) ELSE ?2 END) ORDER BY edition DESC, id LIMIT 1",
        year, book);
    if (!rows.next()) return std::nullopt;
    budget = {.record = rows.integer(0), .code = std::string(rows.text(1)), .edition = rows.integer(2), .lines = {}};
  }
  auto rows = reader.query(
      "SELECT account, amount FROM union_budget_lines WHERE part_of = ? AND side = 'spending' ORDER BY account",
      budget.record);
  while (rows.next())
    budget.lines.push_back(
        {.account = std::string(rows.text(0)), .amount = Money{rows.integer(1)}, .spent = {}, .promises = {}});
  return budget;
}

Problem beyond(const Field& amount, const BudgetLine& line, int year, Money promised, Money wanted) {
  const Money left = line.amount - line.spent - promised;
  const auto yuan = [](Money money) { return to_display(money); };
  return {
      "budget.exceeded",
      {.field = amount.name},
      {fmt::format("“{}”{} 年预算 {} 元，已列支 {} 元，已批准待付 {} 元，还剩 {} 元，不够支付 {} "
                   "元。请减少金额，或先报批预算调整。",
                   line.account, year, yuan(line.amount), yuan(line.spent), yuan(promised), yuan(left), yuan(wanted)),
       fmt::format("The budget of “{}” for {} is ¥{}: ¥{} is spent, ¥{} is promised, and ¥{} is left, less than ¥{}. "
                   "Lower the amount, "
                   "or have a change of the budget approved first.",
                   line.account, year, yuan(line.amount), yuan(line.spent), yuan(promised), yuan(left), yuan(wanted))}};
}

}  // namespace

bool draws_on(std::string_view account, std::string_view above) {
  return account.starts_with(above) && (account.size() == above.size() || account[above.size()] == '/');
}

Money BudgetLine::promised() const {
  Money sum;
  for (const Promise& promise : promises) sum += promise.amount;
  return sum;
}

std::optional<Budget> budget_of(store::Reader& reader, const Catalogue& catalogue, Id book, int year, Date today) {
  auto budget = approved_budget(reader, catalogue, book, year);
  if (budget)
    for (BudgetLine& line : budget->lines) add_up(reader, catalogue, line, book, year, today);
  return budget;
}

Budgets::Budgets(const Catalogue& catalogue, const Register& of, store::Transaction& transaction, Date today)
    : catalogue_(catalogue),
      of_(of),
      transaction_(transaction),
      today_(today),
      holds_(posts_by_rule(of) && catalogue.find_register("union_budget_lines")) {}

std::optional<Budgets::Draw> Budgets::draw_of(const Record& record) const {
  const auto standing = posting_state(of_, std::get<std::string>(record.values[of_.place("state")]));
  if (!standing) return std::nullopt;
  const auto* fen = std::get_if<std::int64_t>(&record.values[of_.place(standing->rule->amount)]);
  const auto* on = std::get_if<std::string>(&record.values[of_.place(standing->rule->on)]);
  const auto* book = of_.scoped ? std::get_if<std::int64_t>(&record.values[of_.place("organisation")]) : nullptr;
  if (!fen) return std::nullopt;
  return Draw{standing->rule, standing->is_posted, book ? *book : 0, on ? date_from_iso(*on).year() : today_.year(),
              Money{*fen}};
}

std::vector<BudgetLine*> Budgets::lines_of(const Draw& draw) {
  const auto [found, is_new] = budgets_.try_emplace({draw.book, draw.year});
  Held& held = found->second;
  if (is_new) held.budget = approved_budget(transaction_, catalogue_, draw.book, draw.year);
  std::vector<BudgetLine*> lines;
  if (!held.budget) return lines;
  for (BudgetLine& line : held.budget->lines) {
    if (!draws_on(draw.rule->debit, line.account)) continue;
    if (held.added_up.insert(line.account).second) add_up(transaction_, catalogue_, line, draw.book, draw.year, today_);
    lines.push_back(&line);
  }
  return lines;
}

Problems Budgets::exceeded(const Record& record, const Record* before) {
  if (!holds_) return {};
  const auto now = draw_of(record), then = before ? draw_of(*before) : std::nullopt;
  if (!now && !then) return {};
  const bool is_one =
      now && then && now->book == then->book && now->year == then->year && now->rule->debit == then->rule->debit;
  // Added up before anything changes: a line read later would hold this record already.
  const std::vector<BudgetLine*> drawn = now ? lines_of(*now) : std::vector<BudgetLine*>{};
  const std::vector<BudgetLine*> freed = then ? lines_of(*then) : std::vector<BudgetLine*>{};
  Problems problems;
  for (const BudgetLine* line : drawn) {
    const Money more = is_one ? now->amount - then->amount : now->amount;
    if (more > Money{} && more > line->left())
      problems.push_back(beyond(*of_.field(now->rule->amount), *line, now->year, line->promised(), more));
  }
  if (!problems.empty()) return problems;
  const auto count = [&](BudgetLine& line, const Draw& draw, Money amount) {
    if (draw.is_posted) {
      line.spent += amount;
      return;
    }
    auto promise = std::ranges::find(line.promises, &of_, &Promise::of);
    if (promise == line.promises.end())
      promise = line.promises.insert(promise, {.of = &of_, .states = {}, .records = 0, .amount = {}});
    promise->amount += amount;
  };
  for (BudgetLine* line : freed) count(*line, *then, Money{-then->amount.fen});
  for (BudgetLine* line : drawn) count(*line, *now, now->amount);
  return {};
}

}  // namespace zhijia::registers
