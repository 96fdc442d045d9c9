#include <gmock/gmock.h>

#include <fstream>

#include "support/small_city.hpp"

/// A county's clerk brings a roster: uploaded, looked at, mended, taken, undone.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr const char* numbers[] = {"610799198001011001", "610799198001011028", "610799198001011036"};

/// A member's value as text.
std::string said(const json::object& object, std::string_view name) {
  const json::value& value = object.at(name);
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}
std::string said(const json::object& object, std::string_view outer, std::string_view name) {
  return said(object.at(outer).as_object(), name);
}

class Imports : public SmallCity {
 protected:
  Imports() : users_(*store_, vault_, clock_) {
    imports_.emplace(*store_, *registers_, users_, clock_, folder_.path / "imports");
    Services services{*store_, *registers_, 2020, &users_, &files_};
    services.imports = &*imports_;
    router_ = routes(services);
    router_.guard({});  // sessions are given by hand
    here_ = add("here", {{.role = "clerk", .scope = access::Scope::region, .region = "610702"}});
    elsewhere_ = add("elsewhere", {{.role = "clerk", .scope = access::Scope::region, .region = "610703"}});
    chair_ = add("chair", {{.role = "clerk", .scope = access::Scope::all},
                           {.role = "union_chair", .scope = access::Scope::all}});
    create("union", {{"code", "GH1"},
                     {"name", "甲厂工会"},
                     {"region", "610702"},
                     {"level", "grassroots"},
                     {"kind", "enterprise"},
                     {"founded_on", "2010-01-01"}});
  }

  access::User add(const std::string& name, std::vector<access::Grant> grants) {
    access::User user{.name = name, .title = name, .grants = std::move(grants)};
    return users_.add(user, "a passphrase to begin with", "test").value();
  }

  Response ask(const access::User& user, const std::string& method, const std::string& target,
               const json::value& body = nullptr, const std::string* upload = nullptr) {
    Request request = request_of(method, target, body, upload);
    request.session = std::make_shared<const access::Session>(access::Session{.user = user, .csrf = {}});
    return router_.answer(std::move(request));
  }

  /// Uploads a csv of members and waits for its check.
  json::object upload(const access::User& user, const std::string& csv, const std::string& more = {}) {
    const Response made = ask(user, "POST", "/api/v1/registers/member/imports?name=roster.csv" + more, nullptr, &csv);
    EXPECT_EQ(made.status, 201) << made.body;
    if (made.status != 201) return {};
    id_ = std::string(json::parse(made.body).at("id").as_string());
    return job(user);
  }

  std::string address(const std::string& what = {}) const { return "/api/v1/registers/member/imports/" + id_ + what; }

  json::object job(const access::User& user) {
    imports_->wait();
    return json::parse(ask(user, "GET", address()).body).as_object();
  }

  json::object after(const access::User& user, const std::string& method, const std::string& what,
                     const json::value& body = nullptr) {
    const Response response = ask(user, method, address(what), body);
    EXPECT_LT(response.status, 300) << response.body;
    return job(user);
  }

  std::int64_t count(const std::string& sql) {
    return store_->read([&](store::Reader& reader) {
      auto rows = reader.query(sql);
      rows.next();
      return rows.integer(0);
    });
  }

  static std::string row(int person, const std::string& name, const std::string& number = {}) {
    return "甲厂工会," + name + "," + (number.empty() ? numbers[person] : number) + ",2020-03-01\n";
  }

  const std::string header_ = "工会,姓名,身份证号,入会日期\n";
  access::Users users_;
  std::optional<exchange::ImportJobs> imports_;
  Router router_;
  access::User here_, elsewhere_, chair_;
  std::string id_;
};

TEST_F(Imports, writes_nothing_before_it_is_taken_and_all_of_it_then) {
  json::object checked = upload(here_, header_ + row(0, "张三") + row(1, "李四"));
  EXPECT_EQ(said(checked, "state"), "checked") << checked;
  EXPECT_EQ(said(checked, "report", "created"), "2") << checked;
  EXPECT_EQ(count("SELECT count(*) FROM member"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM person"), 0);
  const json::object taken = after(here_, "POST", "/take", {{"rows", "all"}});
  EXPECT_EQ(said(taken, "state"), "taken") << taken;
  EXPECT_EQ(count("SELECT count(*) FROM member"), 2);
  EXPECT_EQ(count("SELECT count(*) FROM change_log WHERE kind = 'import' AND register = 'member'"), 1);
}

TEST_F(Imports, what_one_wrote_is_listed_alone) {
  upload(here_, header_ + row(0, "张三"));
  const json::object earlier = after(here_, "POST", "/take", {{"rows", "all"}});
  const json::object checked = upload(here_, header_ + row(1, "李四"));
  EXPECT_TRUE(checked.at("report").at("written").is_null()) << "a check writes nothing";
  const json::object taken = after(here_, "POST", "/take", {{"rows", "all"}});
  const auto listed = [&](const json::object& job) {
    const std::string written(job.at("report").at("written").as_string());
    return ask(here_, "GET", "/api/v1/registers/member/records?total=true&written=" + written).body;
  };
  EXPECT_NE(listed(earlier).find("张三"), std::string::npos);
  EXPECT_EQ(json::parse(listed(earlier)).at("total"), 1);
  EXPECT_NE(listed(taken).find("李四"), std::string::npos);
  EXPECT_EQ(listed(taken).find("张三"), std::string::npos);
  EXPECT_EQ(ask(elsewhere_, "GET", "/api/v1/registers/member/records?written=1-9000000").body.find("张三"),
            std::string::npos)
      << "nobody reaches further by it";
  for (const char* span : {"", "1", "2-1", "1-", "-1", "x-y", "1-2-3"})
    EXPECT_EQ(ask(here_, "GET", std::string("/api/v1/registers/member/records?written=") + span).status, 400) << span;
}

TEST_F(Imports, names_each_fault_takes_nothing_and_is_mended_in_place) {
  const json::object checked = upload(here_, header_ + row(0, "张三", "610799198001011000") + row(1, "李四"));
  EXPECT_EQ(said(checked, "report", "faulty"), "1") << checked;
  const json::value faults = json::parse(ask(here_, "GET", address("/faults")).body);
  ASSERT_EQ(faults.at("items").as_array().size(), 1u);
  const json::object& fault = faults.at("items").as_array().front().as_object();
  EXPECT_EQ(said(fault, "cell"), "C2");
  EXPECT_EQ(said(fault, "value"), "610799198001011000");
  EXPECT_EQ(said(fault, "code"), "identity_number.check_digit");
  EXPECT_EQ(ask(here_, "POST", address("/take"), {{"rows", "all"}}).status, 422);

  const json::object mended = after(here_, "PATCH", "/cells", {{"cells", {{{"cell", "C2"}, {"value", numbers[0]}}}}});
  EXPECT_EQ(said(mended, "report", "faulty"), "0") << mended;
  EXPECT_EQ(said(mended, "corrections"), "1");
  EXPECT_EQ(said(after(here_, "POST", "/take", {{"rows", "all"}}), "state"), "taken");
  EXPECT_EQ(count("SELECT count(*) FROM member"), 2);
}

TEST_F(Imports, takes_the_good_rows_only_when_asked_and_leaves_no_person_behind) {
  upload(here_, header_ + "乙厂工会,王五," + numbers[2] + ",2020-03-01\n" + row(1, "李四"));
  const json::object taken = after(here_, "POST", "/take", {{"rows", "good"}});
  EXPECT_EQ(said(taken, "state"), "taken") << taken;
  EXPECT_EQ(said(taken, "report", "created"), "1");
  EXPECT_EQ(said(taken, "report", "faulty"), "1");
  EXPECT_EQ(count("SELECT count(*) FROM member"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM person"), 1);
}

TEST_F(Imports, proposes_fields_for_headers_and_remembers_what_the_user_chose) {
  const std::string csv =
      "序号,工会,姓名,身份证,何时,电话\n1,甲厂工会,张三," + std::string(numbers[0]) + ",2020-03-01,1\n";
  const json::object checked = upload(here_, csv);
  EXPECT_EQ(said(checked, "state"), "checked");
  EXPECT_FALSE(checked.at("problems").as_array().empty());
  const auto column = [](const json::object& job, std::size_t at) {
    return job.at("mapping").at("columns").as_array().at(at).as_object();
  };
  EXPECT_EQ(said(column(checked, 0), "ignored"), "true");
  EXPECT_EQ(said(column(checked, 3), "field"), "subject.identity_number");
  EXPECT_EQ(said(column(checked, 3), "by"), "likeness");
  const json::object mapped =
      after(here_, "PATCH", "/mapping",
            {{"columns", {{{"column", "E"}, {"field", "joined_on"}}, {{"column", "F"}, {"field", nullptr}}}}});
  EXPECT_EQ(said(mapped, "problems"), "[]") << mapped;
  EXPECT_EQ(said(mapped, "report", "created"), "1");
  const json::object again = upload(here_, csv);
  EXPECT_EQ(said(column(again, 4), "by"), "memory");
  EXPECT_EQ(said(again, "report", "created"), "1") << again;
}

TEST_F(Imports, reach_no_further_than_who_imports) {
  const json::object checked = upload(elsewhere_, header_ + row(0, "张三"));
  EXPECT_EQ(said(checked, "report", "faulty"), "1");
  EXPECT_THAT(ask(elsewhere_, "GET", address("/faults")).body, HasSubstr("record.reach"));
  const access::User reader = add("reader", {{.role = "auditor", .scope = access::Scope::all}});
  const std::string csv = header_ + row(0, "张三");
  EXPECT_EQ(ask(reader, "POST", "/api/v1/registers/member/imports?name=a.csv", nullptr, &csv).status, 403);
}

TEST_F(Imports, take_no_step_that_is_for_another_role) {
  const std::string csv =
      "工会,姓名,身份证号,入会日期,状态\n甲厂工会,张三," + std::string(numbers[0]) + ",2020-03-01,会员\n";
  EXPECT_EQ(said(upload(here_, csv), "report", "faulty"), "1");
  EXPECT_THAT(ask(here_, "GET", address("/faults")).body, HasSubstr("step.role"));
  EXPECT_EQ(said(upload(chair_, csv), "report", "faulty"), "0");
}

TEST_F(Imports, are_seen_by_their_user_only) {
  upload(here_, header_ + row(0, "张三"));
  for (const char* what : {"", "/faults", "/marked.xlsx"})
    EXPECT_EQ(ask(elsewhere_, "GET", address(what)).status, 404) << what;
  EXPECT_EQ(ask(elsewhere_, "POST", address("/cancel")).status, 404);
  EXPECT_EQ(ask(here_, "GET", "/api/v1/registers/union/imports/" + id_).status, 404);
}

TEST_F(Imports, leave_nothing_when_cancelled) {
  upload(here_, header_ + row(0, "张三"));
  EXPECT_EQ(said(after(here_, "POST", "/cancel"), "state"), "cancelled");
  EXPECT_FALSE(std::filesystem::exists(folder_.path / "imports" / id_));
  EXPECT_EQ(ask(here_, "POST", address("/take"), {{"rows", "all"}}).status, 409);
}

TEST_F(Imports, are_undone_whole_and_logged) {
  upload(here_, header_ + row(0, "张三") + row(1, "李四"));
  after(here_, "POST", "/take", {{"rows", "all"}});
  const json::object undone = after(here_, "POST", "/undo");
  EXPECT_EQ(said(undone, "state"), "undone") << undone;
  EXPECT_EQ(count("SELECT count(*) FROM member"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM member_history"), 2);
  EXPECT_EQ(count("SELECT count(*) FROM change_log WHERE kind = 'undo_import'"), 1);
  EXPECT_TRUE(store_->verify()->problems.empty());
}

TEST_F(Imports, are_not_undone_by_who_no_longer_reaches_their_records) {
  upload(here_, header_ + row(0, "张三"));
  EXPECT_EQ(said(after(here_, "POST", "/take", {{"rows", "all"}}), "state"), "taken");
  const std::vector<access::Grant> grants = {{.role = "clerk", .scope = access::Scope::region, .region = "610703"}};
  ASSERT_TRUE(users_.grant(here_.id, grants, "test"));
  const json::object refused = after(here_, "POST", "/undo");
  EXPECT_EQ(said(refused, "state"), "taken");
  EXPECT_THAT(said(refused, "problems"), HasSubstr("access.scope"));
  EXPECT_EQ(count("SELECT count(*) FROM member"), 1);
  ASSERT_TRUE(users_.grant(here_.id, here_.grants, "test"));
  EXPECT_EQ(said(after(here_, "POST", "/undo"), "state"), "undone");
}

TEST_F(Imports, are_not_undone_once_a_record_changed) {
  upload(here_, header_ + row(0, "张三") + row(1, "李四"));
  after(here_, "POST", "/take", {{"rows", "all"}});
  const Id id = count("SELECT min(id) FROM member");
  const auto changed = store_->write([&](store::Transaction& transaction) {
    return registers_->change(transaction, *registers_->catalogue().find_register("member"), id, 1,
                              {{"campaign", "是"}}, {.id = "x", .source = "x", .roles = {}});
  });
  ASSERT_TRUE(changed);
  const json::object refused = after(here_, "POST", "/undo");
  EXPECT_EQ(said(refused, "state"), "taken");
  ASSERT_EQ(refused.at("problems").as_array().size(), 1u) << refused;
  const json::object& problem = refused.at("problems").as_array().front().as_object();
  EXPECT_EQ(said(problem, "code"), "undo.changed_since");
  EXPECT_EQ(said(problem, "record"), "member/" + std::to_string(id));
}

TEST_F(Imports, outlive_the_program) {
  upload(here_, header_ + row(0, "张三", "610799198001011000"));
  imports_.reset();
  imports_.emplace(*store_, *registers_, users_, clock_, folder_.path / "imports");
  EXPECT_EQ(said(job(here_), "report", "faulty"), "1");
  EXPECT_THAT(ask(here_, "GET", address("/faults")).body, HasSubstr("C2"));
}

TEST_F(Imports, come_back_marked) {
  upload(here_, header_ + row(0, "张三", "610799198001011000") + row(1, "李四"));
  const Response marked = ask(here_, "GET", address("/marked.xlsx"));
  ASSERT_EQ(marked.status, 200) << marked.body;
  const std::filesystem::path file = folder_.path / "marked.xlsx";
  std::ofstream out(file, std::ios::binary);
  marked.stream([&](std::string piece) {
    out << piece;
    return true;
  });
  out.close();
  std::vector<std::vector<std::string>> rows;
  ASSERT_TRUE(exchange::read_sheet(file, [&](const std::string&, const exchange::Row& row) {
    rows.emplace_back();
    for (const exchange::Cell& cell : row.cells) rows.back().push_back(cell.text);
    return true;
  }));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].back(), "导入错误");
  EXPECT_EQ(rows[1][2], "610799198001011000");
  EXPECT_THAT(rows[1].back(), HasSubstr("校验"));
  EXPECT_EQ(rows[2].size(), 4u);
}

}  // namespace
}  // namespace zhijia::http
