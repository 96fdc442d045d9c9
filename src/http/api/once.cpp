#include "api/once.hpp"

#include <algorithm>

#include "access/digest.hpp"
#include "answers.hpp"

namespace zhijia::http {

namespace {

constexpr std::chrono::hours kept_for{24};

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= 200 && std::ranges::all_of(text, [](char c) { return c >= '!' && c <= '~'; });
}

/// All that makes it the same request.
std::string digest_of(const Request& request) {
  std::string text = request.method;
  for (const std::string& part : request.path) text += "/" + part;
  text += "\n" + std::string(request.header("if-match")) + "\n" + request.body;
  return access::sha256_hex(text);
}

std::string_view header_of(const Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
  return found == response.headers.end() ? std::string_view() : found->second;
}

Result<std::optional<Response>> earlier(store::Reader& reader, const std::string& key, const std::string& digest) {
  auto rows = reader.query("SELECT request, status, body, etag, location FROM idempotency WHERE key_hash = ?", key);
  if (!rows.next()) return std::nullopt;
  if (rows.text(0) != digest)
    return fail("http.key_reused", "此 Idempotency-Key 已用于另一个请求，请换一个。",
                "This Idempotency-Key came with another request; use a new one.");
  Response response{.status = static_cast<int>(rows.integer(1)), .body = std::string(rows.text(2))};
  if (!rows.text(3).empty()) response.headers.emplace_back("ETag", std::string(rows.text(3)));
  if (!rows.text(4).empty()) response.headers.emplace_back("Location", std::string(rows.text(4)));
  return response;
}

}  // namespace

store::TableSchema idempotency_schema() {
  using store::Type;
  return {.name = "idempotency",
          .columns = {{"key_hash", Type::text, true},
                      {"request", Type::text, true},
                      {"status", Type::integer, true},
                      {"body", Type::text, true},
                      {"etag", Type::text, true},
                      {"location", Type::text, true},
                      {"at", Type::integer, true}},
          .primary_key = {"key_hash"},
          .indexes = {{"at"}}};
}

Response once(const Services& services, const Request& request,
              const std::function<Result<Response>(store::Transaction&)>& work) {
  const std::string_view given = request.header("idempotency-key");
  if (request.headers.contains("idempotency-key") && !is_key(given))
    return refusal(Problems{{"http.key",
                             {},
                             {"Idempotency-Key 应为 1 至 200 个可见的 ASCII 字符。",
                              "An Idempotency-Key is 1 to 200 printable ASCII characters."}}});
  const auto settled = services.store.write([&](store::Transaction& transaction) -> Result<Response> {
    if (given.empty()) return work(transaction);
    const std::string key = access::sha256_hex(std::to_string(request.session->user.id) + "\n" + std::string(given));
    const std::string digest = digest_of(request);
    auto known = earlier(transaction, key, digest);
    if (!known) return std::unexpected(std::move(known.error()));
    if (*known) return std::move(**known);
    auto response = work(transaction);
    if (!response || response->status >= 300) return response;
    const std::int64_t now = transaction.at().time_since_epoch().count();
    transaction.execute("DELETE FROM idempotency WHERE at < ?", now - std::chrono::milliseconds(kept_for).count());
    transaction.execute(
        store::insert_sql("idempotency", {"key_hash", "request", "status", "body", "etag", "location", "at"}), key,
        digest, response->status, response->body, header_of(*response, "ETag"), header_of(*response, "Location"), now);
    return response;
  });
  return settled ? *settled : refusal(settled.error());
}

}  // namespace zhijia::http
