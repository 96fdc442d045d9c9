#include "api/money.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/actors.hpp"
#include "api/api.hpp"
#include "api/files.hpp"
#include "api/operation.hpp"
#include "api/relief.hpp"
#include "asked.hpp"
#include "finance/batches.hpp"
#include "ledger/vouchers.hpp"
#include "registers/budgets.hpp"
#include "registers/columns.hpp"
#include "store/schema.hpp"

namespace zhijia::http {

namespace json = boost::json;
using Format = exchange::SheetWriter::Format;

namespace {

/// Lines of a statement that a page shows; the workbook has them all.
constexpr std::size_t statement_lines_max = 2'000;
/// Two lines each, they fit a sheet of Excel.
constexpr std::size_t vouchers_in_sheet_max = 400'000;
constexpr std::size_t account_bytes_max = 300;

/// Fen as yuan, thousandths of a unit as the unit.
std::string amount_text(std::string_view measure, std::int64_t amount) {
  if (measure == ledger::money_measure) return to_string(Money{amount});
  return fmt::format("{}{}.{:03}", amount < 0 ? "-" : "", std::abs(amount) / 1000, std::abs(amount) % 1000);
}

/// Empty where nothing moved, as in a book.
std::string moved_text(std::string_view measure, std::int64_t amount) {
  return amount == 0 ? std::string() : amount_text(measure, amount);
}

/// The days that are asked for, and whose book.
struct Asked {
  Date from, to;
  Id organisation = 0;  ///< 0: the federation's own book
};

/// The last day asked for, not the machine's clock: the same books give the same bytes.
Moment end_of(const Asked& asked) { return Moment{asked.to.day}; }

Result<Id> asked_book(const Request& request) {
  const auto organisation = asked_number(request, "organisation", 0, INT64_MAX);
  if (!organisation) return std::unexpected(organisation.error());
  return organisation->value_or(0);
}

Result<Asked> asked_month(const Services& services, const Request& request) {
  std::string month(request.parameter("month"));
  if (month.empty()) month = to_string(services.registers.clock().today()).substr(0, 7);
  const auto first = parse_date(month + "-01");
  if (!first || to_string(*first).substr(0, 7) != month)
    return std::unexpected(
        Problems{bad_parameter("month", "应为年月，如 2020-12。", "A month such as 2020-12 is wanted.")});
  const auto book = asked_book(request);
  if (!book) return std::unexpected(book.error());
  return Asked{*first, add_months(*first, 1) + std::chrono::days{-1}, *book};
}

/// Parameters `from` and `to`; without them the year up to today.
Result<Asked> asked_days(const Services& services, const Request& request) {
  const Date today = services.registers.clock().today();
  const auto to = asked_day(request, "to", today);
  if (!to) return std::unexpected(to.error());
  const auto from = asked_day(request, "from", Date::of(to->year(), 1, 1));
  if (!from) return std::unexpected(from.error());
  const auto book = asked_book(request);
  if (!book) return std::unexpected(book.error());
  return Asked{*from, *to, *book};
}

/// Who made a voucher and who checked it: the step that posted it, and the one before it by somebody else.
struct Hands {
  std::string made, checked;
};

Hands hands_of(store::Reader& reader, const ledger::Voucher& voucher) {
  Hands hands;
  auto steps = reader.query(
      "SELECT actor FROM flow_history WHERE register = ? AND record = ? AND position <= ? ORDER BY position DESC, id "
      "DESC",
      voucher.register_, voucher.record, voucher.position);
  while (steps.next() && hands.checked.empty())
    if (hands.made.empty())
      hands.made = steps.text(0);
    else if (steps.text(0) != hands.made)
      hands.checked = steps.text(0);
  return hands;
}

json::value who(Actors& actors, const std::string& actor) {
  return actor.empty() ? json::value(nullptr) : json::value(titled(actors.title(actor)));
}

json::object voucher_json(store::Reader& reader, Actors& actors, registers::Texts& texts,
                          const registers::Catalogue& catalogue, const ledger::Voucher& voucher) {
  json::array lines;
  for (const ledger::VoucherLine& line : voucher.lines)
    lines.push_back(json::object{{"account", line.account},
                                 {"measure", line.measure},
                                 {"debit", moved_text(line.measure, line.debit)},
                                 {"credit", moved_text(line.measure, line.credit)}});
  const Hands hands = hands_of(reader, voucher);
  const registers::Register* of = catalogue.find_register(voucher.register_);
  return {{"id", std::to_string(voucher.posting)},
          {"on", to_string(voucher.on)},
          {"number", voucher.number},
          {"kind", voucher.kind},
          {"narrative", voucher.narrative},
          {"title", of ? json::value(titled(of->title)) : json::value(nullptr)},
          {"register", voucher.register_},
          {"record", std::to_string(voucher.record)},
          {"label", of ? texts.label(*of, voucher.record) : std::string()},
          {"is_red", voucher.is_red},
          {"made_by", who(actors, hands.made)},
          {"checked_by", who(actors, hands.checked)},
          {"lines", std::move(lines)}};
}

Response list_vouchers(const Services& services, const Request& request) {
  const auto asked = asked_month(services, request);
  const auto limit = asked_number(request, "limit", 1, 500), after = asked_number(request, "after", 0, position_max);
  for (const auto* number : {&limit, &after})
    if (!*number) return refusal(number->error());
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const std::size_t size = static_cast<std::size_t>(limit->value_or(50));
    auto vouchers = ledger::vouchers(reader, asked->organisation, asked->from, asked->to, after->value_or(0), size + 1);
    const bool has_more = vouchers.size() > size;
    if (has_more) vouchers.pop_back();
    const ledger::VoucherTotal total = ledger::voucher_total(reader, asked->organisation, asked->from, asked->to);
    Actors actors(reader);
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const ledger::Voucher& voucher : vouchers)
      items.push_back(voucher_json(reader, actors, texts, services.registers.catalogue(), voucher));
    return json_answer(
        json::object{{"items", std::move(items)},
                     {"total", total.count},
                     {"debit", to_string(total.debit)},
                     {"next", has_more ? json::value(std::to_string(vouchers.back().number)) : json::value(nullptr)}});
  });
}

Response give_vouchers(const Services& services, const Request& request) {
  const auto asked = asked_month(services, request);
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  std::vector<std::vector<std::string>> rows;
  services.store.read([&](store::Reader& reader) {
    Actors actors(reader);
    const auto name = [&](const std::string& actor) { return actor.empty() ? actor : actors.title(actor).zh; };
    for (const ledger::Voucher& voucher :
         ledger::vouchers(reader, asked->organisation, asked->from, asked->to, 0, vouchers_in_sheet_max)) {
      const Hands hands = hands_of(reader, voucher);
      for (const ledger::VoucherLine& line : voucher.lines)
        rows.push_back({to_string(voucher.on), std::to_string(voucher.number), voucher.kind, voucher.narrative,
                        line.account, line.measure, moved_text(line.measure, line.debit),
                        moved_text(line.measure, line.credit), name(hands.made), name(hands.checked)});
    }
  });
  return made_workbook("vouchers-" + to_string(asked->from).substr(0, 7) + ".xlsx", "记账凭证",
                       {{"日期", Format::date, 12},
                        {"凭证号", Format::number, 8},
                        {"字", Format::text, 8},
                        {"摘要", Format::text, 30},
                        {"科目", Format::text, 30},
                        {"计量", Format::text, 8},
                        {"借方", Format::money},
                        {"贷方", Format::money},
                        {"制单"},
                        {"审核"}},
                       end_of(*asked), rows);
}

Response list_accounts(const Services& services, const Request& request) {
  const auto asked = asked_days(services, request);
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    json::array accounts;
    for (const ledger::Balance& each :
         ledger::trial_balance(reader, asked->from, asked->to, {.organisation = asked->organisation}))
      accounts.push_back(json::object{{"account", each.account},
                                      {"measure", each.measure},
                                      {"opening", amount_text(each.measure, each.opening)},
                                      {"debit", amount_text(each.measure, each.debit)},
                                      {"credit", amount_text(each.measure, each.credit)},
                                      {"closing", amount_text(each.measure, each.closing())}});
    return json_answer(accounts);
  });
}

Result<std::string> asked_account(const Request& request) {
  const std::string account(request.parameter("account"));
  if (account.empty() || account.size() > account_bytes_max)
    return std::unexpected(Problems{bad_parameter("account", "应为科目，如 银行存款。", "An account is wanted.")});
  return account;
}

Response show_statement(const Services& services, const Request& request) {
  const auto account = asked_account(request);
  if (!account) return refusal(account.error());
  const auto asked = asked_days(services, request);
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const auto made =
        ledger::statement(reader, *account, asked->from, asked->to, {.organisation = asked->organisation});
    json::array opening;
    for (const auto& [measure, amount] : made.opening)
      opening.push_back(json::object{{"measure", measure}, {"balance", amount_text(measure, amount)}});
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const ledger::StatementLine& line : made.lines) {
      if (items.size() == statement_lines_max) break;
      const registers::Register* of = services.registers.catalogue().find_register(line.register_);
      items.push_back(json::object{{"on", to_string(line.on)},
                                   {"number", line.voucher_number},
                                   {"narrative", line.narrative},
                                   {"title", of ? json::value(titled(of->title)) : json::value(nullptr)},
                                   {"register", line.register_},
                                   {"record", std::to_string(line.record)},
                                   {"label", of ? texts.label(*of, line.record) : std::string()},
                                   {"measure", line.measure},
                                   {"debit", moved_text(line.measure, line.debit)},
                                   {"credit", moved_text(line.measure, line.credit)},
                                   {"balance", amount_text(line.measure, line.balance)}});
    }
    return json_answer(json::object{{"account", *account},
                                    {"opening", std::move(opening)},
                                    {"items", std::move(items)},
                                    {"total", made.lines.size()}});
  });
}

Response give_statement(const Services& services, const Request& request) {
  const auto account = asked_account(request);
  if (!account) return refusal(account.error());
  const auto asked = asked_days(services, request);
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  std::vector<std::vector<std::string>> rows;
  services.store.read([&](store::Reader& reader) {
    const auto made =
        ledger::statement(reader, *account, asked->from, asked->to, {.organisation = asked->organisation});
    for (const auto& [measure, amount] : made.opening)
      rows.push_back({to_string(asked->from), "", "期初余额", measure, "", "", amount_text(measure, amount)});
    for (const ledger::StatementLine& line : made.lines)
      rows.push_back({to_string(line.on), std::to_string(line.voucher_number), line.narrative, line.measure,
                      moved_text(line.measure, line.debit), moved_text(line.measure, line.credit),
                      amount_text(line.measure, line.balance)});
  });
  return made_workbook("statement.xlsx", "明细账",
                       {{"日期", Format::date, 12},
                        {"凭证号", Format::number, 8},
                        {"摘要", Format::text, 30},
                        {"计量", Format::text, 8},
                        {"借方", Format::money},
                        {"贷方", Format::money},
                        {"余额", Format::money}},
                       end_of(*asked), rows);
}

json::array year_lines(const std::vector<ledger::YearLine>& lines) {
  json::array written;
  for (const ledger::YearLine& line : lines)
    written.push_back(json::object{
        {"account", line.account}, {"amount", to_string(line.amount)}, {"before", to_string(line.before)}});
  return written;
}

json::object year_total(Money amount, Money before) {
  return {{"amount", to_string(amount)}, {"before", to_string(before)}};
}

Response show_income(const Services& services, const Request& request) {
  const auto year = asked_number(request, "year", 1950, 2199);
  if (!year) return refusal(year.error());
  const auto book = asked_book(request);
  if (!book) return refusal(book.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const int which = static_cast<int>(year->value_or(services.year));
    const auto made = ledger::income_statement(reader, which, {.organisation = *book});
    const auto& [ignored_in, in, in_before] = made.income_total;
    const auto& [ignored_out, out, out_before] = made.spending_total;
    return json_answer(json::object{{"year", which},
                                    {"income", year_lines(made.income)},
                                    {"spending", year_lines(made.spending)},
                                    {"income_total", year_total(in, in_before)},
                                    {"spending_total", year_total(out, out_before)},
                                    {"balance", year_total(in - out, in_before - out_before)}});
  });
}

/// A line of a programme's statement.
struct Drawn {
  const registers::Register* of;
  std::string on, account;
  std::int64_t number = 0;
  Money amount;
  Id record = 0;
};

std::vector<Drawn> drawn_on(store::Reader& reader, const registers::Catalogue& catalogue,
                            const registers::Register& programme, Id id, const Asked& asked) {
  std::vector<Drawn> drawn;
  for (const registers::Register& of : catalogue.registers)
    for (const registers::Field& link : of.fields) {
      if (of.postings.empty() || link.target != programme.name || link.type != registers::FieldType::ref) continue;
      auto rows = reader.query(
          "SELECT p.posted_on, p.voucher_number, a.path, l.debit - l.credit, p.record FROM posting p JOIN " +
              store::quoted_name(of.name) +
              " r ON r.id = p.record JOIN posting_line l ON l.posting = p.id JOIN account a ON a.id = l.account "
              "WHERE p.register = ?1 AND r." +
              store::quoted_name(link.name) +
              " = ?2 AND p.posted_on >= ?3 AND p.posted_on <= ?4 AND l.measure = ?5 AND a.path <> ?6 "
              "ORDER BY p.posted_on, p.id",
          of.name, id, to_string(asked.from), to_string(asked.to), ledger::money_measure, finance::bank_account);
      while (rows.next())
        drawn.push_back({&of, std::string(rows.text(0)), std::string(rows.text(2)), rows.integer(1),
                         Money{rows.integer(3)}, rows.integer(4)});
    }
  std::ranges::stable_sort(drawn, {}, [](const Drawn& each) { return std::pair(each.on, each.number); });
  return drawn;
}

/// What was posted for the records of all registers that lead to a programme, oldest first.
Response show_programme(const Services& services, const Request& request) {
  const auto& catalogue = services.registers.catalogue();
  const registers::Register* programme = catalogue.find_register(request["register"]);
  if (!programme) return not_found();
  const auto asked = asked_days(services, request);
  if (!asked) return refusal(asked.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  const Id id = parse_id(request["id"]);
  return services.store.read([&](store::Reader& reader) {
    registers::Texts texts(services.registers, reader);
    json::array items;
    Money total;
    for (const Drawn& each : drawn_on(reader, catalogue, *programme, id, *asked)) {
      total += each.amount;
      if (items.size() == statement_lines_max) continue;
      items.push_back(json::object{{"on", each.on},
                                   {"number", each.number},
                                   {"account", each.account},
                                   {"amount", to_string(each.amount)},
                                   {"balance", to_string(total)},
                                   {"title", titled(each.of->title)},
                                   {"register", each.of->name},
                                   {"record", std::to_string(each.record)},
                                   {"label", texts.label(*each.of, each.record)}});
    }
    return json_answer(
        json::object{{"label", texts.label(*programme, id)}, {"items", std::move(items)}, {"spent", to_string(total)}});
  });
}

json::array promises_json(const std::vector<registers::Promise>& promises) {
  json::array written;
  for (const registers::Promise& each : promises)
    written.push_back(json::object{{"register", each.of->name},
                                   {"title", titled(each.of->title)},
                                   {"states", json::array(each.states.begin(), each.states.end())},
                                   {"records", each.records},
                                   {"amount", to_string(each.amount)}});
  return written;
}

/// A union's budget beside its book: what each line has, what was drawn on it, and what was spent on no line at all.
Response show_budget(const Services& services, const Request& request) {
  const auto year = asked_number(request, "year", 2000, 2199);
  if (!year) return refusal(year.error());
  const auto book = asked_book(request);
  if (!book) return refusal(book.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const int which = static_cast<int>(year->value_or(services.year));
    const auto budget =
        registers::budget_of(reader, services.registers.catalogue(), *book, which, services.registers.clock().today());
    json::array lines, beside;
    for (const registers::BudgetLine& line : budget ? budget->lines : std::vector<registers::BudgetLine>{})
      lines.push_back(json::object{{"account", line.account},
                                   {"amount", to_string(line.amount)},
                                   {"spent", to_string(line.spent)},
                                   {"promised", to_string(line.promised())},
                                   {"left", to_string(line.left())},
                                   {"promises", promises_json(line.promises)}});
    for (const ledger::YearLine& spent : ledger::income_statement(reader, which, {.organisation = *book}).spending)
      if (spent.amount != Money{} &&
          !(budget && std::ranges::any_of(budget->lines, [&](const registers::BudgetLine& line) {
              return registers::draws_on(spent.account, line.account);
            })))
        beside.push_back(json::object{{"account", spent.account}, {"spent", to_string(spent.amount)}});
    return json_answer(json::object{{"year", which},
                                    {"budget", budget ? json::value(json::object{{"id", std::to_string(budget->record)},
                                                                                 {"code", budget->code},
                                                                                 {"edition", budget->edition}})
                                                      : json::value(nullptr)},
                                    {"lines", std::move(lines)},
                                    {"beside", std::move(beside)}});
  });
}

}  // namespace

void add_money(Router& router, const Services& services) {
  const auto answering = [&services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  const std::string ledger = "/api/v1/ledger/";
  router.add("GET", ledger + "vouchers", answering(list_vouchers));
  router.add("GET", ledger + "vouchers.xlsx", answering(give_vouchers));
  router.add("GET", ledger + "accounts", answering(list_accounts));
  router.add("GET", ledger + "statement", answering(show_statement));
  router.add("GET", ledger + "statement.xlsx", answering(give_statement));
  router.add("GET", ledger + "income", answering(show_income));
  router.add("GET", ledger + "budget", answering(show_budget));
  router.add("GET", ledger + "programmes/{register}/{id}", answering(show_programme));
}

}  // namespace zhijia::http
