#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "registers/pack.hpp"

namespace zhijia::registers {

/// One pack file while it is read: hands out values and gathers a Problem, with line and column, for each that is not
/// as docs/packs.md says. Missing values come back empty, so that reading goes on and all faults are told at once.
class YamlReader {
 public:
  /// `warnings`: where warn() puts what it is told; null for nowhere.
  YamlReader(std::string file, Problems& problems, Problems* warnings = nullptr)
      : file_(std::move(file)), problems_(problems), warnings_(warnings) {}

  const std::string& file() const { return file_; }

  void refuse(const YAML::Node& at, std::string_view code, std::string zh, std::string en);
  /// Of what is allowed and should be looked at.
  void warn(const YAML::Node& at, std::string_view code, std::string zh, std::string en);

  /// Names every key of `map` that is not among `known`.
  void only_keys(const YAML::Node& map, std::initializer_list<std::string_view> known);

  std::string text(const YAML::Node& map, const char* key);           ///< empty when absent
  std::string required_text(const YAML::Node& map, const char* key);  ///< a fault when absent
  bool flag(const YAML::Node& map, const char* key);
  int number(const YAML::Node& map, const char* key, int otherwise);
  Title title(const YAML::Node& map, const char* key);  ///< {zh: …, en: …}; a fault when only one is there
  Title required_title(const YAML::Node& map, const char* key);
  std::vector<std::string> texts(const YAML::Node& map, const char* key);  ///< a list, or one text

  /// A name as fields, registers and states have it: [a-z][a-z0-9_]*.
  void check_name(const YAML::Node& at, const std::string& name);

 private:
  std::string file_;
  Problems& problems_;
  Problems* warnings_;
};

}  // namespace zhijia::registers
