#include "registers/texts.hpp"

#include <algorithm>

#include "base/money.hpp"
#include "base/text.hpp"
#include "people/people.hpp"
#include "records/cell.hpp"
#include "records/regions.hpp"
#include "registers/attachments.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {

namespace {

/// So many of a register, then they are looked up anew: a list of any length needs the memory of a short one.
std::string remember(std::unordered_map<Id, std::string>& known, Id id, std::string text) {
  constexpr std::size_t remembered_max = 100'000;
  if (known.size() >= remembered_max) known.clear();
  return known.emplace(id, std::move(text)).first->second;
}

std::string title_of(const std::vector<std::pair<std::string, Title>>& titles, std::string_view code) {
  const auto found = std::ranges::find(titles, code, &std::pair<std::string, Title>::first);
  return found == titles.end() ? std::string(code) : found->second.zh;
}

}  // namespace

Texts::Texts(const Registers& registers, store::Reader& reader, Secrets secrets)
    : registers_(registers), reader_(reader), secrets_(secrets) {}

std::vector<std::string> Texts::cells(const Register& of, const Record& record) {
  std::vector<std::string> texts;
  cells(of, record, texts);
  return texts;
}

const std::vector<CellColumn>& Texts::columns(const Register& of) {
  auto& known = columns_[of.name];
  if (known.empty()) known = cell_columns(of);
  return known;
}

void Texts::cells(const Register& of, const Record& record, std::vector<std::string>& into) {
  const std::vector<CellColumn>& all = columns(of);
  into.clear();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].part == CellColumn::Part::value) {
      into.push_back(value(of, all[i].field, record));
      continue;
    }
    // A person's two columns stand together, and are looked up together.
    const Id* id = std::get_if<std::int64_t>(&record.values[all[i].field]);
    const auto find =
        of.fields[all[i].field].type == FieldType::household ? people::find_head_identity : people::find_identity;
    const auto found = id ? find(reader_, registers_.vault(), *id) : std::nullopt;
    into.push_back(found ? found->name : "");
    into.push_back(!found ? "" : secrets_ == Secrets::clear ? found->number : mask_number(found->number));
    ++i;
  }
}

std::string Texts::value(const Register& of, std::size_t place, const Record& record) {
  const Field& field = of.fields[place];
  const Stored& stored = record.values[place];
  if (const auto* integer = std::get_if<std::int64_t>(&stored)) {
    if (is_link(field)) return link(field, *integer);
    if (field.type == FieldType::money) return to_string(Money{*integer});
    if (field.type == FieldType::yes_no) return *integer != 0 ? "是" : "否";
    return to_feel(field, stored).number().text();
  }
  const auto* text = std::get_if<std::string>(&stored);
  if (!text) return {};
  if (field.type == FieldType::attachment) return file_names(field, stored);
  if (is_sealed(field) && secrets_ == Secrets::masked) return masked(field, *text);
  if (field.type == FieldType::region) return std::string(region_name(*text));
  if (field.type == FieldType::choice) return title_of(registers_.catalogue().find_codes(field.target)->values, *text);
  if (of.flow && field.name == "state") return title_of(of.flow->states, *text);
  return field.type == FieldType::text && !field.target.empty() ? titles_of(field, *text) : *text;
}

/// Several codes, as a decision gives them.
std::string Texts::titles_of(const Field& field, const std::string& codes) const {
  const auto& titles = registers_.catalogue().find_codes(field.target)->values;
  std::string all;
  for (const std::string_view code : split(codes, ',')) all += (all.empty() ? "" : "、") + title_of(titles, code);
  return all;
}

std::string Texts::shown(const Register& of, std::size_t place, const Record& record, Sight sight) {
  if (sight == Sight::hidden) return {};
  const Field& field = of.fields[place];
  std::string text = value(of, place, record);
  if (sight == Sight::visible || is_sealed(field) || text.empty()) return text;
  switch (field.type) {
    case FieldType::person:
    case FieldType::household:
      return mask_name(text);
    case FieldType::phone:
      return mask_phone(text);
    case FieldType::credit_code:
      return mask_number(text);
    default:
      return "***";
  }
}

std::string Texts::label(const Register& of, Id id) {
  auto& known = labels_[of.name];
  if (const auto at = known.find(id); at != known.end()) return at->second;
  const auto record = registers_.read(reader_, of, id);
  if (!record) return {};
  const Field* field = of.field(of.label);
  std::string text = field ? shown(of, of.place(*field), *record, seen_of(*field)) : "";
  if (text.empty()) text = about(of, *record);
  return remember(known, id, text.empty() ? std::to_string(id) : std::move(text));
}

/// What a record without a name of its own is about: the first other record that it names, else its person.
std::string Texts::about(const Register& of, const Record& record) {
  std::string text;
  for (const FieldType type : {FieldType::ref, FieldType::person, FieldType::household})
    for (std::size_t i = 0; i < of.fields.size() && text.empty(); ++i)
      if (of.fields[i].type == type) text = shown(of, i, record, seen_of(of.fields[i]));
  return text;
}

/// A label stands where the roles over its own record are not asked, so it shows what every role may see.
Sight Texts::seen_of(const Field& field) const {
  if (secrets_ == Secrets::clear) return Sight::visible;
  Sight least = field.access.others;
  for (const auto& [role, sight] : field.access.by_role) least = std::min(least, sight);
  return std::max(least, Sight::masked);
}

std::string Texts::key(const Register& of, Id id) {
  auto& known = keys_[of.name];
  if (const auto at = known.find(id); at != known.end()) return at->second;
  const auto record = registers_.read(reader_, of, id);
  if (!record) return {};
  std::string text;
  for (const std::string& name : of.key)
    text += (text.empty() ? "" : " / ") + shown(of, of.place(name), *record, seen_of(*of.field(name)));
  return remember(known, id, std::move(text));
}

std::string Texts::link(const Field& field, Id id) {
  if (field.type == FieldType::person || field.type == FieldType::household) {
    const auto person =
        field.type == FieldType::person ? people::find_person(reader_, id) : people::find_head(reader_, id);
    return person ? person->name : "";
  }
  const Register& target = *registers_.catalogue().find_register(target_of(field));
  return field.type == FieldType::ref && !target.key.empty() ? key(target, id) : label(target, id);
}

std::string Texts::file_names(const Field& field, const Stored& value) const {
  const std::vector<Attachment> attachments = attachments_of(value);
  if (is_sealed(field) && secrets_ == Secrets::masked) return std::to_string(attachments.size()) + " 个文件";
  std::string names;
  for (const Attachment& each : attachments) names += (names.empty() ? "" : "、") + each.name;
  return names;
}

std::string Texts::masked(const Field& field, const std::string& clear) const {
  return field.type == FieldType::phone ? mask_phone(clear) : mask_number(clear);
}

std::vector<std::string> choices_of(const Catalogue& catalogue, const Register& of, const Field& field) {
  const auto titles = [](const std::vector<std::pair<std::string, Title>>& codes) {
    std::vector<std::string> texts;
    for (const auto& [code, title] : codes) texts.push_back(title.zh);
    return texts;
  };
  if (of.flow && field.name == "state") return titles(of.flow->states);
  if (field.type == FieldType::choice) return titles(catalogue.find_codes(field.target)->values);
  if (field.type == FieldType::region) return region_names();
  if (field.type == FieldType::yes_no) return {"是", "否"};
  return {};
}

}  // namespace zhijia::registers
