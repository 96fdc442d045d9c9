#include "api/views.hpp"

#include "api/actors.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "asked.hpp"
#include "base/text.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Register;

namespace {

constexpr std::size_t name_characters_max = 30;
/// A dozen conditions and all columns of the widest register are a tenth of it.
constexpr std::size_t view_bytes_max = 8'192;
/// More names than this nobody finds again, of one register.
constexpr std::int64_t views_max = 50;

constexpr std::string_view columns = "v.id, v.user_id, v.register, v.name, v.is_shared, v.sealed";

/// Problems: vault.sealed_elsewhere.
Result<json::object> described(const Services& services, const store::Rows& rows, Actors& actors, Id asker) {
  const auto view = services.registers.vault().open(rows.blob(5));
  if (!view) return std::unexpected(view.error());
  const Id owner = rows.integer(1);
  return json::object{{"id", std::to_string(rows.integer(0))},
                      {"register", rows.text(2)},
                      {"name", rows.text(3)},
                      {"is_shared", rows.integer(4) != 0},
                      {"is_own", owner == asker},
                      {"who", titled(actors.title(std::to_string(owner)))},
                      {"view", json::parse(*view)}};
}

/// Whether the asker reads records of the register at all: others' views of it may say what is in them.
bool reads(const Request& request, const Register& of) {
  return of.is_shared || std::ranges::any_of(request.session->user.grants, [&](const access::Grant& grant) {
           return registers::may(of, grant.role, registers::Operation::read);
         });
}

Problems no_view() {
  return {{"view.not_found", {}, {"没有这个视图，或它是别人的。", "There is no such view of yours."}}};
}

/// One's own and those that colleagues share, by name.
Response list_views(const Services& services, const Request& request) {
  const Register* of = services.registers.catalogue().find_register(request.parameter("register"));
  if (!of) return refusal(Problems{bad_parameter("register", "没有这个登记簿。", "There is no such register.")});
  const Id asker = request.session->user.id;
  return services.store.read([&](store::Reader& reader) {
    json::array items;
    Actors actors(reader);
    auto rows =
        reader.query("SELECT " + std::string(columns) +
                         " FROM saved_view v JOIN user_account u ON u.id = v.user_id WHERE v.register = ?1 AND "
                         "(v.user_id = ?2 OR (v.is_shared = 1 AND u.disabled = 0 AND ?3 = 1)) ORDER BY v.name, v.id",
                     of->name, asker, reads(request, *of) ? 1 : 0);
    while (rows.next()) {
      auto view = described(services, rows, actors, asker);
      if (!view) return refusal(view.error());
      items.push_back(std::move(*view));
    }
    return json_answer(json::object{{"items", std::move(items)}});
  });
}

struct AskedView {
  const Register* of = nullptr;
  std::string name, body;
  bool is_shared = false;
};

Result<AskedView> asked_keeping(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"register", "name", "is_shared", "view"});
  if (!body) return std::unexpected(body.error());
  AskedView asked{.of = services.registers.catalogue().find_register(text_of(*body, "register")),
                  .name = tidy(text_of(*body, "name"))};
  if (!asked.of)
    return std::unexpected(Problems{bad_parameter("register", "没有这个登记簿。", "There is no such register.")});
  if (asked.name.empty() || !is_utf8(asked.name) || asked.name.find('\0') != std::string::npos ||
      code_points(asked.name) > name_characters_max)
    return std::unexpected(
        Problems{bad_parameter("name", "名称应为 1 至 30 个字。", "A name has 1 to 30 characters.")});
  const json::value* shared = body->if_contains("is_shared");
  if (shared && !shared->is_bool())
    return std::unexpected(
        Problems{bad_parameter("is_shared", "应为 true 或 false。", "“true” or “false” is wanted.")});
  asked.is_shared = shared && shared->get_bool();
  const json::value* view = body->if_contains("view");
  if (!view || !view->is_object())
    return std::unexpected(Problems{bad_parameter("view", "应为对象。", "An object is wanted.")});
  asked.body = json::serialize(*view);
  if (asked.body.size() > view_bytes_max || asked.body.find("\\u0000") != std::string::npos)
    return std::unexpected(
        Problems{bad_parameter("view", "视图过大，请减少条件。", "The view is too large; use fewer conditions.")});
  return asked;
}

/// One of one's own: made, or replaced where there is one of that name.
Response keep_view(const Services& services, const Request& request) {
  const auto asked = asked_keeping(services, request);
  if (!asked) return refusal(asked.error());
  const Id asker = request.session->user.id;
  const auto kept = services.store.write([&](store::Transaction& transaction) -> Result<Response> {
    auto counted = transaction.query("SELECT COUNT(*) FROM saved_view WHERE user_id = ? AND register = ? AND name <> ?",
                                     asker, asked->of->name, asked->name);
    counted.next();
    if (counted.integer(0) >= views_max)
      return fail("view.too_many", "这个登记簿的视图已有 50 个，请先删除不用的。",
                  "There are 50 views of this register already; remove some first.");
    transaction.execute("DELETE FROM saved_view WHERE user_id = ? AND register = ? AND name = ?", asker,
                        asked->of->name, asked->name);
    const Id id = services.registers.ids().next();
    transaction.execute(
        store::insert_sql("saved_view", {"id", "user_id", "register", "name", "is_shared", "body", "sealed"}), id,
        asker, asked->of->name, asked->name, asked->is_shared ? 1 : 0, "",
        store::Parameter::blob(services.registers.vault().seal(asked->body)));
    Actors actors(transaction);
    auto rows = transaction.query("SELECT " + std::string(columns) + " FROM saved_view v WHERE v.id = ?", id);
    rows.next();
    const auto view = described(services, rows, actors, asker);
    if (!view) return std::unexpected(view.error());
    return json_answer(*view);
  });
  return kept ? *kept : refusal(kept.error());
}

Response forget_view(const Services& services, const Request& request) {
  const auto gone = services.store.write([&](store::Transaction& transaction) -> Result<void> {
    if (transaction.execute("DELETE FROM saved_view WHERE id = ? AND user_id = ?", parse_id(request["id"]),
                            request.session->user.id) == 0)
      return std::unexpected(no_view());
    return {};
  });
  return gone ? Response{.status = 204} : refusal(gone.error());
}

}  // namespace

store::TableSchema view_schema() {
  using store::Type;
  return {.name = "saved_view",
          .columns = {{"id", Type::integer, true},
                      {"user_id", Type::integer, true},
                      {"register", Type::text, true},
                      {"name", Type::text, true},
                      {"is_shared", Type::integer, true},
                      {"body", Type::text, true},      // what versions before `sealed` kept in clear; now empty
                      {"sealed", Type::blob, false}},  // JSON, as the page has it: whom it looks for is in it
          .primary_key = {"id"},
          .uniques = {{"user_id", "register", "name"}},
          .indexes = {{"register"}}};
}

access::SealedColumn sealed_view_column() { return {"saved_view", {"id"}, "sealed", ""}; }

Result<void> seal_views(store::Store& store, const access::Vault& vault) {
  return store.write([&](store::Transaction& transaction) -> Result<void> {
    std::vector<std::pair<Id, std::string>> in_clear;
    {
      auto rows = transaction.query("SELECT id, body FROM saved_view WHERE body <> ''");
      while (rows.next()) in_clear.emplace_back(rows.integer(0), rows.text(1));
    }
    for (const auto& [id, body] : in_clear)
      transaction.execute("UPDATE saved_view SET sealed = ?, body = '' WHERE id = ?",
                          store::Parameter::blob(vault.seal(body)), id);
    return {};
  });
}

void add_views(Router& router, const Services& services) {
  if (!services.users) return;
  const auto with = [services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) {
      return request.session ? answer(services, request)
                             : refusal(401, {{"session.none", {}, {"请先登录。", "Please sign in first."}}});
    };
  };
  router.add("GET", "/api/v1/views", with(list_views));
  router.add("PUT", "/api/v1/views", with(keep_view));
  router.add("DELETE", "/api/v1/views/{id}", with(forget_view));
}

}  // namespace zhijia::http
