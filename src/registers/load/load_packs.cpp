#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "decisions/plan.hpp"
#include "load/readers.hpp"
#include "registers/check.hpp"

namespace zhijia::registers {

namespace {

namespace fs = std::filesystem;

/// The largest pack file we know has 300 lines; a file beyond this is not one that an officer wrote.
constexpr std::uintmax_t pack_file_bytes_max = 1 << 20;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads one YAML file and gives its root to `take`; a file that is no YAML, or holds no map, is a fault.
template <typename Take>
void read_yaml(const fs::path& path, Problems& problems, Problems& warnings, Take take) {
  YamlReader reader(path.generic_string(), problems, &warnings);
  if (fs::file_size(path) > pack_file_bytes_max)
    return reader.refuse({}, "pack.too_large", "业务包文件超过1MB", "a pack file may have 1 MB at most");
  try {
    const YAML::Node root = YAML::Load(content_of(path));
    if (!root.IsMap())
      return reader.refuse(root, "pack.not_a_map", "文件应为“键: 值”", "the file must be a map of “key: value”");
    take(reader, root);
  } catch (const YAML::Exception& exception) {
    problems.push_back(
        {"pack.yaml",
         {.file = path.generic_string(),
          .sheet = {},
          .cell =
              exception.mark.is_null() ? "" : fmt::format("{}:{}", exception.mark.line + 1, exception.mark.column + 1),
          .record = {},
          .field = {}},
         {"YAML 写法有误:" + exception.msg, "not well-formed YAML: " + exception.msg}});
  }
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::ranges::sort(entries);
  return entries;
}

/// Which pack each code list is of, by the list's name.
using ListOwners = std::map<std::string, std::string>;

void load_pack(const fs::path& folder, Catalogue& catalogue, ListOwners& owners, Problems& problems,
               Problems& warnings) {
  Pack pack;
  read_yaml(folder / "pack.yaml", problems, warnings,
            [&](YamlReader& reader, const YAML::Node& root) { pack = read_pack(reader, root); });
  if (!pack.name.empty() && pack.name != folder.filename().string())
    YamlReader((folder / "pack.yaml").generic_string(), problems)
        .refuse({}, "pack.folder", fmt::format("业务包名“{}”应与文件夹名相同", pack.name),
                fmt::format("the pack's name “{}” must be its folder's", pack.name));
  for (const fs::path& path : sorted_entries(folder)) {
    if (path.extension() == ".md" && path.stem() == "review") {
      YamlReader reader(path.generic_string(), problems);
      read_review(reader, content_of(path), pack);
    }
    if (path.extension() != ".yaml" || path.stem() == "pack") continue;
    read_yaml(path, problems, warnings, [&](YamlReader& reader, const YAML::Node& root) {
      if (path.stem() == "codes")
        for (CodeList& list : read_code_lists(reader, root)) {
          owners[list.name] = pack.name;
          catalogue.code_lists.push_back(std::move(list));
        }
      else if (path.stem() == "calendar")
        read_calendar(reader, root, catalogue.calendar);
      else if (path.stem() == "indicators")
        std::ranges::move(read_indicators(reader, root, pack.name), std::back_inserter(catalogue.indicators));
      else
        std::ranges::move(read_registers(reader, root, pack.name), std::back_inserter(catalogue.registers));
    });
  }
  catalogue.packs.push_back(std::move(pack));
}

/// Another pack's code list may change with that pack: who uses it says so, and is looked at when it does.
void check_needs(const Catalogue& catalogue, const ListOwners& owners, Problems& problems) {
  for (const Register& of : catalogue.registers) {
    const auto pack = std::ranges::find(catalogue.packs, of.pack, &Pack::name);
    for (const Field& field : of.fields) {
      const auto owner = field.type == FieldType::choice ? owners.find(field.target) : owners.end();
      if (owner == owners.end() || pack == catalogue.packs.end() || owner->second == of.pack ||
          std::ranges::find(pack->needs, owner->second) != pack->needs.end())
        continue;
      YamlReader(of.file, problems)
          .refuse(
              {}, "pack.need",
              fmt::format("字段“{}”用了业务包“{}”的代码表，请在 pack.yaml 的 needs 中写明", field.name, owner->second),
              fmt::format("the field “{}” uses a code list of the pack “{}”: name it in needs of pack.yaml", field.name,
                          owner->second));
    }
  }
}

}  // namespace

Result<Catalogue> load_packs(const fs::path& root) {
  Problems warnings;
  return load_packs(root, warnings);
}

Result<Catalogue> load_packs(const fs::path& root, Problems& warnings) {
  if (!fs::is_directory(root))
    return fail("pack.no_folder", fmt::format("没有业务包文件夹 {}", root.string()),
                fmt::format("there is no pack folder {}", root.string()));
  Catalogue catalogue;
  Problems problems;
  ListOwners owners;
  for (const fs::path& folder : sorted_entries(root))
    if (fs::exists(folder / "pack.yaml")) load_pack(folder, catalogue, owners, problems, warnings);

  if (catalogue.packs.empty() && problems.empty())
    return fail("pack.none", fmt::format("文件夹 {} 中没有业务包（含 pack.yaml 的子文件夹）", root.string()),
                fmt::format("the folder {} holds no pack: a folder with a pack.yaml", root.string()));

  std::ranges::stable_sort(catalogue.packs, {}, &Pack::order);
  const auto order_of = [&](const auto& part) {
    return std::ranges::find(catalogue.packs, part.pack, &Pack::name) - catalogue.packs.begin();
  };
  std::ranges::stable_sort(catalogue.registers, {}, order_of);
  std::ranges::stable_sort(catalogue.indicators, {}, order_of);
  catalogue.registers = in_order_of_need(std::move(catalogue.registers));
  check_catalogue(catalogue, problems);
  check_needs(catalogue, owners, problems);
  if (problems.empty()) plan_decisions(catalogue, problems);
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return catalogue;
}

std::vector<Register> in_order_of_need(std::vector<Register> registers) {
  std::vector<Register> ordered;
  std::set<std::string> placed;
  const auto target_of = [](const Field& field) {
    return field.type == FieldType::organisation ? std::string("union")
           : field.type == FieldType::ref        ? field.target
                                                 : "";
  };
  const auto is_ready = [&](const Register& register_) {
    return std::ranges::all_of(register_.fields, [&](const Field& field) {
      const std::string target = target_of(field);
      return target.empty() || target == register_.name || placed.contains(target);
    });
  };
  while (!registers.empty()) {
    auto next = std::ranges::find_if(registers, is_ready);
    if (next == registers.end()) next = registers.begin();
    placed.insert(next->name);
    ordered.push_back(std::move(*next));
    registers.erase(next);
  }
  return ordered;
}

const Register* Catalogue::find_register(std::string_view name) const {
  const auto found = std::ranges::find(registers, name, &Register::name);
  return found == registers.end() ? nullptr : &*found;
}
const CodeList* Catalogue::find_codes(std::string_view name) const {
  const auto found = std::ranges::find(code_lists, name, &CodeList::name);
  return found == code_lists.end() ? nullptr : &*found;
}
const Indicator* Catalogue::find_indicator(std::string_view id) const {
  const auto found = std::ranges::find(indicators, id, &Indicator::id);
  return found == indicators.end() ? nullptr : &*found;
}

}  // namespace zhijia::registers
