#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dmn/dmn.hpp"

using namespace zhijia;

/// Any bytes as a model: it is refused, or every decision and service of it ends within the limits and explains itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const auto self = [&](std::string_view, std::string_view) -> Result<std::string> { return std::string(xml); };
  const auto model = dmn::load(xml, self, "fuzz.dmn");
  if (!model) return 0;
  dmn::Inputs inputs;
  for (const auto& [name, type] : model->inputs()) inputs.push_back({name, 7});
  const dmn::Options options{
      .clock = nullptr,
      .limits = {.steps_max = 20'000, .depth_max = 200, .items_max = 2'000, .bytes_max = 4'000'000},
      .calls_max = 5'000,
      .explain = true};
  for (const auto& decision : model->decisions())
    (void)dmn::explanation(model->evaluate(decision, inputs, options), true);
  for (const auto& service : model->services()) (void)model->evaluate_service(service, inputs, options);
  return 0;
}
