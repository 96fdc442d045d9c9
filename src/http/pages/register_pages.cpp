#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/asking.hpp"
#include "pages/page.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"
#include "registers/texts.hpp"
#include "server/target.hpp"
#include "sights.hpp"

namespace zhijia::http {

using insight::Language;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;

namespace {

constexpr std::size_t columns_on_a_page = 8;

bool is_number(const Field& field) {
  return field.type == FieldType::money || field.type == FieldType::integer || field.type == FieldType::decimal;
}

bool is_person(const Field& field) { return field.type == FieldType::person || field.type == FieldType::household; }

std::string title_of(const Field& field, Language language) {
  if (is_person(field) && field.title.zh.empty()) return language == Language::zh ? "姓名" : "Name";
  return in(language, field.title);
}

/// The field that names a record: the register's label, else the person that it is about.
const Field* naming_field(const Register& of) {
  if (const Field* label = of.field(of.label)) return label;
  const auto person = std::ranges::find_if(of.fields, is_person);
  return person == of.fields.end() ? nullptr : &*person;
}

/// Every register, under its line of work, with the number of its records.
Response list_registers(const Services& services, const Request& request) {
  const Language language = asked_language(request);
  const auto& catalogue = services.registers.catalogue();
  const std::string title = language == Language::zh ? "登记簿" : "Registers";
  std::string main = "<main><h1>" + title + "</h1>";
  services.store.read([&](store::Reader& reader) {
    for (const registers::Pack& pack : catalogue.packs) {
      main += "<h2>" + escaped(in(language, pack.title)) + "</h2><ul>";
      for (const Register& of : catalogue.registers) {
        if (of.pack != pack.name) continue;
        auto rows = reader.query("SELECT COUNT(*) FROM " + store::quoted_name(of.name));
        rows.next();
        main += fmt::format("<li><a href=\"/plain/registers/{}{}\">{}</a> <span class=\"quiet\">{}</span></li>",
                            of.name, escaped(carried(request)), escaped(in(language, of.title)), rows.integer(0));
      }
      main += "</ul>";
    }
    return 0;
  });
  return page(language, title, main + "</main>", request);
}

/// Sent in the body: what somebody looks for may be a whole identity number, which is not for addresses.
std::string search_form(const Register& of, const Request& request, Language language) {
  const bool chinese = language == Language::zh;
  return fmt::format(
      "<form role=\"search\" method=\"post\" action=\"/plain/registers/{}{}\">"
      "<input type=\"search\" name=\"q\" value=\"{}\" aria-label=\"{}\" placeholder=\"{}\"><button>{}</button></form>",
      of.name, escaped(carried(request)), escaped(request.parameter("q")), chinese ? "查找" : "Search",
      chinese ? "名称、文字或完整身份证号码" : "A name, a text, or a whole identity number",
      chinese ? "查找" : "Search");
}

/// To the next page: a link, or a form where somebody looks for something.
std::string next_page(const Register& of, const Request& request, const std::string& after, Language language) {
  const char* title = language == Language::zh ? "下一页" : "Next";
  if (request.method != "POST") {
    std::string more = "after=" + after;
    for (const char* name : {"q", "where"})
      if (!request.parameter(name).empty()) more += fmt::format("&{}={}", name, encoded(request.parameter(name)));
    return fmt::format("<p class=\"pages\"><a href=\"/plain/registers/{}{}\">{}</a></p>", of.name,
                       escaped(carried(request, more)), title);
  }
  return fmt::format(
      "<form class=\"pages\" method=\"post\" action=\"/plain/registers/{}{}\"><input type=\"hidden\" name=\"q\" "
      "value=\"{}\">"
      "<input type=\"hidden\" name=\"after\" value=\"{}\"><button>{}</button></form>",
      of.name, escaped(carried(request)), escaped(request.parameter("q")), after, title);
}

/// The fields of a list: the one that names a record first, then as the pack has them.
std::vector<std::size_t> shown_fields(const Register& of) {
  const Field* name = naming_field(of);
  std::vector<std::size_t> places;
  if (name) places.push_back(of.place(*name));
  for (std::size_t i = 0; i < of.fields.size() && places.size() < columns_on_a_page; ++i)
    if (&of.fields[i] != name && of.fields[i].type != FieldType::long_text) places.push_back(i);
  return places;
}

Response list_records(const Services& services, const Register& of, const Request& request) {
  const Language language = asked_language(request);
  const bool chinese = language == Language::zh;
  if (request.method == "GET" &&
      (holds_whole_number(request.parameter("q")) || holds_whole_number(request.parameter("where"))))
    return problem_page(
        language,
        {bad_parameter(
            "q", "身份证号、银行卡号不得写在网址中，请在登记簿页面的查找框里填写。",
            "An identity or card number must not stand in an address: use the search box of the register's page.")},
        request, 400);
  const registers::ListQuery query{.where = std::string(request.parameter("where")),
                                   .text = std::string(request.parameter("q")),
                                   .sort = {},
                                   .after = std::string(request.parameter("after")),
                                   .limit = 50,
                                   .counts_total = true,
                                   .grants = grants_of(request),
                                   .as_of = {}};
  return services.store.read([&](store::Reader& reader) {
    const auto list = registers::list(reader, services.registers, of, query);
    if (!list) return problem_page(language, list.error(), request, 400);
    const std::string title = in(language, of.title);
    std::string main =
        fmt::format("<main><h1>{}</h1>{}<p class=\"quiet\">{}</p><div class=\"wide\"><table><thead><tr>",
                    escaped(title), search_form(of, request, language),
                    chinese ? fmt::format("共 {} 条", *list->total) : fmt::format("{} records", *list->total));
    const std::vector<std::size_t> places = shown_fields(of);
    for (const std::size_t place : places)
      main += fmt::format("<th{}>{}</th>", is_number(of.fields[place]) ? " class=\"number\"" : "",
                          escaped(title_of(of.fields[place], language)));
    main += "</tr></thead><tbody>";
    registers::Texts texts(services.registers, reader);
    Sights sights(services, reader, of, request);
    for (const Record& record : list->records) {
      const std::vector<registers::Sight>& seen = sights.of(record.id);
      main += "<tr>";
      for (std::size_t i = 0; i < places.size(); ++i) {
        const std::string text = escaped(texts.shown(of, places[i], record, seen[places[i]]));
        main += is_number(of.fields[places[i]]) ? "<td class=\"number\">" : "<td>";
        main += i > 0 ? text
                      : fmt::format("<a href=\"/plain/registers/{}/{}{}\">{}</a>", of.name, record.id,
                                    escaped(carried(request)), text.empty() ? std::to_string(record.id) : text);
        main += "</td>";
      }
      main += "</tr>";
    }
    main += "</tbody></table></div>";
    if (list->records.empty())
      main += fmt::format("<p>{}</p>", chinese ? "没有符合的记录。请改换查找内容，或用“zhijia import”导入工作簿。"
                                               : "No record matches. Search for something else, or take a workbook in "
                                                 "with “zhijia import”.");
    if (!list->next.empty()) main += next_page(of, request, list->next, language);
    return page(language, title, main + "</main>", request);
  });
}

/// The search form's, whose terms are in its body.
Response find_records(const Services& services, const Register& of, const Request& request) {
  Request sent, asked = request;
  if (!request.header("content-type").starts_with("application/x-www-form-urlencoded") ||
      !read_target("/?" + request.body, sent))
    return problem_page(asked_language(request),
                        {bad_parameter("q", "请用本页的查找框查找。", "Use the search box of this page.")}, request,
                        400);
  std::ranges::move(sent.query, std::back_inserter(asked.query));
  return list_records(services, of, asked);
}

/// A value of the field, a link to the record that it leads to where it does.
std::string value_html(const Services& services, const Field& field, const registers::Stored& stored,
                       const std::string& text, const Request& request) {
  const auto* id = std::get_if<std::int64_t>(&stored);
  const Register* target = services.registers.catalogue().find_register(registers::target_of(field));
  if (!id || !registers::is_link(field) || !target) return escaped(text);
  return fmt::format("<a href=\"/plain/registers/{}/{}{}\">{}</a>", target->name, *id, escaped(carried(request)),
                     escaped(text));
}

/// The records of the sub-tables that are parts of this one.
std::string parts(const Services& services, store::Reader& reader, const Register& of, Id id, const Request& request) {
  const Language language = asked_language(request);
  registers::Texts texts(services.registers, reader);
  std::string html;
  for (const Register& table : services.registers.catalogue().registers) {
    if (table.part_of != of.name || reading_reach(request, table).is_none()) continue;
    const registers::ListQuery query{.where = "part_of = " + std::to_string(id), .limit = registers::list_limit_max};
    Sights sights(services, reader, table, request);
    const auto rows = registers::list(reader, services.registers, table, query).value();
    html += fmt::format("<h2>{}</h2><div class=\"wide\"><table><thead><tr>", escaped(in(language, table.title)));
    for (std::size_t i = 1; i < table.fields.size(); ++i)
      html += "<th>" + escaped(title_of(table.fields[i], language)) + "</th>";
    html += "</tr></thead><tbody>";
    for (const Record& record : rows.records) {
      const std::vector<registers::Sight>& seen = sights.of(record.id);
      html += "<tr>";
      for (std::size_t i = 1; i < table.fields.size(); ++i)
        html += "<td>" + escaped(texts.shown(table, i, record, seen[i])) + "</td>";
      html += "</tr>";
    }
    html += "</tbody></table></div>";
  }
  return html;
}

/// Who did what when: the record's entries in the change log.
std::string life(store::Reader& reader, const Register& of, Id id, Language language) {
  const bool chinese = language == Language::zh;
  std::string html = fmt::format(
      "<h2>{}</h2><div class=\"wide\"><table><thead><tr><th class=\"number\">{}</th><th>{}</th><th>{}</th><th>{}</th>"
      "<th>{}</th></tr></thead><tbody>",
      chinese ? "经历" : "Its life", chinese ? "日志位置" : "Log position", chinese ? "时间" : "When",
      chinese ? "何人" : "Who", chinese ? "来源" : "From where", chinese ? "何事" : "What");
  for (const store::StoredEntry& entry : reader.entries_of(of.name, id))
    html += fmt::format("<tr><td class=\"number\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                        entry.position, escaped(entry.at), escaped(entry.entry.actor), escaped(entry.entry.source),
                        escaped(entry.entry.kind));
  return html + "</tbody></table></div>";
}

Response show_record(const Services& services, const Register& of, const Request& request) {
  const Language language = asked_language(request);
  return services.store.read([&](store::Reader& reader) {
    const auto record = services.registers.read(reader, of, parse_id(request["id"]));
    if (!record) return problem_page(language, record.error(), request, 404);
    if (!registers::covers(reader, services.registers, of, record->id, reading_reach(request, of)))
      return problem_page(language, beyond_reach(), request, 404);
    registers::Texts texts(services.registers, reader);
    std::string title = in(language, of.title), rows;
    const std::vector<registers::Sight> sights = Sights(services, reader, of, request).of(record->id);
    for (std::size_t i = 0; i < of.fields.size(); ++i) {
      if (sights[i] == registers::Sight::hidden) continue;
      const Field& field = of.fields[i];
      const std::string text = texts.shown(of, i, *record, sights[i]);
      if (&field == naming_field(of) && !text.empty()) title += " · " + text;
      rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(title_of(field, language)),
                          value_html(services, field, record->values[i], text, request));
    }
    return page(
        language, title,
        fmt::format("<main><p><a href=\"/plain/registers/{}{}\">← {}</a></p><h1>{}</h1><div class=\"wide\"><table>"
                    "<tbody>{}</tbody></table></div>{}{}</main>",
                    of.name, escaped(carried(request)), escaped(in(language, of.title)), escaped(title), rows,
                    parts(services, reader, of, record->id, request), life(reader, of, record->id, language)),
        request);
  });
}

/// As of_register, answering with pages.
auto showing(const Services& services, Response (*answer)(const Services&, const Register&, const Request&)) {
  return [services, answer](const Request& request) {
    const Register* of = services.registers.catalogue().find_register(request["register"]);
    if (!of)
      return problem_page(asked_language(request),
                          {{"register.not_found", {}, {"没有这个登记簿。", "There is no such register."}}}, request,
                          404);
    return answer(services, *of, request);
  };
}

}  // namespace

void add_register_pages(Router& router, const Services& services) {
  router.add("GET", "/plain/registers",
             [services](const Request& request) { return list_registers(services, request); });
  router.add("GET", "/plain/registers/{register}", showing(services, list_records));
  router.add_question("/plain/registers/{register}", showing(services, find_records));
  router.add("GET", "/plain/registers/{register}/{id}", showing(services, show_record));
}

}  // namespace zhijia::http
