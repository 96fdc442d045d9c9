#include "records/links.hpp"

#include <algorithm>
#include <charconv>

#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "records/cell.hpp"

namespace zhijia::registers {
namespace {

/// "2020 / 汉台区" → its parts.
std::deque<std::string> parts_of(const std::string& text) {
  constexpr std::string_view separator = " / ";
  std::deque<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + separator.size())
    parts.push_back(text.substr(begin, end - begin));
  parts.push_back(text.substr(begin));
  return parts;
}

/// The ways to name a record of the register, best first.
std::vector<std::vector<std::string>> names_of(const Register& of) {
  std::vector<std::vector<std::string>> names;
  if (!of.key.empty()) names.push_back(of.key);
  for (const Field& field : of.fields)
    if (field.unique) names.push_back({field.name});
  if (!of.label.empty() && !is_sealed(*of.field(of.label))) names.push_back({of.label});
  return names;
}

/// "#123": the record of that id, whatever its key.
std::optional<Id> id_named(std::string_view text) {
  if (!text.starts_with('#')) return std::nullopt;
  Id id = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(id) : std::nullopt;
}

feel::Value person_context(const std::optional<people::Person>& person) {
  if (!person) return {};
  return feel::Value::context({{"name", person->name},
                               {"birth_date", feel::Value::of(feel::Date::parse(person->birth_date))},
                               {"sex", person->sex}});
}

}  // namespace

Result<Id> Links::find(const Field& link, const std::string& text) {
  const Table& target = table(target_of(link));
  if (const auto id = id_named(text); id && target.load(transaction_, *id)) return *id;
  auto& found = found_[target.of.name];
  if (const auto known = found.find(text); known != found.end()) return known->second;
  if (target.of.name == own_.of.name) own_.inserter(transaction_).flush();
  for (const auto& names : names_of(target.of)) {
    const auto [count, id] = find_by(target, names, text);
    if (count == Found::several)
      return std::unexpected(Problems{
          problem_at(link, "field.ambiguous", "有多条“" + target.of.title.zh + "”符合“" + text + "”，请填写其编号。",
                     "Several records of “" + target.of.title.en + "” match “" + text + "”; give the code instead.")});
    if (count == Found::one) return found.emplace(text, id).first->second;
  }
  if (target.of.name == own_.of.name)
    if (const auto at = rehearsed_names_.find(text); at != rehearsed_names_.end()) return at->second;
  return std::unexpected(
      Problems{problem_at(link, "field.no_such", "“" + target.of.title.zh + "”中没有“" + text + "”，请核对或先登记。",
                          "There is no “" + text + "” in “" + target.of.title.en + "”; check it, or enter it first.")});
}

std::pair<Links::Found, Id> Links::find_by(const Table& target, const std::vector<std::string>& names,
                                           const std::string& text) {
  std::deque<std::string> parts =
      names.size() == 1 && !is_link(*target.of.field(names.front())) ? std::deque<std::string>{text} : parts_of(text);
  std::vector<std::size_t> fields;
  std::vector<Stored> values;
  for (const std::string& name : names) {
    const Field* field = target.of.field(name);
    auto value = take(*field, parts);
    if (!value) return {Found::none, 0};
    fields.push_back(target.of.place(*field));
    values.push_back(std::move(*value));
  }
  if (!parts.empty()) return {Found::none, 0};
  const std::vector<Id> ids = target.find(transaction_, fields, values);
  if (ids.empty()) return {Found::none, 0};
  return {ids.size() == 1 ? Found::one : Found::several, ids.front()};
}

std::optional<Stored> Links::take(const Field& field, std::deque<std::string>& parts) {
  if (parts.empty()) return std::nullopt;
  const std::string first = parts.front();
  if (!is_link(field)) {
    parts.pop_front();
    auto value = read_cell(field, catalogue_.find_codes(field.target), first);
    return value ? std::optional(std::move(*value)) : std::nullopt;
  }
  if (target_of(field).empty()) {
    parts.pop_front();
    return find_person(field, first);
  }
  const std::size_t wanted = std::max<std::size_t>(1, table(target_of(field)).of.key.size());
  std::string text;
  for (std::size_t i = 0; i < wanted && !parts.empty(); ++i, parts.pop_front())
    text += (i > 0 ? " / " : "") + parts.front();
  const auto id = find(field, text);
  return id ? std::optional<Stored>(*id) : std::nullopt;
}

std::optional<Stored> Links::find_person(const Field& field, const std::string& identity_number) {
  const auto number = IdentityNumber::parse(identity_number);
  if (!number) return std::nullopt;
  people_.flush();
  const std::vector<std::string> fingerprints = vault_.fingerprints(number->text());
  const std::vector<store::Parameter> sought(fingerprints.begin(), fingerprints.end());
  const std::string is_theirs = "identity_number_hash IN (" + store::placeholders(sought.size()) + ")";
  auto rows = field.type == FieldType::person
                  ? transaction_.query_with("SELECT id FROM person WHERE " + is_theirs, sought)
                  : transaction_.query_with(
                        "SELECT h.id FROM household h JOIN person p ON p.id = h.head WHERE p." + is_theirs, sought);
  return rows.next() ? std::optional<Stored>(rows.integer(0)) : std::nullopt;
}

feel::Value Links::follow(const Field& link, Id id, int depth) {
  if (depth == 0) return id;
  if (target_of(link).empty()) {
    people_.flush();
    return person_context(link.type == FieldType::person ? people::find_person(transaction_, id)
                                                         : people::find_head(transaction_, id));
  }
  const Table& target = table(target_of(link));
  const bool is_whole = depth == 3;
  auto& known = followed_[target.of.name];
  if (const auto at = known.find(id); is_whole && at != known.end()) return at->second;
  if (target.of.name == own_.of.name) own_.inserter(transaction_).flush();
  const auto rehearsed = target.of.name == own_.of.name ? rehearsed_.find(id) : rehearsed_.end();
  const auto record = rehearsed != rehearsed_.end() ? std::optional(rehearsed->second) : target.load(transaction_, id);
  if (!record) return {};
  std::vector<std::pair<std::string, feel::Value>> entries;
  for (std::size_t i = 0; i < target.of.fields.size(); ++i) {
    const Field& field = target.of.fields[i];
    const Id* next = std::get_if<std::int64_t>(&record->values[i]);
    entries.emplace_back(field.name,
                         is_link(field) && next ? follow(field, *next, depth - 1) : to_feel(field, record->values[i]));
  }
  feel::Value context = feel::Value::context(std::move(entries));
  if (is_whole) known.emplace(id, context);
  return context;
}

void Links::note_rehearsed(const Record& record) {
  const Register& of = own_.of;
  if (std::ranges::none_of(of.fields, [&](const Field& field) { return target_of(field) == of.name; })) return;
  rehearsed_.emplace(record.id, record);
  for (const auto& names : names_of(of)) {
    std::string text;
    for (const std::string& name : names) {
      const auto* part = std::get_if<std::string>(&record.values[of.place(name)]);
      if (!part) break;
      text += (text.empty() ? "" : " / ") + *part;
    }
    if (!text.empty()) rehearsed_names_.emplace(std::move(text), record.id);
  }
}

}  // namespace zhijia::registers
