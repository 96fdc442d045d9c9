#pragma once

#include <algorithm>
#include <set>

#include "registers/columns.hpp"
#include "server/target.hpp"
#include "support/papers.hpp"
#include "support/small_city.hpp"

/// What the packs let whom do, worked out a second time and by other means than registers/permission.hpp has it, over a
/// small federation with a row of every register in every state, here and elsewhere.
namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Register;

constexpr Id union_above = 1, union_here = 2, union_elsewhere = 3;
constexpr const char *region_here = "610702", *region_elsewhere = "610703";

class Matrix : public SmallCity {
 protected:
  Matrix() : users_(*store_, vault_, clock_) {
    Services services{*store_, *registers_, 2020, &users_, &files_};
    services.rechecks = &rechecks_;
    router_ = routes(services);
    router_.guard({});  // sessions are given by hand; the gate has its own tests
    forget_unique_rules();
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

  /// Rows of every state lie in one place and refer to one record, which a rule such as one award for each file and
  /// programme would refuse; what is asked here is who may, not what may be twice.
  void forget_unique_rules() {
    store_
        ->write([](store::Transaction& transaction) -> Result<void> {
          std::vector<std::string> rules;
          {
            auto rows = transaction.query(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ux!_%' ESCAPE '!'");
            while (rows.next()) rules.emplace_back(rows.text(0));
          }
          for (const std::string& rule : rules) transaction.execute("DROP INDEX " + store::quoted_name(rule));
          return {};
        })
        .value();
  }

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
    if (field->type == FieldType::attachment) return paper_in(*field);
    if (column == "state" && of.flow) return row.state;
    if (field->type == FieldType::region) return row.is_here ? region_here : region_elsewhere;
    if (field->type == FieldType::date) return "2020-01-15";
    if (field->type == FieldType::choice)
      return registers_->catalogue().find_codes(field->target)->values.front().first;
    return "x" + std::to_string(row.id);
  }

  /// One file, with the id 1, as the record holds it.
  std::string paper_in(const Field& field) const {
    json::object paper{{"id", "1"}, {"name", "a.png"}, {"type", "image/png"}, {"size", tests::small_png.size()}};
    if (registers::is_sealed(field)) {
      const access::SealedFile sealed = vault_.seal_file(tests::small_png);
      paper.emplace("hash", files_.put(sealed.bytes));
      paper.emplace("key", sealed.key);
    } else {
      paper.emplace("hash", files_.put(tests::small_png));
    }
    return json::serialize(json::array{paper});
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
    return (is_bound(column) ? 1'000'000'000 : 1) + row.id;  // unlike every other, for unique fields
  }

  /// Whether some limit is set by the field, which rows of every state together must not pass either.
  bool is_bound(const std::string& column) const {
    return std::ranges::any_of(registers_->catalogue().registers, [&](const Register& of) {
      return std::ranges::any_of(of.limits, [&](const auto& limit) { return limit.at_most.ends_with("." + column); });
    });
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
    for (const Register& of : registers_->catalogue().registers)
      for (const Field& field : of.fields)
        for (const auto& [role, sight] : field.access.by_role) roles.insert(role);
    roles.erase("");
    return roles;
  }

  static bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  }
  static bool has(const std::optional<std::vector<std::string>>& said, const std::string& role, bool otherwise) {
    return said ? has(*said, role) : otherwise;
  }
  static bool is_writer(const std::string& role) { return role == "clerk" || role == "manager"; }
  static bool reads(const Register& of, const std::string& role) {
    return has(of.access.read, role, role != "admin" && role != "worker");
  }
  static bool creates(const Register& of, const std::string& role) {
    return has(of.access.create, role, is_writer(role));
  }
  static bool reveals(const Register& of, const std::string& role) {
    return has(of.access.reveal, role, role == "manager");
  }
  /// Whether the role may change anything of a record in the state, or with a field, that field.
  static bool changes(const Register& of, const std::string& role, const std::string& state,
                      const std::string& field = "") {
    if (!of.access.change) return is_writer(role);
    for (const registers::ChangeRule& rule : *of.access.change)
      if (has(rule.by, role) && (rule.states.empty() || has(rule.states, state)) &&
          (field.empty() || rule.fields.empty() || has(rule.fields, field)))
        return true;
    return false;
  }
  enum class Seen { not_at_all, in_part, whole };
  static Seen seen(const Field& field, const std::string& role) {
    registers::Sight sight = field.access.others;
    for (const auto& [named, as] : field.access.by_role)
      if (named == role) sight = as;
    if (sight == registers::Sight::hidden) return Seen::not_at_all;
    return sight == registers::Sight::masked || registers::is_sealed(field) ? Seen::in_part : Seen::whole;
  }

  /// Whether a record's fields are shown as the pack says.
  static bool is_shown_rightly(const Register& of, const std::string& role, const json::object& record) {
    const json::array& masked = record.at("masked").as_array();
    return std::ranges::all_of(of.fields, [&](const Field& field) {
      const bool is_there = record.at("values").as_object().contains(field.name);
      const bool is_masked = std::ranges::find(masked, json::value(field.name)) != masked.end();
      const Seen how = seen(field, role);
      return is_there == (how != Seen::not_at_all) && is_masked == (how == Seen::in_part);
    });
  }

  /// To a GET; or, with a body, to a POST that asks.
  json::value answer_of(const std::string& target, const access::Grant& grant, const json::value& body = nullptr) {
    Request request = request_of(body.is_null() ? "GET" : "POST", target, body);
    access::Session session{.user = {.id = ++last_user_, .name = "u", .title = "u", .grants = {grant}}, .csrf = {}};
    request.session = std::make_shared<const access::Session>(std::move(session));
    const Response response = router_.answer(std::move(request));
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }

  int ask(const std::string& method, const std::string& target, const access::Grant& grant, Row* row,
          const json::value& body = nullptr) {
    Request request{.method = method};
    EXPECT_TRUE(read_target(target, request)) << target;
    if (!body.is_null()) request.headers["content-type"] = "application/json";
    if (!body.is_null()) request.body = json::serialize(body);
    // A file is the body itself; a step brings none unless it asks for something.
    if (method == "POST" && body.is_null() && target.find("/attachments/") != std::string::npos)
      request.body = tests::small_png;
    if (row) request.headers["if-match"] = "\"" + std::to_string(row->version) + "\"";
    access::Session session{.user = {.id = ++last_user_, .name = "u", .title = "u", .grants = {grant}}, .csrf = {}};
    request.session = std::make_shared<const access::Session>(std::move(session));
    const Response response = router_.answer(std::move(request));
    if (row && response.status / 100 == 2 && method != "GET" && target.find("/reveal") == std::string::npos)
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

  /// A shared register is read whole by whoever reads at all.
  bool sees_row(const access::Grant& grant, const Register& of, const Row& row) const {
    return of.is_shared || reaches(grant, of, row);
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
  relief::RecheckJobs rechecks_{*store_, *registers_, clock_};
  Router router_;
  std::map<std::string, std::vector<Row>> rows_;
  Id last_id_ = 100, last_user_ = 0;
};

/// Each to be given a role.
inline const access::Grant scopes[] = {
    {.role = "", .scope = access::Scope::own, .organisation = union_here, .region = ""},
    {.role = "", .scope = access::Scope::own_and_below, .organisation = union_above, .region = ""},
    {.role = "", .scope = access::Scope::region, .organisation = 0, .region = region_here},
    {.role = "", .scope = access::Scope::region, .organisation = 0, .region = region_elsewhere},
    {.role = "", .scope = access::Scope::all, .organisation = 0, .region = ""}};

}  // namespace zhijia::http
