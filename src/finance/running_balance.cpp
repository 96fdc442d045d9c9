#include "finance/running_balance.hpp"

#include <algorithm>
#include <map>

namespace zhijia::finance {

namespace {

using Places = std::vector<std::size_t>;

/// What the lines lead to in this order, from the balance before them where it is known.
struct Walk {
  std::optional<Money> last;
  std::size_t fitting = 0;
  std::vector<Misfit> misfits;
};

Walk walk(std::span<const ToldLine> lines, const Places& order, std::optional<Money> before) {
  Walk walked{.last = before, .misfits = {}};
  for (const std::size_t place : order) {
    const ToldLine& line = lines[place];
    if (walked.last) *walked.last += line.amount;
    if (!line.balance) continue;
    if (walked.last && *walked.last != *line.balance) walked.misfits.push_back({place, *walked.last});
    if (walked.last && *walked.last == *line.balance) ++walked.fitting;
    walked.last = line.balance;
  }
  return walked;
}

Places reversed(Places order) {
  std::ranges::reverse(order);
  return order;
}

/// Two files of one day interleave: each line goes where the balance before it was left by another, on a path that
/// takes every line once (Hierholzer). Empty when a line tells no balance, or nothing tells where to begin.
Places chained(std::span<const ToldLine> lines, const Places& day, std::optional<Money> before) {
  std::multimap<std::int64_t, std::size_t> from;
  std::map<std::int64_t, int> begun;  // times that a balance is left less times that it is reached
  for (const std::size_t place : day) {
    if (!lines[place].balance) return {};
    const Money left = *lines[place].balance - lines[place].amount;
    from.emplace(left.fen, place);
    ++begun[left.fen];
    --begun[lines[place].balance->fen];
  }
  if (!before)
    for (const auto& [balance, times] : begun)
      if (times > 0) before = Money{balance};
  if (!before) return {};
  Places way, path;
  for (std::int64_t at = before->fen;;) {
    if (const auto next = from.find(at); next != from.end()) {
      way.push_back(next->second);
      at = lines[next->second].balance->fen;
      from.erase(next);
      continue;
    }
    if (way.empty()) break;
    path.push_back(way.back());
    way.pop_back();
    at = (*lines[path.back()].balance - lines[path.back()].amount).fen;
  }
  return path.size() == day.size() ? reversed(path) : Places{};
}

std::vector<Places> days_of(std::span<const ToldLine> lines) {
  std::map<Date, Places> by_day;
  for (std::size_t i = 0; i < lines.size(); ++i) by_day[lines[i].on].push_back(i);
  std::vector<Places> days;
  for (auto& [on, places] : by_day) days.push_back(std::move(places));
  return days;
}

bool is_newest_first(std::span<const ToldLine> lines, const std::vector<Places>& days) {
  std::size_t oldest = 0, newest = 0;
  for (const Places& day : days) {
    oldest += walk(lines, day, {}).fitting;
    newest += walk(lines, reversed(day), {}).fitting;
  }
  if (oldest != newest) return newest > oldest;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    oldest += lines[i].on > lines[i - 1].on ? 1U : 0U;
    newest += lines[i].on < lines[i - 1].on ? 1U : 0U;
  }
  return newest > oldest;
}

/// The order of the day that the fewest lines contradict; of equals the usual one.
Places best_order(std::span<const ToldLine> lines, const Places& usual, std::optional<Money> before) {
  Places best = usual;
  Walk walked = walk(lines, best, before);
  for (Places& order : std::vector{reversed(usual), chained(lines, usual, before), chained(lines, usual, {})}) {
    if (order.size() != usual.size()) continue;
    Walk other = walk(lines, order, before);
    if (other.misfits.size() > walked.misfits.size() ||
        (other.misfits.size() == walked.misfits.size() && other.fitting <= walked.fitting))
      continue;
    best = std::move(order);
    walked = std::move(other);
  }
  return best;
}

}  // namespace

RunningBalance running_balance(std::span<const ToldLine> lines) {
  const std::vector<Places> days = days_of(lines);
  const bool newest_first = is_newest_first(lines, days);
  RunningBalance running;
  bool is_broken = false;  // within the last day; a gap before it says nothing of its end
  for (const Places& day : days) {
    const Places order = best_order(lines, newest_first ? reversed(day) : day, running.last);
    Walk walked = walk(lines, order, running.last);
    running.last = walked.last;
    std::ranges::move(walked.misfits, std::back_inserter(running.misfits));
    is_broken = !walk(lines, order, {}).misfits.empty();
  }
  if (is_broken) running.last.reset();
  return running;
}

}  // namespace zhijia::finance
