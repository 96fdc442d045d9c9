#pragma once

#include <algorithm>
#include <charconv>
#include <optional>

#include "answers.hpp"
#include "http/site.hpp"
#include "insight/review.hpp"
#include "registers/permission.hpp"

/// What a request asks for, read from its path and query.
namespace zhijia::http {

inline Problem bad_parameter(std::string_view name, std::string_view zh, std::string_view en) {
  return {"http.parameter",
          {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = std::string(name)},
          {std::string(zh), std::string(en)}};
}

/// The largest whole number that every JSON reader keeps exact.
constexpr std::int64_t position_max = (std::int64_t{1} << 53) - 1;

inline bool is_given(const Request& request, std::string_view name) {
  return std::ranges::find(request.query, name, &std::pair<std::string, std::string>::first) != request.query.end();
}

/// The whole number of a parameter; nothing when it is not given.
inline Result<std::optional<std::int64_t>> asked_number(const Request& request, std::string_view name,
                                                        std::int64_t least, std::int64_t most) {
  const std::string_view text = request.parameter(name);
  if (text.empty() && !is_given(request, name)) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most)
    return std::unexpected(Problems{
        bad_parameter(name, "应为 " + std::to_string(least) + " 至 " + std::to_string(most) + " 的整数。",
                      "A whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is wanted.")});
  return number;
}

/// "true" or "false"; `otherwise` when not given.
inline Result<bool> asked_yes_no(const Request& request, std::string_view name, bool otherwise = false) {
  const std::string_view text = request.parameter(name);
  if (text.empty() && !is_given(request, name)) return otherwise;
  if (text == "true" || text == "false") return text == "true";
  return std::unexpected(Problems{bad_parameter(name, "应为 true 或 false。", "“true” or “false” is wanted.")});
}

/// Parameters `secrets` (masked, clear) and `reason`: why secrets are wanted in clear; nothing while they stay masked.
inline Result<std::optional<std::string>> asked_reason(const Request& request) {
  constexpr std::size_t bytes_max = 1'000;
  const std::string_view secrets = request.parameter("secrets"), reason = request.parameter("reason");
  if (!secrets.empty() && secrets != "masked" && secrets != "clear")
    return std::unexpected(
        Problems{bad_parameter("secrets", "应为 masked 或 clear。", "“masked” or “clear” is wanted.")});
  if (secrets != "clear") return std::nullopt;
  if (reason.empty() || reason.size() > bytes_max)
    return std::unexpected(
        Problems{bad_parameter("reason", "请填写导出保密内容的原因。", "Say why you need the secrets.")});
  return std::string(reason);
}

/// Parameters `year` and `as_of`.
inline Result<insight::View> asked_view(const Request& request, const Services& services) {
  const auto year = asked_number(request, "year", 1950, 2199);
  if (!year) return std::unexpected(year.error());
  const auto as_of = asked_number(request, "as_of", 0, position_max);
  if (!as_of) return std::unexpected(as_of.error());
  return insight::View{.year = static_cast<int>(year->value_or(services.year)), .as_of = *as_of};
}

inline insight::Language asked_language(const Request& request) {
  return request.parameter("language") == "en" ? insight::Language::en : insight::Language::zh;
}

/// Which records of any register the asker may see, where no pack says otherwise.
inline registers::Reach reading_reach(const Request& request) {
  return request.session ? registers::reach_of(request.session->user.grants, registers::Operation::read)
                         : registers::Reach::everything();
}

/// Which records of this register.
inline registers::Reach reading_reach(const Request& request, const registers::Register& of) {
  return request.session ? registers::reach_of(of, request.session->user.grants, registers::Operation::read)
                         : registers::Reach::everything();
}

/// Which records of this register he may change, make or reveal.
inline registers::Reach reach_for(const Request& request, const registers::Register& of,
                                  registers::Operation operation) {
  return registers::reach_of(of, request.session->user.grants, operation);
}

/// Who signed in, as the change log names him. Which of his roles count depends on the record: registers::add_roles.
inline registers::Actor actor_of(const Request& request, std::vector<std::string> roles = {}) {
  return {.id = std::to_string(request.session->user.id), .source = request.from, .roles = std::move(roles)};
}

/// Null while there are no accounts.
inline const std::vector<access::Grant>* grants_of(const Request& request) {
  return request.session ? &request.session->user.grants : nullptr;
}

/// The handler, given the register that the path names.
inline Handler of_register(const Services& services,
                           Response (*answer)(const Services&, const registers::Register&, const Request&)) {
  return [services, answer](const Request& request) {
    const registers::Register* of = services.registers.catalogue().find_register(request["register"]);
    if (!of) return refusal(404, {{"register.not_found", {}, {"没有这个登记簿。", "There is no such register."}}});
    return answer(services, *of, request);
  };
}

}  // namespace zhijia::http
