#include <gmock/gmock.h>

#include "base/identity_number.hpp"
#include "ledger/ledger.hpp"
#include "support/small_city.hpp"

/// From what is approved to a reconciled account, over the interface: a batch, its list, paying, vouchers, the bank's
/// lines.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class MoneyWay : public SmallCity, public testing::WithParamInterface<std::string> {
 protected:
  MoneyWay() : SmallCity(GetParam()) {}

  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    users_.emplace(*store_, vault_, clock_);
    router_ = routes({*store_, *registers_, 2021, &*users_});
    router_.guard({});  // sessions are given by hand
    create("season_programme", {{"code", "P1"}, {"name", "金秋助学"}, {"season", "autumn"}, {"budget", "10000"}});
    wang_ = std::to_string(scholarship("王伟", "610799198001010017", "3000"));
    li_ = std::to_string(scholarship("李静", "610799199002020027", "2000"));
  }

  Id scholarship(const std::string& name, const std::string& number, const std::string& amount) {
    return create("scholarship", {{"subject.name", name},
                                  {"subject.identity_number", number},
                                  {"programme", "P1"},
                                  {"school", "一中"},
                                  {"amount", amount},
                                  {"state", "approved"}});
  }

  Response ask(const std::string& role, const std::string& method, const std::string& target,
               const json::value& body = nullptr) {
    Request request = request_of(method, target, body);
    const Id user = static_cast<Id>(900 + role.size());
    access::Session session{
        .user = {.id = user, .name = role, .title = role, .grants = {access::parse_grant(role).value()}}, .csrf = {}};
    request.session = std::make_shared<const access::Session>(std::move(session));
    return router_.answer(std::move(request));
  }
  json::value told(const std::string& role, const std::string& target) {
    const Response response = ask(role, "GET", target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }
  Response batch(json::array ids, const std::string& code) {
    return ask("cashier", "POST", "/api/v1/ledger/batches",
               json::object{{"register", "scholarship"},
                            {"ids", std::move(ids)},
                            {"code", code},
                            {"made_on", "2021-01-10"},
                            {"purpose", "助学金"}});
  }
  static std::string id_in(const Response& response) {
    return std::string(json::parse(response.body).at("id").as_string());
  }

  std::optional<access::Users> users_;
  Router router_;
  std::string wang_, li_;
};

const std::string ledger = "/api/v1/ledger/";

TEST_P(MoneyWay, from_what_is_approved_to_a_reconciled_account) {
  EXPECT_EQ(told("cashier", ledger + "payable").at(0).at("amount").as_string(), "5000.00");
  const Response made = batch({wang_, li_}, "ZF-1");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(batch({wang_}, "ZF-2").body, HasSubstr("batch.not_due")) << "it lies in a batch already";
  EXPECT_TRUE(told("cashier", ledger + "payable").as_array().empty());
  const std::string address = ledger + "batches/" + id_in(made);
  EXPECT_EQ(told("cashier", address).at("total").as_string(), "5000.00");

  EXPECT_EQ(ask("cashier", "GET", address + "/bank-list.xlsx").status, 200);
  EXPECT_EQ(ask("cashier", "GET", address + "/bank-list.xlsx?secrets=clear").status, 400) << "without a reason";
  EXPECT_EQ(ask("cashier", "GET", address + "/bank-list.xlsx?secrets=clear&reason=x").status, 200);
  EXPECT_EQ(ask("clerk", "GET", address + "/bank-list.xlsx?secrets=clear&reason=x").status, 403);

  EXPECT_EQ(ask("clerk", "POST", address + "/pay", json::object{{"paid_on", "2021-01-10"}}).status, 403);
  const Response paid = ask("cashier", "POST", address + "/pay", json::object{{"paid_on", "2021-01-10"}});
  ASSERT_EQ(paid.status, 200) << paid.body;
  EXPECT_TRUE(json::parse(paid.body).at("is_settled").as_bool()) << paid.body;
  EXPECT_EQ(told("cashier", address).at("state").as_string(), "paid");
  EXPECT_EQ(ask("cashier", "POST", address + "/pay", json::object{{"paid_on", "2021-01-10"}}).status, 409);

  const json::value vouchers = told("accountant", ledger + "vouchers?month=2021-01");
  ASSERT_EQ(vouchers.at("total").as_int64(), 2);
  EXPECT_EQ(vouchers.at("items").at(0).at("lines").at(1).at("account").as_string(), "银行存款");
  EXPECT_EQ(told("accountant", ledger + "income?year=2021").at("spending_total").at("amount").as_string(), "5000.00");

  const std::string line = std::to_string(create("bank_line", {{"account", "基本户"},
                                                               {"reference", "A1"},
                                                               {"booked_on", "2021-01-11"},
                                                               {"paid", "5000"},
                                                               {"summary", "代发 ZF-1"}}));
  create("bank_line", {{"account", "基本户"},
                       {"reference", "A2"},
                       {"booked_on", "2021-01-12"},
                       {"received", "12"},
                       {"summary", "结息"}});
  const std::string reconciliation = ledger + "reconciliation?from=2021-01-01&to=2021-01-31&bank_balance=-4988";
  json::value seen = told("accountant", reconciliation);
  ASSERT_EQ(seen.at("proposed").at("exact").as_array().size(), 1u) << json::serialize(seen);
  const json::string entry = seen.at("proposed").at("exact").at(0).at("entry").at("id").as_string();
  const json::object pairs{{"pairs", json::array{json::object{{"line", line}, {"entry", entry}}}}};
  EXPECT_EQ(json::parse(ask("cashier", "POST", ledger + "matches", pairs).body).at("refused").as_array().size(), 1u)
      << "who pays does not reconcile";
  const Response matched = ask("accountant", "POST", ledger + "matches", pairs);
  EXPECT_EQ(json::parse(matched.body).at("taken").as_array().size(), 1u) << matched.body;
  seen = told("accountant", reconciliation);
  EXPECT_TRUE(seen.at("entries").as_array().empty());
  EXPECT_EQ(seen.at("bank_received").as_string(), "12.00") << "interest is at the bank and not yet in the book";
  EXPECT_EQ(seen.at("book_balance").as_string(), "-5000.00");
  EXPECT_EQ(seen.at("difference").as_string(), "0.00");
  EXPECT_EQ(told("accountant", ledger + "reconciliation?from=2021-01-01&to=2021-01-10").at("book_paid").as_string(),
            "5000.00")
      << "on the tenth the bank had not paid it yet";
}

TEST_P(MoneyWay, what_is_refused_holds_up_nobody_else_and_the_batch_stays_open) {
  const Response made = batch({wang_, li_}, "ZF-1");
  const std::string address = ledger + "batches/" + id_in(made);
  store_
      ->write([&](store::Transaction& transaction) -> Result<void> {
        transaction.execute("UPDATE scholarship SET amount = 100 WHERE id = ?", std::stoll(li_));
        return {};
      })
      .value();
  EXPECT_THAT(ask("cashier", "GET", address + "/bank-list.xlsx").body, HasSubstr("batch.amount"));
  const json::value paid =
      json::parse(ask("cashier", "POST", address + "/pay", json::object{{"paid_on", "2021-01-10"}}).body);
  EXPECT_EQ(paid.at("taken").as_array().size(), 1u);
  EXPECT_EQ(paid.at("refused").at(0).at("payee").as_string(), "李静");
  EXPECT_FALSE(paid.at("is_settled").as_bool());
  EXPECT_EQ(told("cashier", address).at("state").as_string(), "drafted");
}

TEST_P(MoneyWay, a_line_is_matched_only_with_its_own_amount_and_once) {
  const Response made = batch({wang_}, "ZF-1");
  ask("cashier", "POST", ledger + "batches/" + id_in(made) + "/pay", json::object{{"paid_on", "2021-01-10"}});
  const std::string entry = "batch:" + id_in(made);
  const auto match = [&](const std::string& line) {
    return ask("accountant", "POST", ledger + "matches",
               json::object{{"pairs", json::array{json::object{{"line", line}, {"entry", entry}}}}})
        .body;
  };
  const auto line = [&](const char* reference, const char* paid) {
    return std::to_string(create(
        "bank_line", {{"account", "基本户"}, {"reference", reference}, {"booked_on", "2021-01-11"}, {"paid", paid}}));
  };
  EXPECT_THAT(match(line("A1", "2999")), HasSubstr("match.amount"));
  EXPECT_THAT(match(line("A2", "3000")), testing::Not(HasSubstr("match.")));
  EXPECT_THAT(match(line("A3", "3000")), HasSubstr("match.taken"));
}

TEST_P(MoneyWay, the_step_of_the_register_compares_amounts_and_directions_as_well) {
  const Response made = batch({wang_}, "ZF-1");
  ask("cashier", "POST", ledger + "batches/" + id_in(made) + "/pay", json::object{{"paid_on", "2021-01-10"}});
  ask("cashier", "POST", "/api/v1/registers/scholarship/steps/pay",
      json::object{{"ids", json::array{li_}}, {"values", json::object{{"paid_on", "2021-01-10"}}}});
  std::string posting;
  const json::value seen = told("accountant", ledger + "reconciliation?from=2021-01-01&to=2021-01-31");
  for (const json::value& entry : seen.at("entries").as_array())
    if (const std::string id(entry.at("id").as_string()); id.starts_with("posting:")) posting = id.substr(8);
  const json::object of_batch{{"batch", json::object{{"id", id_in(made)}}}}, of_posting{{"voucher", posting}};
  const struct {
    const char *name, *side, *amount;
    const json::object& with;
    std::vector<const char*> told;
  } cases[] = {
      {"a batch of another amount", "paid", "2999", of_batch, {"match.amount", "支出 2,999.00 元", "支出 3,000.00 元"}},
      {"a batch of the other direction", "received", "3000", of_batch, {"match.amount", "收入 3,000.00 元"}},
      {"a posting of another amount", "paid", "2000.01", of_posting, {"¥2,000.01 paid", "¥2,000.00 paid"}},
      {"a posting of the other direction", "received", "2000", of_posting, {"¥2,000.00 received", "¥2,000.00 paid"}},
      {"no posting at all", "paid", "2000", json::object{{"voucher", "17"}}, {"match.entry"}},
      {"the batch itself", "paid", "3000", of_batch, {"\"refused\":[]"}},
      {"the posting itself", "paid", "2000", of_posting, {"\"refused\":[]"}},
      {"the posting once more", "paid", "2000", of_posting, {"match.taken"}},
  };
  for (const auto& each : cases) {
    const Id line = create(
        "bank_line",
        {{"account", "基本户"}, {"reference", each.name}, {"booked_on", "2021-01-11"}, {each.side, each.amount}});
    const Response taken = ask("accountant", "POST", "/api/v1/registers/bank_line/steps/match",
                               json::object{{"ids", json::array{std::to_string(line)}}, {"values", each.with}});
    for (const char* told_of : each.told) EXPECT_THAT(taken.body, HasSubstr(told_of)) << each.name;
  }
}

TEST_P(MoneyWay, a_statement_that_begins_with_its_newest_line_has_the_balance_of_that_line) {
  const auto line = [&](const char* reference, const char* on, const char* received, const char* balance) {
    create("bank_line", {{"account", "基本户"},
                         {"reference", reference},
                         {"booked_on", on},
                         {"received", received},
                         {"balance", balance}});
  };
  line("A4", "2021-01-12", "5", "115");
  line("A3", "2021-01-12", "10", "110");
  line("A2", "2021-01-11", "60", "100");
  line("A1", "2021-01-11", "40", "40");
  const std::string address = ledger + "reconciliation?from=2021-01-01&to=2021-01-31";
  json::value seen = told("accountant", address);
  EXPECT_EQ(seen.at("bank_balance").as_string(), "115.00");
  EXPECT_TRUE(seen.at("balance_misfit").is_null());
  line("A6", "2021-01-14", "1", "122");
  seen = told("accountant", address);
  EXPECT_EQ(seen.at("bank_balance").as_string(), "122.00") << "a line is missing, but the end is told";
  EXPECT_THAT(std::string(seen.at("balance_misfit").at("line").at("words").as_string()), HasSubstr("A6"));
  EXPECT_EQ(seen.at("balance_misfit").at("expected").as_string(), "116.00");
}

TEST_P(MoneyWay, a_payment_outside_any_batch_is_matched_by_its_posting_and_taken_back) {
  const Response paid =
      ask("cashier", "POST", "/api/v1/registers/scholarship/steps/pay",
          json::object{{"ids", json::array{wang_}}, {"values", json::object{{"paid_on", "2021-01-10"}}}});
  ASSERT_EQ(json::parse(paid.body).at("taken").as_array().size(), 1u) << paid.body;
  const auto line = [&](const char* reference) {
    return std::to_string(create("bank_line", {{"account", "基本户"},
                                               {"reference", reference},
                                               {"booked_on", "2021-01-12"},
                                               {"paid", "3000"},
                                               {"counterparty", "王伟"}}));
  };
  const std::string first = line("B1"), second = line("B2");
  const std::string reconciliation = ledger + "reconciliation?from=2021-01-01&to=2021-01-31";
  const json::value seen = told("accountant", reconciliation);
  ASSERT_EQ(seen.at("proposed").at("doubtful").as_array().size(), 2u)
      << "two lines fit one posting: " << json::serialize(seen);
  const std::string entry(seen.at("entries").at(0).at("id").as_string());
  EXPECT_TRUE(entry.starts_with("posting:")) << entry;
  const auto match = [&](const std::string& which) {
    return ask("accountant", "POST", ledger + "matches",
               json::object{{"pairs", json::array{json::object{{"line", which}, {"entry", entry}}}}})
        .body;
  };
  EXPECT_THAT(match(first), HasSubstr("\"refused\":[]"));
  EXPECT_THAT(match(second), HasSubstr("match.taken"));
  const Response back = ask("accountant", "POST", "/api/v1/registers/bank_line/steps/unmatch",
                            json::object{{"ids", json::array{first}}, {"reason", "对错了"}});
  ASSERT_EQ(json::parse(back.body).at("taken").as_array().size(), 1u) << back.body;
  EXPECT_THAT(match(second), HasSubstr("\"refused\":[]"));
  EXPECT_EQ(told("accountant", reconciliation).at("lines").at(0).at("id").as_string(), first);
}

TEST_P(MoneyWay, a_programme_and_an_account_have_their_statements) {
  const Response paid =
      ask("cashier", "POST", "/api/v1/registers/scholarship/steps/pay",
          json::object{{"ids", json::array{wang_, li_}}, {"values", json::object{{"paid_on", "2021-01-10"}}}});
  ASSERT_EQ(json::parse(paid.body).at("taken").as_array().size(), 2u) << paid.body;
  const json::value programmes = told("accountant", "/api/v1/registers/season_programme/records");
  const std::string programme(programmes.at("items").at(0).at("id").as_string());
  const json::value spent = told("accountant", ledger + "programmes/season_programme/" + programme);
  EXPECT_EQ(spent.at("spent").as_string(), "5000.00");
  EXPECT_EQ(spent.at("items").as_array().size(), 2u);
  const json::value statement = told("accountant", ledger + "statement?account=%E9%93%B6%E8%A1%8C%E5%AD%98%E6%AC%BE");
  EXPECT_EQ(statement.at("items").at(1).at("balance").as_string(), "-5000.00");
  EXPECT_EQ(told("accountant", ledger + "accounts").as_array().size(), 2u);
}

TEST_P(MoneyWay, opening_balances_are_entered_by_one_checked_by_another_and_posted_once) {
  const std::string records = "/api/v1/registers/opening_balance/records",
                    steps = "/api/v1/registers/opening_balance/steps/";
  const auto opened = [&](int year) {
    return ask("accountant", "POST", records,
               json::object{{"values", json::object{{"year", year}, {"basis", "资产负债表"}}}});
  };
  const Response made = opened(2021);
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(ask("cashier", "POST", records, json::object{{"values", json::object{}}}).status, 403);
  const std::string id = id_in(made);
  const auto line = [&](const char* account, const char* side, const char* amount) {
    return ask("accountant", "POST", "/api/v1/registers/opening_balance_lines/records",
               json::object{{"values", json::object{{"part_of", json::object{{"id", id}}},
                                                    {"account", account},
                                                    {"side", side},
                                                    {"amount", amount}}}});
  };
  const auto step = [&](const std::string& role, const std::string& name, const std::string& reason = "") {
    json::object body{{"ids", json::array{id}}};
    if (!reason.empty()) body.emplace("reason", reason);
    return ask(role, "POST", steps + name, body).body;
  };
  EXPECT_THAT(step("accountant", "submit"), HasSubstr("step.guard")) << "there is no line yet";
  EXPECT_THAT(line("银行存款", "credit", "1").body, HasSubstr("应在借方"));
  EXPECT_THAT(line("职工服务支出/四季送", "debit", "1").body, HasSubstr("没有期初余额"));
  ASSERT_EQ(line("银行存款", "debit", "20000").status, 201);
  ASSERT_EQ(line("工会资金结余", "credit", "19000").status, 201);
  EXPECT_THAT(step("accountant", "submit"), HasSubstr("借方合计与贷方合计不等"));
  ASSERT_EQ(line("其他应付款", "credit", "1000").status, 201);
  EXPECT_THAT(step("accountant", "submit"), HasSubstr("\"refused\":[]"));
  EXPECT_EQ(line("库存现金", "debit", "1").status, 422) << "what is handed in stays as it is";
  EXPECT_THAT(step("accountant", "post"), HasSubstr("step.role")) << "checked by another";
  EXPECT_THAT(step("approver", "post"), HasSubstr("\"refused\":[]"));

  const auto statement = [&] {
    return told("accountant", ledger + "statement?account=%E9%93%B6%E8%A1%8C%E5%AD%98%E6%AC%BE");
  };
  EXPECT_EQ(statement().at("opening").at(0).at("balance").as_string(), "20000.00");
  EXPECT_EQ(told("accountant", ledger + "accounts").as_array().size(), 3u);
  EXPECT_THAT(opened(2021).body, HasSubstr("record.unique"));

  EXPECT_THAT(step("approver", "reverse", "旧账差错"), HasSubstr("\"refused\":[]"));
  EXPECT_TRUE(statement().at("opening").as_array().empty()) << "as if it had not been";
  EXPECT_THAT(step("accountant", "submit"), HasSubstr("\"refused\":[]"));
  EXPECT_THAT(step("approver", "post"), HasSubstr("\"refused\":[]")) << "a reversed one stands in nobody's way";

  const Response next = opened(2022);
  create("opening_balance_lines", {{"part_of", "2022"}, {"account", "银行存款"}, {"side", "debit"}, {"amount", "5"}});
  create("opening_balance_lines",
         {{"part_of", "2022"}, {"account", "工会资金结余"}, {"side", "credit"}, {"amount", "5"}});
  const auto taken = [&](const std::string& role, const std::string& name) {
    return ask(role, "POST", steps + name, json::object{{"ids", json::array{id_in(next)}}}).body;
  };
  EXPECT_THAT(taken("accountant", "submit"), HasSubstr("\"refused\":[]"));
  EXPECT_THAT(taken("approver", "post"), HasSubstr("posting.opening")) << "the book carries on by itself";
}

TEST_P(MoneyWay, a_payment_of_a_batch_is_matched_with_the_batch_alone) {
  const Response made = batch({wang_, li_}, "ZF-1");
  const std::string address = ledger + "batches/" + id_in(made) + "/pay";
  EXPECT_THAT(ask("cashier", "POST", address, json::object{{"paid_on", "2021-01-09"}}).body, HasSubstr("2021-01-10"))
      << "before it was made";
  EXPECT_EQ(ask("cashier", "POST", address, json::object{{"paid_on", "2021-01-11"}}).status, 400) << "tomorrow";
  ASSERT_EQ(ask("cashier", "POST", address, json::object{{"paid_on", "2021-01-10"}}).status, 200);
  const std::string posting(
      told("accountant", ledger + "vouchers?month=2021-01").at("items").at(0).at("id").as_string());
  const std::string line = std::to_string(
      create("bank_line", {{"account", "基本户"}, {"reference", "C1"}, {"booked_on", "2021-01-11"}, {"paid", "3000"}}));
  EXPECT_THAT(ask("accountant", "POST", ledger + "matches",
                  json::object{{"pairs", json::array{json::object{{"line", line}, {"entry", "posting:" + posting}}}}})
                  .body,
              HasSubstr("match.in_batch"));
  const Response by_step = ask(
      "accountant", "POST", "/api/v1/registers/bank_line/steps/match",
      json::object{{"ids", json::array{line}}, {"values", json::object{{"batch", json::object{{"id", id_in(made)}}}}}});
  EXPECT_THAT(by_step.body, HasSubstr("match.amount")) << "3,000 are not the batch's 5,000, whichever way is taken";
}

TEST_P(MoneyWay, what_the_bank_sends_back_is_reversed_and_paid_again) {
  const std::string days = "reconciliation?from=2021-01-01&to=2021-01-31&bank_balance=";
  const auto batch_paid = [&](json::array ids, const std::string& code) {
    const std::string id = id_in(batch(std::move(ids), code));
    const Response paid =
        ask("cashier", "POST", ledger + "batches/" + id + "/pay", json::object{{"paid_on", "2021-01-10"}});
    EXPECT_TRUE(json::parse(paid.body).at("is_settled").as_bool()) << paid.body;
    return "batch:" + id;
  };
  const auto line = [&](const char* reference, const char* side, const char* amount, const char* name,
                        const char* summary) {
    return std::to_string(create("bank_line", {{"account", "基本户"},
                                               {"reference", reference},
                                               {"booked_on", "2021-01-10"},
                                               {side, amount},
                                               {"counterparty", name},
                                               {"summary", summary}}));
  };
  const auto match = [&](const std::string& which, const std::string& entry) {
    return ask("accountant", "POST", ledger + "matches",
               json::object{{"pairs", json::array{json::object{{"line", which}, {"entry", entry}}}}})
        .body;
  };
  const auto bounce = [&](const char* role, const std::string& which, const std::string& entry) {
    return ask(role, "POST", ledger + "bounces", json::object{{"line", which}, {"entry", entry}}).body;
  };
  const auto spent = [&] {
    return std::string(told("accountant", ledger + "income?year=2021").at("spending_total").at("amount").as_string());
  };

  const auto figure = [&] {
    return std::string(told("accountant", "/api/v1/indicators/autumn.funds?year=2021").at("value").as_string());
  };
  const std::string first = batch_paid({wang_, li_}, "ZF-1");
  EXPECT_THAT(match(line("A1", "paid", "5000", "", "代发 ZF-1"), first), HasSubstr("\"refused\":[]"));
  EXPECT_EQ(spent(), "5000.00");
  EXPECT_THAT(ask("accountant", "GET", "/api/v1/work").body, testing::Not(HasSubstr("scholarship")))
      << "what is paid waits for nobody, though it may come back";

  const std::string back = line("A2", "received", "2000", "", "李静 账号有误退回");
  const json::value offered = told("accountant", ledger + "bounces?line=" + back);
  ASSERT_EQ(offered.at("items").as_array().size(), 1u) << json::serialize(offered);
  EXPECT_TRUE(offered.at("items").at(0).at("is_named").as_bool());
  EXPECT_EQ(offered.at("items").at(0).at("name").as_string(), "李静");
  const std::string payment(offered.at("items").at(0).at("id").as_string());
  const std::string other = line("A3", "received", "2000.01", "", "");
  EXPECT_THAT(bounce("accountant", other, payment), testing::AllOf(HasSubstr("2,000.01"), HasSubstr("2,000.00")));
  EXPECT_THAT(bounce("accountant", line("A4", "paid", "2000", "", ""), payment), HasSubstr("bounce.line"));
  EXPECT_THAT(bounce("cashier", back, payment), HasSubstr("step.role")) << "who pays does not take back";
  EXPECT_EQ(spent(), "5000.00") << "what is refused leaves the book alone";
  EXPECT_THAT(bounce("accountant", back, payment), HasSubstr(li_));
  EXPECT_THAT(bounce("accountant", back, payment), HasSubstr("bounce.line")) << "once";

  const json::value record = told("accountant", "/api/v1/registers/scholarship/records/" + li_);
  EXPECT_EQ(record.at("values").at("state").as_string(), "approved") << json::serialize(record);
  const json::value vouchers = told("accountant", ledger + "vouchers?month=2021-01");
  EXPECT_EQ(vouchers.at("total").as_int64(), 3);
  EXPECT_TRUE(vouchers.at("items").at(2).at("is_red").as_bool());
  EXPECT_THAT(std::string(vouchers.at("items").at(2).at("narrative").as_string()), HasSubstr("账号有误退回"));
  EXPECT_EQ(spent(), "3000.00");
  EXPECT_EQ(figure(), "3000") << "the year's figure follows";
  EXPECT_EQ(told("cashier", ledger + "payable").at(0).at("amount").as_string(), "2000.00") << "it waits to be paid";
  EXPECT_EQ(told("accountant", ledger + "bounces?line=" + other).at("items").as_array().size(), 0u);
  json::value seen = told("accountant", ledger + days + "-3000");
  EXPECT_TRUE(seen.at("entries").as_array().empty()) << json::serialize(seen);
  EXPECT_EQ(seen.at("lines").as_array().size(), 2u) << "A3 and A4, which belong to nothing";

  const std::string second = batch_paid({li_}, "ZF-2");
  EXPECT_EQ(spent(), "5000.00");
  EXPECT_EQ(figure(), "5000");
  seen = told("accountant", ledger + days + "-5000");
  ASSERT_EQ(seen.at("entries").as_array().size(), 1u) << json::serialize(seen);
  EXPECT_EQ(seen.at("entries").at(0).at("id").as_string(), second) << "what the first batch paid stays its own";
  EXPECT_THAT(match(line("A5", "paid", "2000", "", "代发 ZF-2"), second), HasSubstr("\"refused\":[]"));
  EXPECT_TRUE(told("accountant", ledger + days + "-5000").at("entries").as_array().empty());
  EXPECT_TRUE(store_->read([&](store::Reader& reader) {
    return zhijia::ledger::compare_with_log(reader, [](Id, std::string_view what) { ADD_FAILURE() << what; }) == 4;
  }));
}

TEST_P(MoneyWay, a_payment_that_came_back_by_hand_is_two_entries_for_the_bank_s_two_lines) {
  const auto taken = [&](const char* role, const char* step, json::object values, const char* reason) {
    json::object body{{"ids", json::array{wang_}}, {"values", std::move(values)}};
    if (*reason) body.emplace("reason", reason);
    return ask(role, "POST", std::string("/api/v1/registers/scholarship/steps/") + step, body).body;
  };
  EXPECT_THAT(taken("cashier", "pay", {{"paid_on", "2021-01-08"}}, ""), HasSubstr("\"refused\":[]"));
  EXPECT_THAT(taken("accountant", "bounce", {{"bounced_on", "2021-01-09"}}, "销户"), HasSubstr("\"refused\":[]"));
  const auto entries = [&](const std::string& to) {
    return told("accountant", ledger + "reconciliation?from=2021-01-01&to=" + to).at("entries").as_array();
  };
  ASSERT_EQ(entries("2021-01-08").size(), 1u);
  const json::array both = entries("2021-01-31");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both.at(0).at("amount").as_string(), "-3000.00");
  EXPECT_EQ(both.at(1).at("amount").as_string(), "3000.00");
  create("bank_line", {{"account", "基本户"},
                       {"reference", "1"},
                       {"booked_on", "2021-01-08"},
                       {"paid", "3000"},
                       {"counterparty", "王伟"}});
  create("bank_line", {{"account", "基本户"},
                       {"reference", "2"},
                       {"booked_on", "2021-01-09"},
                       {"received", "3000"},
                       {"counterparty", "王伟"}});
  const json::value seen = told("accountant", ledger + "reconciliation?from=2021-01-01&to=2021-01-31");
  EXPECT_EQ(seen.at("proposed").at("exact").as_array().size(), 2u) << json::serialize(seen);
}

TEST_P(MoneyWay, what_waits_is_told_in_all_and_a_programme_s_statement_runs_by_days_over_all_registers) {
  for (int n = 0; n < 500; ++n) {
    std::string number = "61079919700101" + std::to_string(100 + n);
    number += identity_check_character(number);
    scholarship("学生" + std::to_string(n), number, "1");
  }
  const json::value waits = told("cashier", ledger + "payable");
  EXPECT_EQ(waits.at(0).at("records").as_int64(), 502) << "more than one batch holds";
  EXPECT_EQ(waits.at(0).at("amount").as_string(), "5500.00");
  const auto pay = [&](const std::string& id, const char* day) {
    ask("cashier", "POST", "/api/v1/registers/scholarship/steps/pay",
        json::object{{"ids", json::array{id}}, {"values", json::object{{"paid_on", day}}}});
  };
  pay(wang_, "2021-01-03");
  pay(li_, "2021-01-08");
  create("season_fund", {{"code", "F1"},
                         {"programme", "P1"},
                         {"region", "610702"},
                         {"source", "union"},
                         {"amount", "10"},
                         {"paid_on", "2021-01-05"},
                         {"state", "paid"}});
  const std::string programme(
      told("accountant", "/api/v1/registers/season_programme/records").at("items").at(0).at("id").as_string());
  const json::value statement = told("accountant", ledger + "programmes/season_programme/" + programme);
  std::vector<std::string> days;
  for (const json::value& item : statement.at("items").as_array()) days.emplace_back(item.at("on").as_string());
  EXPECT_THAT(days, testing::ElementsAre("2021-01-03", "2021-01-05", "2021-01-08"));
  EXPECT_EQ(statement.at("items").at(1).at("balance").as_string(), "3010.00");
}

TEST_P(MoneyWay, a_budget_is_held_against_what_is_approved_and_paid_and_a_change_lifts_it) {
  create("union", {{"code", "U1"},
                   {"name", "市总工会"},
                   {"level", "city"},
                   {"kind", "federation"},
                   {"region", "610700"},
                   {"founded_on", "1950-01-01"}});
  const auto budget = [&](const std::string& edition, const std::string& amount) {
    const std::string code = "YS-" + edition;
    const std::string id = std::to_string(create(
        "union_budget",
        {{"organisation", "U1"}, {"code", code}, {"year", "2021"}, {"edition", edition}, {"carried", "100000"}}));
    create("union_budget_lines", {{"part_of", code}, {"side", "income"}, {"account", "拨缴经费收入"}, {"amount", "1"}});
    create("union_budget_lines",
           {{"part_of", code}, {"side", "spending"}, {"account", "职工服务支出"}, {"amount", amount}});
    for (const auto& [role, step] : {std::pair{"clerk", "submit"}, {"auditor", "review"}, {"approver", "approve"}}) {
      const Response taken = ask(role, "POST", std::string("/api/v1/registers/union_budget/steps/") + step,
                                 json::object{{"ids", json::array{id}}});
      ASSERT_EQ(json::parse(taken.body).at("taken").as_array().size(), 1u) << taken.body;
    }
  };
  // Two scholarships, 5,000 together, are approved already.
  budget("1", "6000");
  const auto line = [&] { return told("accountant", ledger + "budget?year=2021").at("lines").at(0); };
  EXPECT_EQ(line().at("promised").as_string(), "5000.00");
  EXPECT_EQ(line().at("left").as_string(), "1000.00");
  EXPECT_EQ(line().at("promises").at(0).at("register").as_string(), "scholarship");

  const auto pay = [&](const std::string& id) {
    return ask("cashier", "POST", "/api/v1/registers/scholarship/steps/pay",
               json::object{{"ids", json::array{id}}, {"values", json::object{{"paid_on", "2021-01-10"}}}})
        .body;
  };
  EXPECT_THAT(pay(wang_), HasSubstr("\"refused\":[]")) << "what was promised is paid";
  EXPECT_EQ(line().at("spent").as_string(), "3000.00");
  EXPECT_EQ(line().at("promised").as_string(), "2000.00");

  const std::string fund = std::to_string(create("season_fund", {{"code", "F1"},
                                                                 {"programme", "P1"},
                                                                 {"region", "610702"},
                                                                 {"source", "union"},
                                                                 {"amount", "1500"},
                                                                 {"paid_on", "2021-01-10"}}));
  const auto approve = [&] {
    return ask("approver", "POST", "/api/v1/registers/season_fund/steps/approve",
               json::object{{"ids", json::array{fund}}})
        .body;
  };
  const std::string refused = approve();
  EXPECT_THAT(refused, HasSubstr("budget.exceeded"));
  EXPECT_THAT(
      refused,
      HasSubstr(
          "预算 6,000.00 元，已列支 3,000.00 元，已批准待付 2,000.00 元，还剩 1,000.00 元，不够支付 1,500.00 元"));
  const auto imported = store_->write([&](store::Transaction& transaction) {
    return registers_->create(transaction, *registers_->catalogue().find_register("season_fund"),
                              {{"code", "F2"},
                               {"programme", "P1"},
                               {"region", "610702"},
                               {"source", "union"},
                               {"amount", "1001"},
                               {"paid_on", "2021-02-10"},
                               {"state", "paid"}},
                              {.id = "test", .source = "test", .roles = {}});
  });
  ASSERT_FALSE(imported) << "a workbook is held to it as a step is";
  EXPECT_EQ(imported.error().front().code, "budget.exceeded");
  EXPECT_NE(create("season_fund", {{"code", "F3"},
                                   {"programme", "P1"},
                                   {"region", "610702"},
                                   {"source", "union"},
                                   {"amount", "1001"},
                                   {"paid_on", "2022-02-10"},
                                   {"state", "paid"}}),
            0)
      << "another year has another budget, or none";

  budget("2", "6500");
  EXPECT_THAT(approve(), HasSubstr("\"refused\":[]"));
  EXPECT_EQ(line().at("left").as_string(), "0.00");
  EXPECT_EQ(told("accountant", ledger + "budget?year=2021").at("budget").at("edition").as_int64(), 2);
  EXPECT_THAT(pay(li_), HasSubstr("\"refused\":[]")) << "to the last yuan";
  const json::value next = told("accountant", ledger + "budget?year=2022");
  EXPECT_TRUE(next.at("budget").is_null());
  EXPECT_EQ(next.at("beside").at(0).at("spent").as_string(), "1001.00");
}

INSTANTIATE_TEST_SUITE_P(On, MoneyWay, testing::Values("sqlite", "postgresql"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace zhijia::http
