#include "feel/value.hpp"

#include <algorithm>

#include "shared.hpp"

namespace zhijia::feel {
namespace {

std::uint32_t depth_of(const Values& values) {
  std::uint32_t depth = 0;
  for (const auto& value : values) depth = std::max(depth, value.depth());
  return depth + 1;
}

}  // namespace

std::size_t Keys::find(std::string_view name) const {
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (names_[i] == name) return i;
  return names_.size();
}

char* Value::room_for_text(std::size_t size) {
  if (size <= inside_max) {
    bits_.tag = tag_of(Kind::string) | std::uint64_t{size} << size_shift;
    return reinterpret_cast<char*>(&bits_);
  }
  auto* text = new (::operator new(sizeof(SharedText) + size)) SharedText(size);
  *this = Value(Kind::string, text);
  return reinterpret_cast<char*>(text + 1);
}

Value::Value(std::string_view text) { std::ranges::copy(text, room_for_text(text.size())); }

Value Value::list(Values items) {
  const auto depth = depth_of(items);
  if (depth > value_depth_max) return {};
  return {Kind::list, new SharedList(depth, std::move(items))};
}

Value Value::context(std::shared_ptr<const Keys> keys, Values values) {
  const auto depth = depth_of(values);
  if (depth > value_depth_max) return {};
  return {Kind::context, new SharedContext(depth, std::move(keys), std::move(values))};
}

Value Value::context(std::vector<std::pair<std::string, Value>> entries) {
  std::vector<std::string> names;
  Values values;
  names.reserve(entries.size());
  values.reserve(entries.size());
  for (auto& [name, value] : entries) {
    names.push_back(std::move(name));
    values.push_back(std::move(value));
  }
  return context(std::make_shared<const Keys>(std::move(names)), std::move(values));
}

Value Value::range(Range range) {
  const auto depth = std::max(range.low.depth(), range.high.depth()) + 1;
  if (depth > value_depth_max) return {};
  return {Kind::range, new SharedRange(depth, std::move(range))};
}

Value Value::function(Function function) {
  if (function.closure.node != nullptr) return Value::function(std::move(function.closure));
  return {Kind::function, new SharedFunction(1, std::move(function))};
}

Value Value::function(Closure closure) {
  std::uint32_t depth = 1;
  for (const auto& value : closure.captured) depth = std::max(depth, value.depth() + 1);
  if (depth > value_depth_max) return {};
  return {Kind::function, new SharedFunction(depth, std::move(closure))};
}

void Value::release() noexcept {
  const auto* object = shared();
  // The only owner need not count: nobody else can become one meanwhile.
  if (object->owners.load(std::memory_order_acquire) != 1 &&
      object->owners.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  switch (kind()) {
    case Kind::string:
      ::operator delete(const_cast<void*>(static_cast<const void*>(static_cast<const SharedText*>(object))));
      break;
    case Kind::list:
      delete static_cast<const SharedList*>(object);
      break;
    case Kind::context:
      delete static_cast<const SharedContext*>(object);
      break;
    case Kind::range:
      delete static_cast<const SharedRange*>(object);
      break;
    case Kind::function:
      delete static_cast<const SharedFunction*>(object);
      break;
    default:
      break;
  }
}

const Range& Value::range() const { return static_cast<const SharedRange*>(shared())->range; }
const Function& Value::function() const { return static_cast<const SharedFunction*>(shared())->function; }

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::date:
      return "date";
    case Kind::time:
      return "time";
    case Kind::date_time:
      return "date and time";
    case Kind::months:
      return "years and months duration";
    case Kind::duration:
      return "days and time duration";
    case Kind::list:
      return "list";
    case Kind::context:
      return "context";
    case Kind::range:
      return "range";
    case Kind::function:
      return "function";
  }
  return "";
}

}  // namespace zhijia::feel
