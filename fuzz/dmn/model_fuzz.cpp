#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "dmn/batch.hpp"
#include "dmn/dmn.hpp"
#include "support/random_model.hpp"

using namespace zhijia;

namespace {

using Bytes = std::basic_string_view<std::uint8_t>;

/// Changes a text a little: four bytes say where, how and what.
void edit(std::string& text, Bytes change) {
  const std::size_t at = (change[0] * 256U + change[1]) * text.size() / 65'536;
  const std::size_t length = 1 + change[3];
  switch (change[2] % 5) {
    case 0:
      text[at] = static_cast<char>(change[3]);
      break;
    case 1:
      text.insert(at, 1, static_cast<char>(change[3]));
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(at, text.substr(at / 2, length));
      break;
    default:
      std::ranges::reverse(text.begin() + static_cast<std::ptrdiff_t>(at),
                           text.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, text.size())));
  }
}

/// As it is where it begins as XML does; else a model that works, of which the first eight bytes say which, and edits.
std::string model_from(Bytes data) {
  std::uint64_t seed = 0;
  if (data.starts_with('<') || data.size() < sizeof seed) return {data.begin(), data.end()};
  std::memcpy(&seed, data.data(), sizeof seed);
  auto text = dmn::tests::RandomModel(seed).xml();
  constexpr std::size_t edit_size = 4;
  for (auto rest = data.substr(sizeof seed); rest.size() >= edit_size && !text.empty(); rest.remove_prefix(edit_size))
    edit(text, rest);
  return text;
}

/// Many cases at once must give what each gives alone.
void expect_same(const dmn::Model& model, const std::string& decision, std::uint64_t seed) {
  constexpr std::size_t cases = 9;
  const auto columns = dmn::tests::RandomModel(seed).cases(cases);
  const auto decided = dmn::decide(model, decision, columns, {.threads = 1, .keep_rows = true});
  if (!decided) return;
  for (std::size_t at = 0; at < cases; ++at) {
    dmn::Inputs inputs;
    for (std::size_t i = 0; i < columns.names.size(); ++i)
      inputs.push_back({columns.names[i], columns.values[i].at(at)});
    const auto alone = model.evaluate(decision, inputs);
    if (feel::literal(decided->values.at(at)) != feel::literal(alone.value)) std::abort();
  }
}

}  // namespace

/// Any bytes as a model: it is refused, or every decision and service of it ends within the limits, explains itself,
/// and gives the same for many cases as for one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto xml = model_from({data, size});
  const auto self = [&](std::string_view, std::string_view) -> Result<std::string> { return xml; };
  const auto model = dmn::load(xml, self, "fuzz.dmn");
  if (!model) return 0;
  dmn::Inputs inputs;
  for (const auto& [name, type] : model->inputs()) inputs.push_back({name, 7});
  const dmn::Options options{
      .clock = nullptr,
      .limits = {.steps_max = 20'000, .depth_max = 200, .items_max = 2'000, .bytes_max = 4'000'000},
      .calls_max = 5'000,
      .explain = true};
  for (const auto& decision : model->decisions()) {
    const auto outcome = model->evaluate(decision, inputs, options);
    (void)dmn::explanation(outcome, true, model->words());
    // What came near to a limit may reach it in one way and not in the other.
    if (outcome.problems.empty()) expect_same(*model, decision, size);
  }
  for (const auto& service : model->services()) (void)model->evaluate_service(service, inputs, options);
  return 0;
}
