#include "server/target.hpp"

#include <boost/url.hpp>

#include "base/text.hpp"

namespace zhijia::http {

namespace {

/// Text that is UTF-8 and holds no control characters.
bool is_plain(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return is_utf8(text);
}

}  // namespace

bool read_target(std::string_view target, Request& into) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return false;
  for (const std::string& segment : url->segments()) {
    if (!is_plain(segment) || segment == ".." || segment == ".") return false;
    into.path.push_back(segment);
  }
  if (into.path.size() == 1 && into.path.front().empty()) into.path.clear();
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  for (const auto& parameter : url->params(form)) {
    if (!is_utf8(parameter.key) || !is_utf8(parameter.value) || parameter.value.find('\0') != std::string::npos)
      return false;
    into.query.emplace_back(parameter.key, parameter.value);
  }
  return true;
}

}  // namespace zhijia::http
