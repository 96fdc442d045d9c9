#include <algorithm>
#include <set>

#include "registers/columns.hpp"
#include "server/target.hpp"
#include "support/small_city.hpp"

/// Every operation × role × scope × state that the packs know, asked over the interface and compared with what the
/// rules of registers/permission.hpp say in words, worked out here a second time and by other means. Scope `self`, which is
/// no grant, has its part of the matrix in self_test.cpp.
namespace zhijia::http {
namespace {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Register;

constexpr Id union_above = 1, union_here = 2, union_elsewhere = 3;
constexpr const char *region_here = "610702", *region_elsewhere = "610703";

class Matrix : public SmallCity {
 protected:
  Matrix() : users_(*store_, vault_, clock_) {
    router_ = routes({*store_, *registers_, 2020, &users_});
    router_.guard({});  // sessions are given by hand; the gate has its own tests
    for (const Register& of : registers_->catalogue().registers) make_rows(of);
    store_
        ->write([](store::Transaction& transaction) -> Result<void> {
          for (const auto& [above, below] : {std::pair{union_above, union_here},
                                             {union_above, union_above},
                                             {union_here, union_here},
                                             {union_elsewhere, union_elsewhere}})
            transaction.execute("INSERT INTO organisation_closure (ancestor, descendant) VALUES (?, ?)", above, below);
          return {};
        })
        .value();
  }

  struct Row {
    Id id;
    bool is_here;
    std::string state;
    std::int64_t version = 1;
  };

  /// A row here and one elsewhere, for each state of the flow.
  void make_rows(const Register& of) {
    std::vector<std::string> states = {""};
    if (of.flow) {
      states.clear();
      for (const auto& state : of.flow->states) states.push_back(state.first);
    }
    for (const std::string& state : states)
      for (const bool is_here : {true, false}) {
        const Id id = of.name == "union" ? (is_here ? union_here : union_elsewhere) : ++last_id_;
        rows_[of.name].push_back({id, is_here, state});
        insert(of, rows_[of.name].back());
      }
    if (of.name != "union") return;
    rows_[of.name].push_back({union_above, false, ""});
    insert(of, rows_[of.name].back());
  }

  std::string text_for(const Register& of, const std::string& column, const Row& row) const {
    const Field* field = of.field(column);
    if (!field) return "x" + std::to_string(row.id);
    if (column == "state" && of.flow) return row.state;
    if (field->type == FieldType::region) return row.is_here ? region_here : region_elsewhere;
    if (field->type == FieldType::date) return "2020-01-15";
    if (field->type == FieldType::choice)
      return registers_->catalogue().find_codes(field->target)->values.front().first;
    return "x" + std::to_string(row.id);
  }

  Id number_for(const Register& of, const std::string& column, const Row& row) const {
    if (column == "id") return row.id;
    if (column == "position" || column == "version") return 1;
    const Field* field = of.field(column);
    if (field->type == FieldType::organisation) return row.is_here ? union_here : union_elsewhere;
    if (field->type == FieldType::ref) {
      for (const Row& target : rows_.at(field->target))
        if (target.is_here == row.is_here) return target.id;
    }
    return 1 + row.id;  // unlike every other, for unique fields
  }

  void insert(const Register& of, const Row& row) {
    const store::TableSchema schema = registers::schema_of(of);
    std::vector<std::string> names;
    std::vector<std::string> texts(schema.columns.size());
    std::vector<store::Parameter> values;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      const store::Column& column = schema.columns[i];
      names.push_back(column.name);
      if (column.type == store::Type::integer) {
        values.emplace_back(number_for(of, column.name, row));
        continue;
      }
      texts[i] = text_for(of, column.name, row);
      if (column.type == store::Type::blob) texts[i] = vault_.seal(texts[i]);
      values.push_back(column.type == store::Type::blob ? store::Parameter::blob(texts[i])
                                                        : store::Parameter(texts[i]));
    }
    store_
        ->write([&](store::Transaction& transaction) -> Result<void> {
          transaction.execute_with(store::insert_sql(of.name, names), std::span<const store::Parameter>(values));
          return {};
        })
        .value();
  }

  std::set<std::string> roles() const {
    std::set<std::string> roles = {"admin", "auditor", "clerk", "manager", "nobody"};
    for (const Register& of : registers_->catalogue().registers)
      if (of.flow)
        for (const registers::Step& step : of.flow->steps) roles.insert(step.by);
    roles.erase("");
    return roles;
  }

  int ask(const std::string& method, const std::string& target, const access::Grant& grant, Row* row,
          const json::value& body = nullptr) {
    Request request{.method = method};
    EXPECT_TRUE(read_target(target, request)) << target;
    if (!body.is_null()) request.headers["content-type"] = "application/json";
    if (!body.is_null()) request.body = json::serialize(body);
    if (row) request.headers["if-match"] = "\"" + std::to_string(row->version) + "\"";
    access::Session session{.user = {.id = ++last_user_, .name = "u", .title = "u", .grants = {grant}}, .csrf = {}};
    request.session = std::make_shared<const access::Session>(std::move(session));
    const Response response = router_.answer(std::move(request));
    if (row && response.status == 200 && method != "GET" && target.find("/reveal") == std::string::npos)
      row->version = json::parse(response.body).at("version").as_int64();
    return response.status;
  }

  /// Where a record of the register lies, by the first of its fields that tells.
  enum class Lies { in_union, in_region, nowhere };
  Lies lies(const Register& of, int links = 3) const {
    if (of.name == "union" || of.field("organisation")) return Lies::in_union;
    for (const Field& field : of.fields)
      if (field.type == FieldType::region) return Lies::in_region;
    for (const Field& field : of.fields)
      if (links > 0 && field.required && !registers::target_of(field).empty())
        if (const Lies found = lies(*registers_->catalogue().find_register(registers::target_of(field)), links - 1);
            found != Lies::nowhere)
          return found;
    return Lies::nowhere;
  }

  bool reaches(const access::Grant& grant, const Register& of, const Row& row) const {
    const Lies where = lies(of);
    switch (grant.scope) {
      case access::Scope::all:
        return true;
      case access::Scope::region:
        if (of.name == "union" && row.id == union_above) return grant.region == region_elsewhere;
        return where != Lies::nowhere && (grant.region == region_here) == row.is_here;
      case access::Scope::own:
        return where == Lies::in_union && grant.organisation == union_here && row.is_here;
      case access::Scope::own_and_below:
        return where == Lies::in_union && grant.organisation == union_above &&
               (row.is_here || (of.name == "union" && row.id == union_above));
    }
    return false;
  }

  void restore(const Register& of, const Row& row) {
    if (!of.flow) return;
    store_
        ->write([&](store::Transaction& transaction) -> Result<void> {
          transaction.execute("UPDATE " + store::quoted_name(of.name) + " SET state = ? WHERE id = ?", row.state,
                              row.id);
          return {};
        })
        .value();
  }

  static bool is_let_in(int status) { return status != 401 && status != 403 && status != 404 && status < 500; }

  access::Users users_;
  Router router_;
  std::map<std::string, std::vector<Row>> rows_;
  Id last_id_ = 100, last_user_ = 0;
};

const access::Grant scopes[] = {
    {.role = "", .scope = access::Scope::own, .organisation = union_here, .region = ""},
    {.role = "", .scope = access::Scope::own_and_below, .organisation = union_above, .region = ""},
    {.role = "", .scope = access::Scope::region, .organisation = 0, .region = region_here},
    {.role = "", .scope = access::Scope::region, .organisation = 0, .region = region_elsewhere},
    {.role = "", .scope = access::Scope::all, .organisation = 0, .region = ""}};

TEST_F(Matrix, allows_and_refuses_every_operation_as_the_rules_say) {
  int asked = 0, wrong = 0;
  for (const Register& of : registers_->catalogue().registers)
    for (const std::string& role : roles())
      for (access::Grant grant : scopes) {
        grant.role = role;
        const bool writes = role == "clerk" || role == "manager";
        const auto expect = [&](bool is_right, const std::string& what, const Row* row, int status) {
          ++asked;
          if (is_right || ++wrong > 20) return;
          ADD_FAILURE() << what << " of " << of.name << " by " << role << " with scope " << access::name_of(grant.scope)
                        << grant.region << (row ? (row->is_here ? " here " : " elsewhere ") + row->state : "")
                        << " gave " << status;
        };
        const std::string records = "/api/v1/registers/" + of.name + "/records";
        const int created = ask("POST", records, grant, nullptr, json::object{{"values", json::object{}}});
        expect(writes ? created == 422 : created == 403, "create", nullptr, created);
        for (Row& row : rows_[of.name]) {
          const std::string address = records + "/" + std::to_string(row.id);
          const bool sees = role != "admin" && role != "worker" && reaches(grant, of, row);
          for (const char* part : {"", "/history", "/steps"})
            if (const int status = ask("GET", address + part, grant, nullptr); true)
              expect(status == (sees ? 200 : 404), "read" + std::string(part), &row, status);
          const int changed = ask("PATCH", address, grant, &row, json::object{{"values", json::object{}}});
          expect(!sees ? changed == 404 : writes ? is_let_in(changed) : changed == 403, "change", &row, changed);
          if (const auto secret = std::ranges::find_if(of.fields, registers::is_sealed); secret != of.fields.end()) {
            const int shown = ask("POST", address + "/reveal", grant, nullptr,
                                  json::object{{"field", secret->name}, {"reason", "test"}});
            expect(shown == (!sees ? 404 : role == "manager" ? 200 : 403), "reveal", &row, shown);
          }
          if (!of.flow) continue;
          for (const registers::Step& step : of.flow->steps) {
            const int status = ask("POST", address + "/steps/" + step.name, grant, &row);
            const auto from_here = std::ranges::find_if(of.flow->steps, [&](const registers::Step& each) {
              return each.name == step.name && each.from == row.state;
            });
            const bool has_way = from_here != of.flow->steps.end();
            const bool may_take = has_way && (from_here->by.empty() || from_here->by == role);
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
  EXPECT_GT(asked, 10'000);
  RecordProperty("asked", asked);
}

}  // namespace
}  // namespace zhijia::http
