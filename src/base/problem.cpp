#include "base/problem.hpp"

namespace zhijia {

std::unexpected<Problems> fail(std::string_view code, std::string_view zh, std::string_view en, Place place) {
  return std::unexpected(
      Problems{Problem{std::string(code), std::move(place), Message{std::string(zh), std::string(en)}}});
}

std::string describe(const Problem& problem) {
  std::string where;
  const Place& place = problem.place;
  for (const std::string* part : {&place.file, &place.sheet, &place.cell, &place.record, &place.field}) {
    if (part->empty()) continue;
    if (!where.empty()) where += " · ";
    where += *part;
  }
  if (!where.empty()) where += ": ";
  return where + problem.message.zh + " / " + problem.message.en + " [" + problem.code + "]";
}

}  // namespace zhijia
