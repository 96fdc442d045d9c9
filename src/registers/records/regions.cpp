#include "records/regions.hpp"

#include <array>

namespace zhijia::registers {
namespace {

struct Region {
  std::string_view code, name, short_name;
};

// GB/T 2260-2007 with the change of 2017, by which Nanzheng became a district.
constexpr std::array<Region, 12> regions{{{"610700", "汉中市", "汉中"},
                                          {"610702", "汉台区", "汉台"},
                                          {"610703", "南郑区", "南郑"},
                                          {"610722", "城固县", "城固"},
                                          {"610723", "洋县", "洋县"},
                                          {"610724", "西乡县", "西乡"},
                                          {"610725", "勉县", "勉县"},
                                          {"610726", "宁强县", "宁强"},
                                          {"610727", "略阳县", "略阳"},
                                          {"610728", "镇巴县", "镇巴"},
                                          {"610729", "留坝县", "留坝"},
                                          {"610730", "佛坪县", "佛坪"}}};

}  // namespace

std::optional<std::string_view> region_code(std::string_view text) {
  for (const Region& region : regions)
    if (text == region.code || text == region.name || text == region.short_name) return region.code;
  return std::nullopt;
}

std::vector<std::string> region_names() {
  std::vector<std::string> names;
  for (const Region& region : regions) names.emplace_back(region.name);
  return names;
}

std::string_view region_name(std::string_view code) {
  for (const Region& region : regions)
    if (code == region.code) return region.name;
  return {};
}

}  // namespace zhijia::registers
