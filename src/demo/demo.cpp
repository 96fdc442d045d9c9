#include "demo/demo.hpp"

#include "lines.hpp"

namespace zhijia::demo {

Result<void> generate(int year, const std::filesystem::path& out,
                      const std::function<void(const std::string& register_name)>& progress) {
  std::filesystem::create_directories(out);
  City city(year, out, progress);
  for (const auto line : {organisation, guidance, contests, honours, training, four_seasons, jobs, rights, consumption,
                          labour_model_aid, emergency, care, publicity, relief, mutual_aid, governance, finance})
    line(city);
  if (!city.problems.empty()) return std::unexpected(city.problems);
  return {};
}

}  // namespace zhijia::demo
