#include <fmt/format.h>

#include "load/readers.hpp"

namespace zhijia::registers {

Pack read_pack(YamlReader& reader, const YAML::Node& root) {
  reader.only_keys(root, {"pack", "title", "order", "needs", "about"});
  Pack pack;
  pack.name = reader.required_text(root, "pack");
  pack.title = reader.required_title(root, "title");
  pack.order = reader.number(root, "order", 0);
  pack.needs = reader.texts(root, "needs");
  return pack;
}

std::vector<CodeList> read_code_lists(YamlReader& reader, const YAML::Node& root) {
  reader.only_keys(root, {"codes"});
  std::vector<CodeList> lists;
  for (const auto& entry : root["codes"]) {
    reader.check_name(entry.first, entry.first.Scalar());
    reader.only_keys(entry.second, {"title", "values"});
    if (!entry.second.IsMap()) continue;
    CodeList list{entry.first.Scalar(), reader.required_title(entry.second, "title"), {}};
    for (const auto& value : entry.second["values"])
      list.values.emplace_back(value.first.Scalar(),
                               reader.required_title(entry.second["values"], value.first.Scalar().c_str()));
    lists.push_back(std::move(list));
  }
  return lists;
}

void read_review(YamlReader& reader, std::string_view markdown, Pack& pack) {
  std::string* part = nullptr;
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    const std::string_view line = markdown.substr(0, end);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
    if (line == "--- zh")
      part = &pack.review_zh;
    else if (line == "--- en")
      part = &pack.review_en;
    else if (part)
      part->append(line) += '\n';
  }
  if (pack.review_zh.empty() || pack.review_en.empty())
    reader.refuse({}, "pack.review_language", "review.md 要有“--- zh”和“--- en”两部分",
                  "review.md needs both parts, “--- zh” and “--- en”");
}

}  // namespace zhijia::registers
