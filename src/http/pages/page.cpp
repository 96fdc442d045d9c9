#include "pages/page.hpp"

#include <fmt/format.h>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace zhijia::http {

using insight::Language;

namespace {

constexpr std::string_view style = R"(
:root{--ink:#1c1c1c;--quiet:#5c5c5c;--line:#ddd;--red:#a3001b;--paper:#fff;--band:#faf6f6}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.7 'Noto Sans CJK SC','Microsoft YaHei',system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{background:var(--red);color:#fff}
header nav{max-width:72rem;margin:auto;padding:.6rem 1rem;display:flex;gap:1.2rem;flex-wrap:wrap;align-items:baseline}
header a{color:#fff;text-decoration:none}header a:hover,header a:focus-visible{text-decoration:underline}
header .name{font-weight:700;margin-right:auto}
main{max-width:72rem;margin:1.5rem auto;padding:0 1rem}
main.text{max-width:48rem}
h1{font-size:1.6rem;line-height:1.3;color:var(--red);margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:var(--red)}
.figure{font-size:2.2rem;font-weight:700;font-variant-numeric:tabular-nums;margin:.3rem 0}
.quiet{color:var(--quiet)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
th{background:var(--band);font-weight:600;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.wide{overflow-x:auto}
form{display:flex;gap:.5rem;flex-wrap:wrap;margin:1rem 0}
input{font:inherit;padding:.45rem .6rem;border:1px solid #999;border-radius:.3rem;flex:1 1 14rem;min-width:0}
button{font:inherit;padding:.45rem 1.1rem;border:0;border-radius:.3rem;background:var(--red);color:#fff}
.pages{display:flex;gap:1.5rem;margin:1rem 0}
:focus-visible{outline:3px solid #f5a623;outline-offset:2px}
@media(max-width:40rem){th,td{padding:.4rem .45rem}h1{font-size:1.35rem}.figure{font-size:1.8rem}}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--quiet:#aaa;--line:#444;--paper:#181818;--band:#242020}h1,main a{color:#ff9aa3}}
@media print{header,form,.pages{display:none}}
)";

/// This page's address, in the other language.
std::string other_language(const Request& request, Language language) {
  std::string address;
  for (const std::string& segment : request.path) address += "/" + encoded(segment);
  if (address.empty()) address = "/";
  std::string separator = "?";
  for (const auto& [name, value] : request.query) {
    if (name == "language" || request.method == "POST") continue;  // what came in a body stays out of addresses
    address += std::exchange(separator, "&") + encoded(name) + "=" + encoded(value);
  }
  return language == Language::zh ? address + separator + "language=en" : address;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '"')
      safe += "&quot;";
    else if (c == '\'')
      safe += "&#39;";
    else
      safe += c;
  }
  return safe;
}

std::string encoded(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string carried(const Request& request, std::string_view more) {
  std::string query, separator = "?";
  for (const char* name : {"year", "as_of", "language"})
    if (const std::string_view value = request.parameter(name); !value.empty())
      query += std::exchange(separator, "&") + name + "=" + encoded(value);
  return more.empty() ? query : query + separator + std::string(more);
}

Response page(Language language, std::string_view title, std::string_view main, const Request& request, int status) {
  const bool chinese = language == Language::zh;
  const std::string suffix = escaped(carried(request));
  std::string html = fmt::format(
      R"(<!DOCTYPE html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{} · 职家</title><link rel="icon" href="data:,"><style>{}</style></head><body>
<header><nav aria-label="{}"><a class="name" href="/plain{}">职家 Zhijia</a><a href="/plain{}">{}</a><a href="/plain/registers{}">{}</a><a href="{}" lang="{}">{}</a></nav></header>
{}
</body></html>
)",
      chinese ? "zh-CN" : "en", escaped(title), style, chinese ? "主导航" : "Main", suffix, suffix,
      chinese ? "年度回顾" : "The year", suffix, chinese ? "登记簿" : "Registers",
      escaped(other_language(request, language)), chinese ? "en" : "zh-CN", chinese ? "English" : "中文", main);
  return {.status = status, .type = "text/html; charset=utf-8", .body = std::move(html)};
}

Response problem_page(Language language, const Problems& problems, const Request& request, int status) {
  const bool chinese = language == Language::zh;
  std::string main = fmt::format("<main><h1>{}</h1><ul>", chinese ? "请求未能完成" : "This could not be done");
  for (const Problem& problem : problems) main += "<li>" + escaped(in(language, problem.message)) + "</li>";
  return page(language, chinese ? "请求未能完成" : "This could not be done", main + "</ul></main>", request, status);
}

}  // namespace zhijia::http
