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
json::object bilingual_or_null() {
  return {{"anyOf", json::array{bilingual(), json::object{{"type", "null"}}}}};
}
json::object year_sum() { return object_of({{"amount", text()}, {"before", text()}}, {"amount", "before"}); }

json::object book() {
  return in_query("organisation", json::object{{"type", "integer"}, {"minimum", 0}}, "Whose book; 0: the federation's own");
}
json::array days(json::array others = {}) {
  others.push_back(in_query("from", day(), "First day; default: 1 January of the last day's year"));
  others.push_back(in_query("to", day(), "Last day; default: today"));
  others.push_back(book());
  return others;
}

}  // namespace

void describe_money(json::object& paths) {
  constexpr const char* workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  const std::string ledger = "/api/v1/ledger/";
  const auto month = [] {
    return in_query("month", json::object{{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}$"}}, "Month; default: this one");
  };
  const auto account = [] { return in_query("account", text_of_length(1, 100), "Path of the account"); };
  const json::object file{{"type", "string"}, {"format", "binary"}};
  describe(paths, ledger + "vouchers",
           {.method = "get",
            .summary = "Vouchers of a month in the order of their numbers, with who made and who checked them",
            .parameters = {month(), book(),
                           in_query("after", json::object{{"type", "integer"}, {"minimum", 0}}, "`next` of the page before"),
                           in_query("limit", json::object{{"type", "integer"}, {"minimum", 1}, {"maximum", 500}}, "Vouchers on a page")},
            .answers = {{200, object_of({{"items", list_of(object_of({{"id", text()}, {"on", text()}, {"number", whole()}, {"kind", text()},
                                                                        {"narrative", text()}, {"title", bilingual_or_null()}, {"register", text()},
                                                                        {"record", text()}, {"label", text()}, {"is_red", of_type("boolean")},
                                                                        {"made_by", bilingual_or_null()}, {"checked_by", bilingual_or_null()},
                                                                        {"lines", list_of(of_type("object"))}}))},
                                         {"total", whole()}, {"debit", text()}, {"next", nullable("string")}},
                                        {"items", "total", "debit", "next"})}}});
  describe(paths, ledger + "vouchers.xlsx",
           {.method = "get", .summary = "The same as a workbook, a row a line", .parameters = {month(), book()},
            .answers = {{200, file}}, .answer_types = {workbook}});
  describe(paths, ledger + "accounts",
           {.method = "get", .summary = "Every account that has moved: opening, turnover and closing (debit positive)", .parameters = days(),
            .answers = {{200, list_of(object_of({{"account", text()}, {"measure", text()}, {"opening", text()},
                                                 {"debit", text()}, {"credit", text()}, {"closing", text()}}))}}});
  describe(paths, ledger + "statement",
           {.method = "get", .summary = "An account's own lines with the balance after each; the first 2,000", .parameters = days({account()}),
            .answers = {{200, object_of({{"account", text()}, {"items", list_of(of_type("object"))}, {"total", whole()}}, {"account", "items", "total"})}}});
  describe(paths, ledger + "statement.xlsx",
           {.method = "get", .summary = "The same whole, as a workbook", .parameters = days({account()}),
            .answers = {{200, file}}, .answer_types = {workbook}});
  const auto lines = [] { return list_of(object_of({{"account", text()}, {"amount", text()}, {"before", text()}})); };
  describe(paths, ledger + "income",
           {.method = "get",
            .summary = "Income and expenditure of a year by account, beside the year before",
            .parameters = {in_query("year", json::object{{"type", "integer"}, {"minimum", 1950}, {"maximum", 2199}}, "The year"), book()},
            .answers = {{200, object_of({{"year", whole()}, {"income", lines()}, {"spending", lines()}, {"income_total", year_sum()},
                                         {"spending_total", year_sum()}, {"balance", year_sum()}})}}});
  json::array programme{in_path("register", "The programme's register"), in_path("id", "The programme's id")};
  describe(paths, ledger + "programmes/{register}/{id}",
           {.method = "get", .summary = "What was posted for the records that lead to a programme; the first 2,000 lines",
            .parameters = days(std::move(programme)),
            .answers = {{200, object_of({{"label", text()}, {"items", list_of(of_type("object"))}, {"spent", text()}}, {"label", "items", "spent"})}}});
}

}  // namespace zhijia::http
