#include "base/ids.hpp"

#include <algorithm>
#include <charconv>

namespace zhijia {

Id IdSource::next() {
  constexpr int node_bits = 10, sequence_bits = 12;
  static const Moment epoch{Date::of(2020, 1, 1).day};
  const std::lock_guard lock(mutex_);
  const std::int64_t now_tick = std::max<std::int64_t>(0, (clock_.now() - epoch).count()) << sequence_bits;
  tick_ = std::max(tick_ + 1, now_tick);
  const std::int64_t milliseconds = tick_ >> sequence_bits;
  const std::int64_t sequence = tick_ & ((1 << sequence_bits) - 1);
  return (milliseconds << (node_bits + sequence_bits)) | (static_cast<std::int64_t>(node_) << sequence_bits) | sequence;
}

Id parse_id(std::string_view text) {
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() && id > 0 ? id : 0;
}

}  // namespace zhijia
