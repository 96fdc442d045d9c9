#include "support/matrix.hpp"

/// Workbooks in and out: every operation × role × scope × register. What goes out is what a list shows; what comes in
/// is its user's own affair, row by row within his reach.
namespace zhijia::http {
namespace {

class WorkbookMatrix : public Matrix {
 protected:
  WorkbookMatrix() {
    imports_.emplace(*store_, *registers_, users_, clock_, folder_.path / "imports");
    Services services{*store_, *registers_, 2020, &users_, &files_};
    services.imports = &*imports_;
    services.costly_a_minute = 1'000'000;
    router_ = routes(services);
    router_.guard({});
  }

  /// The account that is granted this and nothing else; an import asks what it is granted when the work is done.
  const access::User& user_with(const access::Grant& grant) {
    std::string name = grant.role + "-" + std::string(access::name_of(grant.scope)) + grant.region;
    const auto known = accounts_.find(name);
    if (known != accounts_.end()) return known->second;
    const auto added = users_.add({.name = name, .grants = {grant}}, "a passphrase to begin with", "test");
    return accounts_.emplace(name, added.value()).first->second;
  }

  Response answer(const access::User& user, const std::string& method, const std::string& target,
                  const json::value& body = nullptr, const std::string* upload = nullptr) {
    Request request = request_of(method, target, body, upload);
    request.session = std::make_shared<const access::Session>(access::Session{.user = user, .csrf = {}});
    return router_.answer(std::move(request));
  }

  /// Every register by every role with every scope; `ask` returns what was wrong, or nothing.
  void for_all(const std::function<std::string(const Register&, const access::Grant&)>& ask) {
    int wrong = 0;
    for (const Register& of : registers_->catalogue().registers)
      for (const std::string& role : roles())
        for (access::Grant grant : scopes) {
          grant.role = role;
          const std::string what = ask(of, grant);
          if (what.empty() || ++wrong > 20) continue;
          ADD_FAILURE() << of.name << " by " << role << " with scope " << access::name_of(grant.scope) << grant.region
                        << ": " << what;
        }
    EXPECT_EQ(wrong, 0);
  }

  /// The records of a csv: its lines less the header.
  static std::int64_t rows_of(const Response& response) {
    std::string text;
    response.stream([&text](std::string piece) {
      text += piece;
      return true;
    });
    return std::ranges::count(text, '\n') - 1;
  }

  std::int64_t in_reach(const Register& of, const std::function<bool(const Row&)>& is_wanted) const {
    return std::ranges::count_if(rows_.at(of.name), is_wanted);
  }

  std::optional<exchange::ImportJobs> imports_;
  std::map<std::string, access::User> accounts_;
};

TEST_F(WorkbookMatrix, exports_hold_what_the_role_reads_within_its_reach) {
  for_all([&](const Register& of, const access::Grant& grant) -> std::string {
    const access::User& user = user_with(grant);
    const std::string address = "/api/v1/registers/" + of.name;
    if (const int status = answer(user, "GET", address + "/template.xlsx").status; status != 200)
      return "template gave " + std::to_string(status);
    if (const int status = answer(user, "GET", address + "/export.xlsx").status; status != 200)
      return "export.xlsx gave " + std::to_string(status);
    const Response masked = answer(user, "GET", address + "/export.csv");
    if (masked.status != 200) return "export.csv gave " + std::to_string(masked.status);
    const auto seen = in_reach(of, [&](const Row& row) { return reads(of, grant.role) && sees_row(grant, of, row); });
    if (const auto rows = rows_of(masked); rows != seen)
      return "exported " + std::to_string(rows) + " rows instead of " + std::to_string(seen);
    const Response clear = answer(user, "GET", address + "/export.csv?secrets=clear&reason=test");
    if (!reveals(of, grant.role) || !reads(of, grant.role))
      return clear.status == 403 ? "" : "secrets gave " + std::to_string(clear.status);
    if (clear.status != 200) return "secrets gave " + std::to_string(clear.status);
    // A shared register is read whole, but its secrets are for who reaches the record.
    const auto revealed = in_reach(of, [&](const Row& row) { return reaches(grant, of, row); });
    const auto rows = rows_of(clear);
    return rows == revealed ? "" : "revealed " + std::to_string(rows) + " rows instead of " + std::to_string(revealed);
  });
}

TEST_F(WorkbookMatrix, imports_are_for_who_writes_and_are_their_users_own) {
  for_all([&](const Register& of, const access::Grant& grant) -> std::string {
    const access::User& user = user_with(grant);
    const access::User stranger{.id = 1, .name = "stranger", .title = "stranger", .grants = {grant}};
    const std::string imports = "/api/v1/registers/" + of.name + "/imports";
    std::string header;
    for (const registers::CellColumn& column : registers::cell_columns(of))
      header += (header.empty() ? "" : ",") + column.title.zh;
    header += "\n";
    const Response begun = answer(user, "POST", imports + "?name=a.csv", nullptr, &header);
    const bool writes = creates(of, grant.role) || std::ranges::any_of(rows_.at(of.name), [&](const Row& row) {
                          return changes(of, grant.role, row.state);
                        });
    if (!writes) return begun.status == 403 ? "" : "upload gave " + std::to_string(begun.status);
    if (begun.status != 201) return "upload gave " + std::to_string(begun.status) + begun.body;
    imports_->wait();
    const std::string job = imports + "/" + std::string(json::parse(begun.body).at("id").as_string());
    struct Operation {
      const char *method, *what;
      json::value body;
      int status;
    };
    const Operation operations[] = {{"GET", "", nullptr, 200},
                                    {"GET", "/faults", nullptr, 200},
                                    {"GET", "/marked.xlsx", nullptr, 200},
                                    {"PATCH", "/mapping", json::object{{"existing", "keep"}}, 200},
                                    {"PATCH", "/cells", json::object{{"cells", json::array()}}, 200},
                                    {"POST", "/take", json::object{{"rows", "all"}}, 202},
                                    {"POST", "/undo", nullptr, 202},
                                    {"POST", "/cancel", nullptr, 409}};
    for (const Operation& each : operations) {
      if (const int status = answer(stranger, each.method, job + each.what, each.body).status; status != 404)
        return std::string(each.what) + " of another's import gave " + std::to_string(status);
      const Response done = answer(user, each.method, job + each.what, each.body);
      if (done.status != each.status)
        return std::string(each.what) + " gave " + std::to_string(done.status) + " " + done.body;
      if (done.stream)
        done.stream([](const std::string&) { return true; });  // what it made is removed when it was sent
      imports_->wait();
    }
    const json::value listed = json::parse(answer(user, "GET", imports).body);
    // The sheet had no row: its undoing was begun, and found nothing to do.
    const json::value& last = listed.at("items").as_array().front();
    if (last.at("problems").as_array().empty() || last.at("problems").at(0).at("code") != json::value("undo.nothing"))
      return "undo did " + json::serialize(last.at("problems"));
    const json::value others = json::parse(answer(stranger, "GET", imports).body);
    return others.at("items").as_array().empty() ? "" : "another's imports are listed";
  });
}

/// Two rows, of a union here and of one elsewhere: those out of reach are faults, and nothing else of them is.
TEST_F(WorkbookMatrix, rows_of_an_import_are_faults_where_the_scope_ends) {
  const Register& member = *registers_->catalogue().find_register("member");
  const std::string imports = "/api/v1/registers/member/imports";
  const std::string roster =
      "姓名,身份证号,工会,入会日期\n"
      "甲,610799198001011001,#2,2020-03-01\n"
      "乙,610799198001011028,#3,2020-03-01\n";
  for (const std::string& role : roles())
    for (access::Grant grant : scopes) {
      grant.role = role;
      if (!creates(member, role)) continue;
      const access::User& user = user_with(grant);
      const Response begun = answer(user, "POST", imports + "?name=a.csv", nullptr, &roster);
      ASSERT_EQ(begun.status, 201) << begun.body;
      imports_->wait();
      const std::string job = imports + "/" + std::string(json::parse(begun.body).at("id").as_string());
      std::set<std::int64_t> faulty, right;
      const Response faults = answer(user, "GET", job + "/faults");
      const json::value page = json::parse(faults.body);
      for (const json::value& fault : page.at("items").as_array()) {
        EXPECT_EQ(fault.at("code"), json::value("record.reach")) << json::serialize(fault);
        faulty.insert(fault.at("row").to_number<std::int64_t>());
      }
      if (!reaches(grant, member, {0, true, ""})) right.insert(2);
      if (!reaches(grant, member, {0, false, ""})) right.insert(3);
      EXPECT_EQ(faulty, right) << role << " " << access::name_of(grant.scope) << grant.region;
      EXPECT_EQ(answer(user, "POST", job + "/take", json::object{{"rows", "all"}}).status, right.empty() ? 202 : 422);
      imports_->wait();
      EXPECT_EQ(answer(user, "POST", job + (right.empty() ? "/undo" : "/cancel")).status, 202);
      imports_->wait();
    }
}

}  // namespace
}  // namespace zhijia::http
