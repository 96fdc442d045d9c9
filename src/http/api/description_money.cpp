#include "api/files.hpp"
#include "api/money.hpp"
#include "api/operation.hpp"

namespace zhijia::http {

namespace json = boost::json;
using namespace openapi;

namespace {

json::object text() { return of_type("string"); }
json::object whole() { return of_type("integer"); }
json::object day() { return {{"type", "string"}, {"format", "date"}}; }
json::object bilingual() { return object_of({{"zh", text()}, {"en", text()}}, {"zh", "en"}); }
json::object bilingual_or_null() { return {{"anyOf", json::array{bilingual(), json::object{{"type", "null"}}}}}; }
json::object year_sum() { return object_of({{"amount", text()}, {"before", text()}}, {"amount", "before"}); }

json::object book() {
  return in_query("organisation", json::object{{"type", "integer"}, {"minimum", 0}},
                  "Whose book; 0: the federation's own");
}
json::object id() { return {{"type", "string"}, {"pattern", "^[1-9][0-9]{0,17}$"}}; }
json::object movement() { return of_type("object"); }

json::object outcome(json::object more = {}) {
  json::object properties{{"taken", list_of(text())}, {"refused", list_of(of_type("object"))}};
  for (auto& [name, schema] : more) properties.emplace(name, schema);
  return object_of(std::move(properties));
}

json::array days(json::array others = {}) {
  others.push_back(in_query("from", day(), "First day; default: 1 January of the last day's year"));
  others.push_back(in_query("to", day(), "Last day; default: today"));
  others.push_back(book());
  return others;
}

void describe_batches(json::object& paths) {
  const std::string ledger = "/api/v1/ledger/";
  describe(paths, ledger + "payable",
           {.method = "get",
            .summary = "What is approved and waits to be paid through the bank, by register",
            .answers = {{200, list_of(object_of({{"register", text()},
                                                 {"title", bilingual()},
                                                 {"step", bilingual()},
                                                 {"records", whole()},
                                                 {"amount", text()}}))}}});
  describe(paths, ledger + "payable/{register}",
           {.method = "get",
            .summary = "The records that wait and lie in no batch to be paid; 500 at most",
            .parameters = {in_path("register", "A register that is paid through the bank")},
            .answers = {{200, object_of({{"items", list_of(object_of({{"id", text()},
                                                                      {"payee", text()},
                                                                      {"programme", text()},
                                                                      {"amount", text()},
                                                                      {"has_card", of_type("boolean")}}))}},
                                        {"items"})}}});
  describe(
      paths, ledger + "batches",
      {.method = "post",
       .summary = "Make a batch of records that wait; all or none",
       .body = object_of({{"register", text()},
                          {"ids", json::object{{"type", "array"}, {"items", id()}, {"minItems", 1}, {"maxItems", 500}}},
                          {"code", text_of_length(1, 30)},
                          {"made_on", day()},
                          {"account", text_of_length(0, 60)},
                          {"purpose", text_of_length(0, 60)}},
                         {"register", "ids", "code", "made_on"}),
       .answers = {{201, object_of({{"id", text()}}, {"id"})}}});
  describe(paths, ledger + "batches/{id}",
           {.method = "get",
            .summary = "A batch: its payments, and which of their records are paid",
            .parameters = {in_path("id", "The batch's id")},
            .answers = {{200, object_of({{"id", text()},
                                         {"code", text()},
                                         {"state", text()},
                                         {"register", text()},
                                         {"title", bilingual()},
                                         {"made_on", text()},
                                         {"total", text()},
                                         {"items", list_of(of_type("object"))}})}}});
  describe(
      paths, ledger + "batches/{id}/bank-list.xlsx",
      {.method = "get",
       .summary = "The list for the bank; cards in clear are for who may reveal them, and the reason is logged",
       .parameters = {in_path("id", "The batch's id"),
                      in_query("secrets", json::object{{"type", "string"}, {"enum", json::array{"masked", "clear"}}},
                               "Default: masked"),
                      in_query("reason", text_of_length(1, 300), "Why cards are needed in clear")},
       .answers = {{200, json::object{{"type", "string"}, {"format", "binary"}}}},
       .answer_types = {workbook_type}});
  describe(paths, ledger + "batches/{id}/pay",
           {.method = "post",
            .summary = "Take the paying step of each record, each for itself; the batch is paid once all are",
            .parameters = {in_path("id", "The batch's id")},
            .body = object_of({{"paid_on", day()}}, {"paid_on"}),
            .answers = {{200, outcome({{"is_settled", of_type("boolean")}})}}});
}

}  // namespace

void describe_money(json::object& paths) {
  constexpr const char* workbook = workbook_type;
  const std::string ledger = "/api/v1/ledger/";
  const auto month = [] {
    return in_query("month", json::object{{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}$"}},
                    "Month; default: this one");
  };
  const auto account = [] { return in_query("account", text_of_length(1, 100), "Path of the account"); };
  const json::object file{{"type", "string"}, {"format", "binary"}};
  describe(
      paths, ledger + "vouchers",
      {.method = "get",
       .summary = "Vouchers of a month in the order of their numbers, with who made and who checked them",
       .parameters = {month(), book(),
                      in_query("after", json::object{{"type", "integer"}, {"minimum", 0}}, "`next` of the page before"),
                      in_query("limit", json::object{{"type", "integer"}, {"minimum", 1}, {"maximum", 500}},
                               "Vouchers on a page")},
       .answers = {{200, object_of({{"items", list_of(object_of({{"id", text()},
                                                                 {"on", text()},
                                                                 {"number", whole()},
                                                                 {"kind", text()},
                                                                 {"narrative", text()},
                                                                 {"title", bilingual_or_null()},
                                                                 {"register", text()},
                                                                 {"record", text()},
                                                                 {"label", text()},
                                                                 {"is_red", of_type("boolean")},
                                                                 {"made_by", bilingual_or_null()},
                                                                 {"checked_by", bilingual_or_null()},
                                                                 {"lines", list_of(of_type("object"))}}))},
                                    {"total", whole()},
                                    {"debit", text()},
                                    {"next", nullable("string")}},
                                   {"items", "total", "debit", "next"})}}});
  describe(paths, ledger + "vouchers.xlsx",
           {.method = "get",
            .summary = "The same as a workbook, a row a line",
            .parameters = {month(), book()},
            .answers = {{200, file}},
            .answer_types = {workbook}});
  describe(paths, ledger + "accounts",
           {.method = "get",
            .summary = "Every account that has moved: opening, turnover and closing (debit positive)",
            .parameters = days(),
            .answers = {{200, list_of(object_of({{"account", text()},
                                                 {"measure", text()},
                                                 {"opening", text()},
                                                 {"debit", text()},
                                                 {"credit", text()},
                                                 {"closing", text()}}))}}});
  describe(paths, ledger + "statement",
           {.method = "get",
            .summary = "Lines of an account and those below it, from the opening balance, with the balance after each; "
                       "the first 2,000",
            .parameters = days({account()}),
            .answers = {{200, object_of({{"account", text()},
                                         {"opening", list_of(object_of({{"measure", text()}, {"balance", text()}}))},
                                         {"items", list_of(of_type("object"))},
                                         {"total", whole()}},
                                        {"account", "opening", "items", "total"})}}});
  describe(paths, ledger + "statement.xlsx",
           {.method = "get",
            .summary = "The same whole, as a workbook",
            .parameters = days({account()}),
            .answers = {{200, file}},
            .answer_types = {workbook}});
  const auto lines = [] { return list_of(object_of({{"account", text()}, {"amount", text()}, {"before", text()}})); };
  describe(paths, ledger + "income",
           {.method = "get",
            .summary = "Income and expenditure of a year by account, beside the year before",
            .parameters = {in_query("year", json::object{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}},
                                    "The year"),
                           book()},
            .answers = {{200, object_of({{"year", whole()},
                                         {"income", lines()},
                                         {"spending", lines()},
                                         {"income_total", year_sum()},
                                         {"spending_total", year_sum()},
                                         {"balance", year_sum()}})}}});
  const auto promise = object_of({{"register", text()},
                                  {"title", bilingual()},
                                  {"states", list_of(text())},
                                  {"records", whole()},
                                  {"amount", text()}});
  describe(
      paths, ledger + "budget",
      {.method = "get",
       .summary = "The approved budget of a year: what each line has, what was spent, what is promised, what is left",
       .parameters = {in_query("year", json::object{{"type", "integer"}, {"minimum", 2000}, {"maximum", 2199}},
                               "The year"),
                      book()},
       .answers = {{200, object_of({{"year", whole()},
                                    {"budget", nullable("object")},
                                    {"lines", list_of(object_of({{"account", text()},
                                                                 {"amount", text()},
                                                                 {"spent", text()},
                                                                 {"promised", text()},
                                                                 {"left", text()},
                                                                 {"promises", list_of(promise)}}))},
                                    {"beside", list_of(object_of({{"account", text()}, {"spent", text()}}))}},
                                   {"year", "budget", "lines", "beside"})}}});
  json::array programme{in_path("register", "The programme's register"), in_path("id", "The programme's id")};
  describe(paths, ledger + "programmes/{register}/{id}",
           {.method = "get",
            .summary = "What was posted for the records that lead to a programme; the first 2,000 lines",
            .parameters = days(std::move(programme)),
            .answers = {{200, object_of({{"label", text()}, {"items", list_of(of_type("object"))}, {"spent", text()}},
                                        {"label", "items", "spent"})}}});
}

void describe_payments(json::object& paths) {
  describe_batches(paths);
  describe(paths, "/api/v1/ledger/reconciliation",
           {.method = "get",
            .summary =
                "The bank's lines beside the book: proposals, what stands on one side only, and both balances adjusted",
            .parameters = {in_query("from", day(),
                                    "First day; what lies before is taken as agreed; default: the month's first"),
                           in_query("to", day(), "Last day; default: today"),
                           in_query("days", json::object{{"type", "integer"}, {"minimum", 0}, {"maximum", 31}},
                                    "Days apart; default: 3"),
                           in_query("bank_balance", text(), "Yuan; default: as the last line has it")},
            .answers = {{200, object_of({{"from", text()},
                                         {"to", text()},
                                         {"book_balance", text()},
                                         {"book_received", text()},
                                         {"book_paid", text()},
                                         {"bank_received", text()},
                                         {"bank_paid", text()},
                                         {"book_adjusted", text()},
                                         {"bank_balance", nullable("string")},
                                         {"bank_adjusted", nullable("string")},
                                         {"difference", nullable("string")},
                                         {"balance_misfit", nullable("object")},
                                         {"lines_total", whole()},
                                         {"entries_total", whole()},
                                         {"lines", list_of(movement())},
                                         {"entries", list_of(movement())},
                                         {"proposed", of_type("object")}})}}});
  describe(paths, "/api/v1/ledger/bounces",
           {.method = "get",
            .summary = "Payments that a line of the bank may have sent back, the likeliest first; at most 20",
            .parameters = {in_query("line", id(), "The line that came in")},
            .answers = {{200, object_of({{"items", list_of(of_type("object"))}}, {"items"})}}});
  describe(paths, "/api/v1/ledger/bounces",
           {.method = "post",
            .summary = "A payment came back: it is reversed and waits to be paid again, and the line is matched",
            .body = object_of({{"line", id()},
                               {"entry", json::object{{"type", "string"}, {"pattern", "^posting:[1-9][0-9]{0,17}$"}}}},
                              {"line", "entry"}),
            .answers = {{200, object_of({{"register", text()}, {"record", id()}, {"voucher", id()}},
                                        {"register", "record", "voucher"})}}});
  describe(paths, "/api/v1/ledger/matches",
           {.method = "post",
            .summary = "Match lines of the bank with postings or batches of the same amount, each for itself",
            .body = object_of(
                {{"pairs",
                  json::object{
                      {"type", "array"},
                      {"minItems", 1},
                      {"maxItems", 500},
                      {"items", object_of({{"line", id()},
                                           {"entry", json::object{{"type", "string"},
                                                                  {"pattern", "^(posting|batch):[1-9][0-9]{0,17}$"}}}},
                                          {"line", "entry"})}}}},
                {"pairs"}),
            .answers = {{200, outcome()}}});
}

}  // namespace zhijia::http
