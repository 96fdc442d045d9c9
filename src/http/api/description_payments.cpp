#include "api/money.hpp"
#include "api/operation.hpp"

namespace zhijia::http {

namespace json = boost::json;
using namespace openapi;

namespace {

json::object text() { return of_type("string"); }
json::object whole() { return of_type("integer"); }
json::object day() { return {{"type", "string"}, {"format", "date"}}; }
json::object id() { return {{"type", "string"}, {"pattern", "^[1-9][0-9]{0,17}$"}}; }
json::object bilingual() { return object_of({{"zh", text()}, {"en", text()}}, {"zh", "en"}); }
json::object movement() { return of_type("object"); }

json::object outcome(json::object more = {}) {
  json::object properties{{"taken", list_of(text())}, {"refused", list_of(of_type("object"))}};
  for (auto& [name, schema] : more) properties.emplace(name, schema);
  return object_of(std::move(properties));
}

void describe_batches(json::object& paths) {
  const std::string ledger = "/api/v1/ledger/";
  describe(paths, ledger + "payable",
           {.method = "get", .summary = "What is approved and waits to be paid through the bank, by register",
            .answers = {{200, list_of(object_of({{"register", text()}, {"title", bilingual()}, {"step", bilingual()},
                                                 {"records", whole()}, {"amount", text()}}))}}});
  describe(paths, ledger + "payable/{register}",
           {.method = "get", .summary = "The records that wait and lie in no batch to be paid; 500 at most",
            .parameters = {in_path("register", "A register that is paid through the bank")},
            .answers = {{200, object_of({{"items", list_of(object_of({{"id", text()}, {"payee", text()}, {"programme", text()},
                                                                        {"amount", text()}, {"has_card", of_type("boolean")}}))}}, {"items"})}}});
  describe(paths, ledger + "batches",
           {.method = "post", .summary = "Make a batch of records that wait; all or none",
            .body = object_of({{"register", text()},
                               {"ids", json::object{{"type", "array"}, {"items", id()}, {"minItems", 1}, {"maxItems", 500}}},
                               {"code", text_of_length(1, 30)}, {"made_on", day()}, {"account", text_of_length(0, 60)}, {"purpose", text_of_length(0, 60)}},
                              {"register", "ids", "code", "made_on"}),
            .answers = {{201, object_of({{"id", text()}}, {"id"})}}});
  describe(paths, ledger + "batches/{id}",
           {.method = "get", .summary = "A batch: its payments, and which of their records are paid",
            .parameters = {in_path("id", "The batch's id")},
            .answers = {{200, object_of({{"id", text()}, {"code", text()}, {"state", text()}, {"register", text()}, {"title", bilingual()},
                                         {"made_on", text()}, {"total", text()}, {"items", list_of(of_type("object"))}})}}});
  describe(paths, ledger + "batches/{id}/bank-list.xlsx",
           {.method = "get", .summary = "The list for the bank; cards in clear are for who may reveal them, and the reason is logged",
            .parameters = {in_path("id", "The batch's id"),
                           in_query("secrets", json::object{{"type", "string"}, {"enum", json::array{"masked", "clear"}}}, "Default: masked"),
                           in_query("reason", text_of_length(1, 300), "Why cards are needed in clear")},
            .answers = {{200, json::object{{"type", "string"}, {"format", "binary"}}}},
            .answer_types = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}});
  describe(paths, ledger + "batches/{id}/pay",
           {.method = "post", .summary = "Take the paying step of each record, each for itself; the batch is paid once all are",
            .parameters = {in_path("id", "The batch's id")}, .body = object_of({{"paid_on", day()}}, {"paid_on"}),
            .answers = {{200, outcome({{"is_settled", of_type("boolean")}})}}});
}

}  // namespace

void describe_payments(json::object& paths) {
  describe_batches(paths);
  describe(paths, "/api/v1/ledger/reconciliation",
           {.method = "get",
            .summary = "The bank's lines beside the book: proposals, what stands on one side only, and both balances adjusted",
            .parameters = {in_query("from", day(), "First day; what lies before is taken as agreed; default: the month's first"),
                           in_query("to", day(), "Last day; default: today"),
                           in_query("days", json::object{{"type", "integer"}, {"minimum", 0}, {"maximum", 31}}, "Days apart; default: 3"),
                           in_query("bank_balance", text(), "Yuan; default: as the last line has it")},
            .answers = {{200, object_of({{"from", text()}, {"to", text()}, {"book_balance", text()}, {"book_received", text()}, {"book_paid", text()},
                                         {"bank_received", text()}, {"bank_paid", text()}, {"book_adjusted", text()},
                                         {"bank_balance", nullable("string")}, {"bank_adjusted", nullable("string")}, {"difference", nullable("string")},
                                         {"lines_total", whole()}, {"entries_total", whole()},
                                         {"lines", list_of(movement())}, {"entries", list_of(movement())}, {"proposed", of_type("object")}})}}});
  describe(paths, "/api/v1/ledger/matches",
           {.method = "post", .summary = "Match lines of the bank with postings or batches of the same amount, each for itself",
            .body = object_of({{"pairs", json::object{{"type", "array"}, {"minItems", 1}, {"maxItems", 500},
                                                      {"items", object_of({{"line", id()}, {"entry", json::object{{"type", "string"}, {"pattern", "^(posting|batch):[1-9][0-9]{0,17}$"}}}}, {"line", "entry"})}}}},
                              {"pairs"}),
            .answers = {{200, outcome()}}});
}

}  // namespace zhijia::http
