#include "support/matrix.hpp"

/// Every operation × role × scope × state that the packs know, asked over the interface and compared with what the
/// rules of registers/permission.hpp say in words, worked out here a second time and by other means. Scope `self`,
/// which is no grant, has its part of the matrix in self_test.cpp.
namespace zhijia::http {
namespace {

TEST_F(Matrix, allows_and_refuses_every_operation_as_the_rules_say) {
  int asked = 0, wrong = 0;
  for (const Register& of : registers_->catalogue().registers)
    for (const std::string& role : roles())
      for (access::Grant grant : scopes) {
        grant.role = role;
        const auto expect = [&](bool is_right, const std::string& what, const Row* row, int status) {
          ++asked;
          if (is_right || ++wrong > 20) return;
          ADD_FAILURE() << what << " of " << of.name << " by " << role << " with scope " << access::name_of(grant.scope)
                        << grant.region << (row ? (row->is_here ? " here " : " elsewhere ") + row->state : "")
                        << " gave " << status;
        };
        const std::string records = "/api/v1/registers/" + of.name + "/records";
        const int created = ask("POST", records, grant, nullptr, json::object{{"values", json::object{}}});
        expect(creates(of, role) ? created == 422 : created == 403, "create", nullptr, created);
        const json::value list = answer_of(records + "?limit=1000", grant);
        const auto in_reach = std::ranges::count_if(
            rows_[of.name], [&](const Row& row) { return reads(of, role) && sees_row(grant, of, row); });
        expect(std::cmp_equal(list.at("items").as_array().size(), in_reach), "list", nullptr,
               static_cast<int>(list.at("items").as_array().size()));
        expect(answer_of("/api/v1/registers/" + of.name + "/search", grant, json::object{{"limit", 1000}}) == list,
               "search", nullptr, 0);
        for (const json::value& record : list.at("items").as_array())
          expect(is_shown_rightly(of, role, record.as_object()), "fields", nullptr, 0);
        for (const Field& field : of.fields) {
          if (registers::is_sealed(field) || registers::is_link(field) || !reads(of, role)) continue;
          // Files have no order, and nothing to compare with.
          const bool may_ask = seen(field, role) == Seen::whole && field.type != FieldType::attachment;
          const int filtered = ask("GET", records + "?where=" + field.name + "%20=%20null", grant, nullptr);
          expect((filtered == 200) == may_ask, "filter by " + field.name, nullptr, filtered);
          const int sorted = ask("GET", records + "?sort=" + field.name, grant, nullptr);
          expect((sorted == 200) == may_ask, "sort by " + field.name, nullptr, sorted);
        }
        for (Row& row : rows_[of.name]) {
          const std::string address = records + "/" + std::to_string(row.id);
          const bool sees = reads(of, role) && sees_row(grant, of, row);
          const bool is_within = reaches(grant, of, row);
          for (const char* part : {"", "/history", "/steps", "/publicity"})
            if (const int status = ask("GET", address + part, grant, nullptr); true)
              expect(status == (sees ? 200 : 404), "read" + std::string(part), &row, status);
          const int changed = ask("PATCH", address, grant, &row, json::object{{"values", json::object{}}});
          expect(!sees                                       ? changed == 404
                 : is_within && changes(of, role, row.state) ? is_let_in(changed)
                                                             : changed == 403,
                 "change", &row, changed);
          // With a version that no row has: what is asked is who may.
          Row stale{row.id, row.is_here, row.state, 99};
          const int gone = ask("DELETE", address, grant, &stale);
          const bool may_change_all =
              changes(of, role, row.state) && std::ranges::all_of(of.fields, [&](const Field& field) {
                return field.name == "state" || !field.computed_as.empty() || !of.access.change ||
                       changes(of, role, row.state, field.name);
              });
          const bool may_hide =
              std::ranges::any_of(of.fields, [&](const Field& field) { return seen(field, role) == Seen::not_at_all; });
          expect(!sees                                      ? gone == 404
                 : is_within && may_change_all && !may_hide ? gone == (of.part_of.empty() || of.flow ? 409 : 412)
                                                            : gone == 403,
                 "remove", &row, gone);
          for (const Field& field : of.fields) {
            if (!of.access.change || !sees || !field.computed_as.empty() || field.name == "state") continue;
            const int status =
                ask("PATCH", address, grant, &row, json::object{{"values", json::object{{field.name, nullptr}}}});
            expect(is_within && changes(of, role, row.state, field.name) ? is_let_in(status) : status == 403,
                   "change " + field.name, &row, status);
            restore(of, row);
          }
          if (const auto secret = std::ranges::find_if(of.fields, registers::is_sealed); secret != of.fields.end()) {
            const int shown = ask("POST", address + "/reveal", grant, nullptr,
                                  json::object{{"field", secret->name}, {"reason", "test"}});
            expect(shown == (!sees ? 404 : is_within && reveals(of, role) ? 200 : 403), "reveal", &row, shown);
          }
          for (const Field& field : of.fields)
            if (field.type == FieldType::attachment) {
              const bool is_secret = registers::is_sealed(field);
              const bool writes = is_within && changes(of, role, row.state, field.name);
              const std::string papers = address + "/attachments/" + field.name;
              const int read = ask("GET", papers + "/1", grant, nullptr);
              expect(read == (!sees ? 404 : is_secret ? 403 : 200), "read a file", &row, read);
              const int revealed = ask("POST", papers + "/1/reveal", grant, nullptr, json::object{{"reason", "test"}});
              expect(revealed == (!sees                            ? 404
                                  : is_within && reveals(of, role) ? 200
                                                                   : 403),
                     "reveal a file", &row, revealed);
              const int added = ask("POST", papers, grant, &row);
              expect(added == (!sees ? 404 : writes ? 201 : 403), "attach", &row, added);
              const int removed = ask("DELETE", papers + "/2", grant, &row);
              expect(removed == (!sees || writes ? 404 : 403), "detach", &row, removed);
            }
          if (!of.flow) continue;
          for (const registers::Step& step : of.flow->steps) {
            const int status = ask("POST", address + "/steps/" + step.name, grant, &row);
            const auto from_here = std::ranges::find_if(of.flow->steps, [&](const registers::Step& each) {
              return each.name == step.name && each.from == row.state;
            });
            const bool has_way = from_here != of.flow->steps.end();
            const bool may_take =
                has_way && is_within && from_here->by != "system" && (from_here->by.empty() || from_here->by == role);
            expect(!sees       ? status == 404
                   : !has_way  ? status == 409
                   : !may_take ? status == 403
                               : is_let_in(status),
                   "step " + step.name, &row, status);
            restore(of, row);
          }
        }
      }
  EXPECT_EQ(wrong, 0) << "of " << asked;
  EXPECT_GT(asked, 100'000);
  RecordProperty("asked", asked);
}

/// A step of a selection is taken of those records of which it could be taken one by one, and each other says why not.
TEST_F(Matrix, a_step_of_many_is_allowed_and_refused_as_of_one) {
  int asked = 0;
  for (const Register& of : registers_->catalogue().registers) {
    if (!of.flow) continue;
    std::set<std::string> names;
    for (const registers::Step& step : of.flow->steps) names.insert(step.name);
    json::array ids;
    for (const Row& row : rows_[of.name]) ids.emplace_back(std::to_string(row.id));
    for (const std::string& role : roles())
      for (access::Grant grant : scopes) {
        grant.role = role;
        for (const std::string& name : names) {
          const json::value answer =
              answer_of("/api/v1/registers/" + of.name + "/steps/" + name, grant, json::object{{"ids", ids}});
          std::map<std::string, std::string> codes;
          const json::array& refused = answer.at("refused").as_array();
          for (const json::value& each : refused)
            codes[std::string(each.at("id").as_string())] = each.at("problems").at(0).at("code").as_string();
          for (const Row& row : rows_[of.name]) {
            const bool sees = reads(of, role) && sees_row(grant, of, row);
            const auto from_here = std::ranges::find_if(of.flow->steps, [&](const registers::Step& each) {
              return each.name == name && each.from == row.state;
            });
            const bool has_way = from_here != of.flow->steps.end();
            const bool may_take = has_way && reaches(grant, of, row) && from_here->by != "system" &&
                                  (from_here->by.empty() || from_here->by == role);
            const std::string code = codes[std::to_string(row.id)];
            const bool is_right = !sees      ? code == "record.not_found"
                                  : !has_way ? code == "step.state"
                                  : !may_take
                                      ? code == "step.role"
                                      : code != "record.not_found" && code != "step.state" && code != "step.role";
            ++asked;
            EXPECT_TRUE(is_right) << name << " of " << of.name << " by " << role << " with scope "
                                  << access::name_of(grant.scope) << " in " << row.state << " gave " << code;
            restore(of, row);
          }
          if (HasFailure()) return;
        }
      }
  }
  EXPECT_GT(asked, 20'000);
  RecordProperty("asked", asked);
}

TEST_F(Matrix, every_role_that_packs_name_has_a_title) {
  const registers::CodeList* titles = registers_->catalogue().find_codes("role");
  ASSERT_TRUE(titles);
  for (const std::string& role : roles())
    EXPECT_TRUE(role == "nobody" ||
                std::ranges::any_of(titles->values, [&](const auto& title) { return title.first == role; }))
        << role;
}

/// A union's code opens applications in its name: looking at it, making, ending and withdrawing it are for who may
/// change the union, and for anybody else there is none.
TEST_F(Matrix, a_unions_join_code_is_for_who_may_change_the_union) {
  const Register& of = *registers_->catalogue().find_register("union");
  for (const std::string& role : roles())
    for (access::Grant grant : scopes) {
      grant.role = role;
      for (const Row& row : rows_["union"]) {
        const std::string address = "/api/v1/unions/" + std::to_string(row.id) + "/join-code";
        const bool may = changes(of, role, row.state) && reaches(grant, of, row);
        const std::string who = role + " " + std::string(access::name_of(grant.scope)) + grant.region;
        EXPECT_EQ(ask("POST", address, grant, nullptr), may ? 200 : 404) << who << " makes one";
        EXPECT_EQ(ask("GET", address, grant, nullptr), may ? 200 : 404) << who << " looks";
        EXPECT_EQ(ask("PATCH", address, grant, nullptr, json::object{{"ends_on", nullptr}}), may ? 200 : 404)
            << who << " ends it";
        EXPECT_EQ(ask("DELETE", address, grant, nullptr), may ? 204 : 404) << who << " withdraws it";
      }
    }
}

TEST_F(Matrix, work_counts_what_a_role_may_lead_on_within_its_reach) {
  for (const std::string& role : roles())
    for (access::Grant grant : scopes) {
      grant.role = role;
      std::map<std::pair<std::string, std::string>, std::int64_t> told, right;
      const json::value work = answer_of("/api/v1/work", grant);
      for (const json::value& waiting : work.at("waiting").as_array())
        told[{std::string(waiting.at("register").as_string()), std::string(waiting.at("state").as_string())}] =
            waiting.at("count").as_int64();
      for (const Register& of : registers_->catalogue().registers) {
        if (!of.flow || !reads(of, role)) continue;
        for (const Row& row : rows_[of.name])
          if (reaches(grant, of, row) && std::ranges::any_of(of.flow->steps, [&](const registers::Step& step) {
                // What only takes a posting back leads nowhere on.
                return step.from == row.state && step.by == role && role != "system" && step.reverses_on.empty();
              }))
            ++right[{of.name, row.state}];
      }
      EXPECT_EQ(told, right) << role << " " << access::name_of(grant.scope) << grant.region;
    }
}

/// What is told of the whole federation's files is for who reaches all of it; the re-check is written by who may
/// change.
TEST_F(Matrix, relief_answers_of_the_whole_federation_are_for_who_reaches_all) {
  for (const std::string& role : roles())
    for (access::Grant grant : scopes) {
      grant.role = role;
      const bool reads_all = role != "admin" && role != "worker" && grant.scope == access::Scope::all;
      const bool changes_all = (role == "clerk" || role == "manager") && grant.scope == access::Scope::all;
      const std::string who = role + " " + std::string(access::name_of(grant.scope)) + grant.region;
      for (const char* address : {"stock", "recheck?on=1990-01-01", "rechecks", "audit?seed=s"}) {
        const int status = ask("GET", std::string("/api/v1/relief/") + address, grant, nullptr);
        EXPECT_TRUE(reads_all ? is_let_in(status) : status == 403) << who << " " << address << " gave " << status;
      }
      const int tried = ask("POST", "/api/v1/relief/trial", grant, nullptr, json::object{{"year", 1990}});
      EXPECT_TRUE(reads_all ? is_let_in(tried) : tried == 403) << who << " trial gave " << tried;
      const int written = ask("POST", "/api/v1/relief/recheck", grant, nullptr, json::object{{"on", "1990-01-01"}});
      EXPECT_TRUE(changes_all ? is_let_in(written) : written == 403) << who << " recheck gave " << written;
      const int cancelled = ask("POST", "/api/v1/relief/rechecks/1/cancel", grant, nullptr);
      EXPECT_EQ(cancelled, changes_all ? 404 : 403) << who << " cancelling gave " << cancelled;
      // Help is proposed within one's reach, and drafted by who may enter awards.
      const int listed = ask("GET", "/api/v1/relief/help", grant, nullptr);
      EXPECT_TRUE(role != "admin" && role != "worker" ? is_let_in(listed) : listed == 403)
          << who << " help gave " << listed;
      const int families = ask("GET", "/api/v1/relief/families", grant, nullptr);
      EXPECT_TRUE(role != "admin" && role != "worker" ? families == 200 : families == 403)
          << who << " families gave " << families;
      const int brought = ask("POST", "/api/v1/relief/lists?kind=tax", grant, nullptr);
      EXPECT_TRUE(role == "clerk" || role == "manager" ? is_let_in(brought) : brought == 403)
          << who << " lists gave " << brought;
      const json::object pick{{"on", "1990-01-01"},
                              {"picks", json::array{json::object{{"file", "1"}, {"programme", "1"}}}}};
      const int drafted = ask("POST", "/api/v1/relief/help/awards", grant, nullptr, pick);
      EXPECT_TRUE(role == "clerk" || role == "manager" ? is_let_in(drafted) : drafted == 403)
          << who << " drafting gave " << drafted;
      EXPECT_EQ(ask("GET", "/api/v1/households/1", grant, nullptr), 404) << who << ": there is no such household";
    }
}

TEST_F(Matrix, the_books_are_for_who_reads_all_of_the_federation) {
  for (const std::string& role : roles())
    for (access::Grant grant : scopes) {
      grant.role = role;
      const bool reads_all = role != "admin" && role != "worker" && grant.scope == access::Scope::all;
      for (const char* address : {"vouchers", "vouchers.xlsx", "accounts", "statement?account=a",
                                  "statement.xlsx?account=a", "income", "budget", "programmes/season_programme/1"}) {
        const int status = ask("GET", std::string("/api/v1/ledger/") + address, grant, nullptr);
        EXPECT_EQ(status, reads_all ? 200 : 403) << role << " " << access::name_of(grant.scope) << " " << address;
      }
      const std::string who = role + " " + std::string(access::name_of(grant.scope)) + grant.region;
      const bool reads = role != "admin" && role != "worker";
      const bool reads_batches = reads_all, makes_batches = role == "cashier" && grant.scope == access::Scope::all;
      EXPECT_EQ(ask("GET", "/api/v1/ledger/reconciliation", grant, nullptr), reads_all ? 200 : 403) << who;
      EXPECT_EQ(ask("GET", "/api/v1/ledger/bounces?line=1", grant, nullptr), reads_all ? 404 : 403) << who;
      const json::object bounced{{"line", "1"}, {"entry", "posting:1"}};
      EXPECT_EQ(ask("POST", "/api/v1/ledger/bounces", grant, nullptr, bounced), reads_all ? 404 : 403) << who;
      EXPECT_EQ(ask("GET", "/api/v1/ledger/payable", grant, nullptr), 200) << who << ": of what he reads";
      EXPECT_EQ(ask("GET", "/api/v1/ledger/payable/scholarship", grant, nullptr), reads ? 200 : 403) << who;
      const json::object batch{
          {"register", "scholarship"}, {"ids", json::array{"1"}}, {"code", "c"}, {"made_on", "1990-01-01"}};
      const int made = ask("POST", "/api/v1/ledger/batches", grant, nullptr, batch);
      EXPECT_TRUE(role == "cashier" ? is_let_in(made) : made == 403) << who << " making a batch gave " << made;
      const std::string address = "/api/v1/ledger/batches/" + std::to_string(rows_["payment_batch"].front().id);
      const int shown = ask("GET", address, grant, nullptr);
      EXPECT_TRUE(reads_batches ? is_let_in(shown) : shown == 404) << who << " reading a batch gave " << shown;
      const int listed = ask("GET", address + "/bank-list.xlsx?secrets=clear&reason=r", grant, nullptr);
      EXPECT_TRUE(!reads_batches ? listed == 404 : is_let_in(listed) || (!makes_batches && listed == 403))
          << who << " " << listed;
      const int paid = ask("POST", address + "/pay", grant, nullptr, json::object{{"paid_on", "1990-01-01"}});
      EXPECT_TRUE(!reads_batches ? paid == 404 : is_let_in(paid) || (!makes_batches && paid == 403))
          << who << " " << paid;
    }
}

}  // namespace
}  // namespace zhijia::http
