#include "postgresql_address.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>

#include "base/text.hpp"

namespace zhijia::store {

namespace {

using Settings = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

void take(std::map<std::string, std::string>& values, const PQconninfoOption* options) {
  for (const PQconninfoOption* each = options; each && each->keyword; ++each)
    if (each->val && *each->val) values[each->keyword] = each->val;
}

bool is_here(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

}  // namespace

Result<void> check_postgresql_address(const std::string& url) {
  const Settings given(PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  if (!given)
    return fail(
        "store.url", "PostgreSQL 地址读不懂，应如 postgresql://用户@主机/库名?sslmode=verify-full",
        "The PostgreSQL address cannot be read; it is to be like postgresql://USER@HOST/DATABASE?sslmode=verify-full");
  const Settings usual(PQconndefaults(), &PQconninfoFree);
  std::map<std::string, std::string> values;
  take(values, usual.get());
  take(values, given.get());
  const std::string& hosts = values["hostaddr"].empty() ? values["host"] : values["hostaddr"];
  // A service is a file of libpq's that may name any host.
  const bool stays_here = values["service"].empty() && std::ranges::all_of(split(hosts, ','), is_here);
  if (stays_here || values["sslmode"] == "verify-full") return {};
  return fail("store.not_encrypted",
              "数据库在另一台机器上（" + hosts +
                  "），连接须加密并核对证书：请在地址末尾写 ?sslmode=verify-full&sslrootcert=CA证书文件",
              "The database is on another machine (" + hosts +
                  "), so the connection must be encrypted and its certificate "
                  "checked: end the address with ?sslmode=verify-full&sslrootcert=FILE-OF-ITS-CA");
}

}  // namespace zhijia::store
