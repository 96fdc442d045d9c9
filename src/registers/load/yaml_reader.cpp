#include "load/yaml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "store/schema.hpp"

namespace zhijia::registers {

namespace {

std::string position_of(const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? std::string() : fmt::format("{}:{}", mark.line + 1, mark.column + 1);
}

}  // namespace

void YamlReader::refuse(const YAML::Node& at, std::string_view code, std::string zh, std::string en) {
  problems_.push_back({std::string(code),
                       {.file = file_, .sheet = {}, .cell = position_of(at), .record = {}, .field = {}},
                       {std::move(zh), std::move(en)}});
}

void YamlReader::warn(const YAML::Node& at, std::string_view code, std::string zh, std::string en) {
  if (warnings_) YamlReader(file_, *warnings_).refuse(at, code, std::move(zh), std::move(en));
}

void YamlReader::only_keys(const YAML::Node& map, std::initializer_list<std::string_view> known) {
  if (!map.IsMap()) return refuse(map, "pack.not_a_map", "这里应为“键: 值”", "a map of “key: value” is expected here");
  for (const auto& entry : map) {
    const std::string key = entry.first.Scalar();
    if (std::ranges::find(known, key) == known.end())
      refuse(entry.first, "pack.unknown_key", fmt::format("不认识的键“{}”;可用:{}", key, fmt::join(known, "、")),
             fmt::format("unknown key “{}”; known here: {}", key, fmt::join(known, ", ")));
  }
}

std::string YamlReader::text(const YAML::Node& map, const char* key) {
  const YAML::Node value = map[key];
  if (!value || value.IsNull()) return {};
  if (value.IsScalar()) return value.Scalar();
  refuse(value, "pack.not_a_text", fmt::format("“{}”应为一段文字", key), fmt::format("“{}” must be a text", key));
  return {};
}

std::string YamlReader::required_text(const YAML::Node& map, const char* key) {
  std::string value = text(map, key);
  if (value.empty()) refuse(map, "pack.missing_key", fmt::format("缺少“{}”", key), fmt::format("“{}” is missing", key));
  return value;
}

bool YamlReader::flag(const YAML::Node& map, const char* key) {
  const std::string value = text(map, key);
  if (value.empty() || value == "false") return false;
  if (value != "true")
    refuse(map[key], "pack.not_a_flag", fmt::format("“{}”应为 true 或 false", key),
           fmt::format("“{}” must be true or false", key));
  return value == "true";
}

int YamlReader::number(const YAML::Node& map, const char* key, int otherwise) {
  const YAML::Node value = map[key];
  if (!value) return otherwise;
  try {
    return value.as<int>();
  } catch (const YAML::Exception&) {
    refuse(value, "pack.not_a_number", fmt::format("“{}”应为整数", key),
           fmt::format("“{}” must be a whole number", key));
    return otherwise;
  }
}

Title YamlReader::title(const YAML::Node& map, const char* key) {
  const YAML::Node value = map[key];
  if (!value) return {};
  only_keys(value, {"zh", "en"});
  if (!value.IsMap()) return {};
  return {required_text(value, "zh"), required_text(value, "en")};
}

Title YamlReader::required_title(const YAML::Node& map, const char* key) {
  if (!map[key])
    refuse(map, "pack.missing_key", fmt::format("缺少“{}: {{zh: …, en: …}}”", key),
           fmt::format("“{}: {{zh: …, en: …}}” is missing", key));
  return title(map, key);
}

std::vector<std::string> YamlReader::texts(const YAML::Node& map, const char* key) {
  const YAML::Node value = map[key];
  std::vector<std::string> found;
  if (!value) return found;
  if (value.IsScalar()) return {value.Scalar()};
  if (!value.IsSequence()) {
    refuse(value, "pack.not_a_list", fmt::format("“{}”应为列表", key), fmt::format("“{}” must be a list", key));
    return found;
  }
  for (const YAML::Node& item : value)
    if (item.IsScalar())
      found.push_back(item.Scalar());
    else
      refuse(item, "pack.not_a_text", fmt::format("“{}”的每一项应为文字", key),
             fmt::format("each item of “{}” must be a text", key));
  return found;
}

void YamlReader::check_name(const YAML::Node& at, const std::string& name) {
  if (store::is_name(name)) return;
  refuse(at, "pack.name", fmt::format("“{}”不能作名称;请用小写字母、数字和下划线", name),
         fmt::format("“{}” cannot be a name; use small letters, digits and underscores", name));
}

}  // namespace zhijia::registers
