#include <boost/json.hpp>

#include "base/text.hpp"
#include "draw/draw.hpp"

namespace zhijia::draw {

namespace json = boost::json;

namespace {

/// The texts of a sheet by their names in the file.
constexpr std::pair<const char*, std::string Sheet::*> texts[] = {{"title", &Sheet::title},
                                                                  {"commitment", &Sheet::commitment},
                                                                  {"randomness", &Sheet::randomness},
                                                                  {"entries_sha256", &Sheet::entries_hash},
                                                                  {"secret", &Sheet::secret},
                                                                  {"random_value", &Sheet::random_value},
                                                                  {"seed", &Sheet::seed}};

std::unexpected<Problems> no_draw() { return fail("draw.file", "这不是抽奖公证文件。", "This is no file of a draw."); }

/// A ticket or a text without line feeds, which part the lines that are hashed.
bool is_line(const json::value& value) {
  return value.is_string() && value.get_string().size() <= 1'000 && value.get_string().find('\n') == json::string::npos;
}

bool read_lines(const json::object& file, const char* name, std::vector<std::string>& into) {
  const json::value* list = file.if_contains(name);
  if (!list || !list->is_array() || list->get_array().size() > entries_max) return false;
  for (const json::value& line : list->get_array()) {
    if (!is_line(line)) return false;
    into.emplace_back(line.get_string());
  }
  return true;
}

json::array lines(const std::vector<std::string>& texts_) { return json::array(texts_.begin(), texts_.end()); }

}  // namespace

Result<Sheet> parse(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 4;
  const json::value value = is_utf8(text) ? json::parse(text, error, {}, options) : json::value();
  if (error || !value.is_object()) return no_draw();
  const json::object& file = value.get_object();
  const json::value* version = file.if_contains("zhijia_draw");
  const json::value* places = file.if_contains("places");
  if (!version || *version != json::value(1) || !places || !places->is_int64() || places->get_int64() < 0)
    return no_draw();
  Sheet sheet{.places = static_cast<std::size_t>(places->get_int64())};
  for (const auto& [name, member] : texts) {
    const json::value* held = file.if_contains(name);
    if (!held || !is_line(*held)) return no_draw();
    sheet.*member = std::string(held->get_string());
  }
  if (!read_lines(file, "entries", sheet.entries) || !read_lines(file, "winners", sheet.winners)) return no_draw();
  return sheet;
}

std::string write(const Sheet& sheet) {
  json::object file{{"zhijia_draw", 1}, {"places", sheet.places}};
  for (const auto& [name, member] : texts) file.emplace(name, sheet.*member);
  file.emplace("entries", lines(sheet.entries));
  file.emplace("winners", lines(sheet.winners));
  return json::serialize(file);
}

}  // namespace zhijia::draw
