#include "base/problem_json.hpp"

#include <boost/json.hpp>

namespace zhijia {

namespace json = boost::json;

namespace {

constexpr std::pair<const char*, std::string Place::*> places[] = {{"file", &Place::file},
                                                                   {"sheet", &Place::sheet},
                                                                   {"cell", &Place::cell},
                                                                   {"record", &Place::record},
                                                                   {"field", &Place::field}};

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

json::object problem_json(const Problem& problem) {
  json::object object{{"code", problem.code}, {"zh", problem.message.zh}, {"en", problem.message.en}};
  for (const auto& [name, part] : places)
    if (!(problem.place.*part).empty()) object.emplace(name, problem.place.*part);
  return object;
}

Problem problem_from(const json::object& object) {
  Problem problem{text_of(object, "code"), {}, {text_of(object, "zh"), text_of(object, "en")}};
  for (const auto& [name, part] : places) problem.place.*part = text_of(object, name);
  return problem;
}

json::array problems_json(const Problems& problems) {
  json::array list;
  for (const Problem& problem : problems) list.push_back(problem_json(problem));
  return list;
}

Problems problems_from(const json::value& list) {
  Problems problems;
  for (const json::value& each : list.as_array()) problems.push_back(problem_from(each.as_object()));
  return problems;
}

}  // namespace zhijia
