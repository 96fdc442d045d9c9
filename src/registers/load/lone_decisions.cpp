#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "load/readers.hpp"
#include "records/flow.hpp"

/// Whoever enters a record is one pair of eyes; where money, an honour or the end of a file is decided there should be
/// a second (不相容岗位相互分离, 行政事业单位内部控制规范（试行）, 财会〔2012〕21号).
namespace zhijia::registers {

namespace {

/// States by whose names packs say that something was decided.
constexpr std::string_view decided_states[] = {"approved", "paid", "decided", "awarded", "commended", "closed"};

bool decides(const Step& step) {
  return !step.is_automatic() &&
         (!step.posting.empty() || std::ranges::find(decided_states, step.to) != std::end(decided_states));
}

/// Somebody who enters a record, holds every role, and leads it on as far as the rules let him.
class LonePerson {
 public:
  explicit LonePerson(const Flow& flow) : flow_(flow) { go_on_from(flow.start); }

  /// The steps that he can take himself, by name and the state that they lead to.
  bool takes(const Step& step) const { return taken_.contains({step.name, step.to}); }

 private:
  void go_on_from(const std::string& state) {
    // To come back to a state gains him nothing: what he did keeps counting.
    if (!on_way_.insert(state).second) return;
    for (const Step& step : flow_.steps) {
      if (step.from != state || step.by == "worker" || done_.contains(step.never_by)) continue;
      if (!step.is_automatic()) taken_.emplace(step.name, step.to);
      const bool is_new = !step.is_automatic() && done_.insert(step.name).second;
      go_on_from(step.to);
      if (is_new) done_.erase(step.name);
    }
    on_way_.erase(state);
  }

  const Flow& flow_;
  std::set<std::string, std::less<>> on_way_, done_{std::string(creating)};
  std::set<std::pair<std::string, std::string>> taken_;
};

}  // namespace

void warn_of_lone_decisions(YamlReader& reader, const YAML::Node& node, const Flow& flow) {
  const LonePerson person(flow);
  for (const YAML::Node& item : node["steps"]) {
    if (!item.IsMap() || !reader.title(item, "alone").zh.empty()) continue;
    const std::string name = reader.text(item, "do"), to = reader.text(item, "to");
    const auto alone = std::ranges::find_if(flow.steps, [&](const Step& step) {
      return step.name == name && step.to == to && decides(step) && person.takes(step);
    });
    if (alone == flow.steps.end()) continue;
    reader.warn(item, "pack.lone_decision",
                fmt::format("一个人就能从登记一直办到“{}”：请写 never_by: create 或之前的步骤；确应如此的，用 alone: "
                            "{{zh: …, en: …}} 写明理由",
                            name),
                fmt::format("one person alone can enter a record and take it through “{}”: write never_by: create, or "
                            "a step before; where that is meant, say why with alone: {{zh: …, en: …}}",
                            name));
  }
}

}  // namespace zhijia::registers
