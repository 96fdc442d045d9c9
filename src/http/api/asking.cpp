#include "api/asking.hpp"

#include <algorithm>
#include <vector>

#include "answers.hpp"
#include "api/body.hpp"
#include "asked.hpp"
#include "base/identity_number.hpp"
#include "base/text.hpp"

namespace zhijia::http {

namespace json = boost::json;

namespace {

/// Cards are issued under 3 to 6, and old ones under 9. Those of 18 digits are left out, for a record's id has as many.
bool is_card(std::string_view digits) {
  const bool has_length = digits.size() == 16 || digits.size() == 17 || digits.size() == 19;
  return has_length && std::string_view("34569").find(digits.front()) != std::string_view::npos && is_bank_card(digits);
}

json::kind kind_of(std::string_view term) {
  if (term == "limit" || term == "as_of") return json::kind::int64;
  return term == "total" ? json::kind::bool_ : json::kind::string;
}

/// As the query of an address would have it.
Result<std::string> text_of_term(std::string_view name, const json::value& value) {
  if (value.kind() != kind_of(name))
    return std::unexpected(
        Problems{bad_parameter(name, "这个条件的类型不对：limit、as_of 为整数，total 为 true 或 false，其余为文字。",
                               "It has another type: limit and as_of are whole numbers, total is true or "
                               "false, all others are texts.")});
  if (!value.is_string()) return json::serialize(value);
  std::string text(value.get_string());
  if (text.find('\0') != std::string::npos)
    return std::unexpected(
        Problems{bad_parameter(name, "文字中有空字符，请去掉。", "There is a NUL character in it; take it out.")});
  return text;
}

Result<Request> with_terms(const Request& request, const std::vector<std::string_view>& terms) {
  const auto body = asked_body(request);
  if (!body) return std::unexpected(body.error());
  Request asked = request;
  asked.body.clear();
  asked.query.clear();
  for (const auto& [name, value] : *body) {
    if (std::ranges::find(terms, std::string_view(name)) == terms.end())
      return std::unexpected(Problems{bad_parameter(name, "没有这个条件。", "There is no such term.")});
    auto text = text_of_term(name, value);
    if (!text) return std::unexpected(std::move(text.error()));
    asked.query.emplace_back(name, std::move(*text));
  }
  return asked;
}

Problems number_in_address(const Request& request, std::string address) {
  const std::string_view place = "{register}";
  if (const auto at = address.find(place); at != std::string::npos)
    address.replace(at, place.size(), request["register"]);
  return {
      {"list.number_in_address",
       {},
       {"身份证号、银行卡号不得写在网址中：请用 POST " + address + "，把同样的条件作为 JSON 放在请求内容里。",
        "An identity or card number must not stand in an address: send the same terms as JSON in the body of POST " +
            address + "."}}};
}

}  // namespace

bool holds_whole_number(std::string_view text) {
  std::string run;
  // The blank ends the last run; blanks and hyphens within a number are how cards show theirs.
  for (const char c : tidy(text) + '\n') {
    const bool is_digit = c >= '0' && c <= '9', is_check = (c == 'X' || c == 'x') && run.size() == 17;
    if (is_digit || is_check) run += c;
    if (is_digit || is_check || c == ' ' || c == '-') continue;
    if (is_card(run) || IdentityNumber::parse(run)) return true;
    run.clear();
  }
  return false;
}

bool is_asking(const Request& request) {
  const auto& path = request.path;
  if (request.method != "POST" || path.size() < 3 || path[0] != "api" || path[1] != "v1") return false;
  if (path.size() == 3) return path[2] == "search";
  return path.size() == 5 && path[2] == "registers" &&
         (path[4] == "search" || path[4] == "groups" || path[4] == "export.xlsx" || path[4] == "export.csv");
}

void add_asking(Router& router, const std::string& get, const std::string& post,
                std::initializer_list<std::string_view> terms, const Handler& handler) {
  router.add("GET", get, [handler, post](const Request& request) {
    for (const char* term : {"q", "where"})
      if (holds_whole_number(request.parameter(term))) return refusal(number_in_address(request, post));
    return handler(request);
  });
  router.add_question(post, [handler, terms = std::vector(terms)](const Request& request) {
    const auto asked = with_terms(request, terms);
    return asked ? handler(*asked) : refusal(asked.error());
  });
}

}  // namespace zhijia::http
