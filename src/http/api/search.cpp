#include <algorithm>
#include <mutex>
#include <set>

#include "api/api.hpp"
#include "api/asking.hpp"
#include "asked.hpp"
#include "base/identity_number.hpp"
#include "base/pinyin.hpp"
#include "base/text.hpp"
#include "people/people.hpp"
#include "registers/columns.hpp"
#include "registers/listing.hpp"
#include "sights.hpp"

namespace zhijia::http {

namespace json = boost::json;
using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;

namespace {

constexpr std::size_t persons_max = 20, records_of_register_max = 5, found_max = 60, word_bytes_max = 180;
/// Stands after every text that begins alike: no assigned character comes later.
constexpr std::string_view after_all = "\xF4\x8F\xBF\xBF";

/// The initials of everybody's name, eight letters each, so that a few letters find somebody among half a million
/// within a millisecond. Those registered since are read before each search: ids are ordered in time. A name that was
/// corrected is found by its new initials after the next start.
class Initials {
 public:
  std::vector<Id> find(store::Reader& reader, std::string_view letters) {
    const std::lock_guard lock(mutex_);
    read_on(reader);
    const std::uint64_t wanted = packed(letters),
                        mask = packed(std::string(std::min<std::size_t>(letters.size(), 8), '\xFF'));
    std::vector<Id> found;
    for (const Entry& entry : entries_) {
      if ((entry.letters & mask) != wanted) continue;
      found.push_back(entry.person);
      if (found.size() == persons_max) break;
    }
    return found;
  }

 private:
  struct Entry {
    std::uint64_t letters = 0;
    Id person = 0;
  };

  static std::uint64_t packed(std::string_view letters) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i)
      word = word << 8 | (i < letters.size() ? static_cast<unsigned char>(letters[i]) : 0U);
    return word;
  }

  void read_on(store::Reader& reader) {
    auto rows = reader.query("SELECT id, name FROM person WHERE id > ? ORDER BY id", last_);
    while (rows.next()) {
      last_ = rows.integer(0);
      entries_.push_back({packed(pinyin_initials(rows.text(1))), last_});
    }
  }

  std::mutex mutex_;
  std::vector<Entry> entries_;
  Id last_ = 0;
};

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

bool is_letters(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

std::vector<Id> ids_of(store::Rows rows) {
  std::vector<Id> ids;
  while (rows.next()) ids.push_back(rows.integer(0));
  return ids;
}

/// Who is meant: by the whole identity number, by the initials of a name, or by how a name begins.
std::vector<Id> persons_of(const Services& services, store::Reader& reader, Initials& initials,
                           const std::string& word) {
  if (const auto number = IdentityNumber::parse(word)) {
    const std::vector<std::string> fingerprints = services.registers.vault().fingerprints(number->text());
    const std::vector<store::Parameter> sought(fingerprints.begin(), fingerprints.end());
    return ids_of(reader.query_with(
        "SELECT id FROM person WHERE identity_number_hash IN (" + store::placeholders(sought.size()) + ")", sought));
  }
  if (is_letters(word)) return word.size() < 2 ? std::vector<Id>() : initials.find(reader, lower(word));
  return ids_of(reader.query("SELECT id FROM person WHERE name >= ? AND name < ? ORDER BY name LIMIT ?", word,
                             word + std::string(after_all), static_cast<std::int64_t>(persons_max)));
}

std::vector<Id> households_of(store::Reader& reader, const std::vector<Id>& heads) {
  std::vector<Id> households;
  for (const Id head : heads)
    for (const Id id : ids_of(reader.query("SELECT id FROM household WHERE head = ?", head))) households.push_back(id);
  return households;
}

/// The questions that find records of the register; each of one indexed field.
std::vector<registers::ListQuery> questions(const Register& of, const std::string& word, const std::vector<Id>& persons,
                                            const std::vector<Id>& households) {
  std::vector<registers::ListQuery> asked;
  for (const Field& field : of.fields) {
    if (registers::is_sealed(field)) continue;
    const bool is_name = field.name == of.label || (!of.key.empty() && field.name == of.key.front());
    if (field.type == FieldType::person && !persons.empty()) asked.push_back({.linked = field.name, .ids = persons});
    if (field.type == FieldType::household && !households.empty())
      asked.push_back({.linked = field.name, .ids = households});
    if (field.type == FieldType::phone && word.size() >= 7)
      asked.push_back({.where = field.name + " = " + in_quotes(word)});
    if (field.type != FieldType::text || !is_name) continue;
    asked.push_back({.where = field.name + " >= " + in_quotes(word) + " and " + field.name + " < " +
                              in_quotes(word + std::string(after_all))});
    // Unions are some thousands at most, and looked for by the middle of their names.
    if (of.name == "union") asked.push_back({.where = "contains(" + field.name + ", " + in_quotes(word) + ")"});
  }
  return asked;
}

/// Whom or what the record is of, and two of its values that tell it from others.
json::object found_json(registers::Texts& texts, const Register& of, const Record& record,
                        const std::vector<registers::Sight>& sights) {
  std::string label, detail;
  int details = 0;
  for (std::size_t i = 0; i < of.fields.size(); ++i)
    if (of.fields[i].name == of.label && sights[i] != registers::Sight::hidden)
      label = texts.shown(of, i, record, sights[i]);
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    if (field.name == of.label || field.name == "state" || registers::is_sealed(field) ||
        sights[i] == registers::Sight::hidden)
      continue;
    const std::string text = texts.shown(of, i, record, sights[i]);
    const bool is_person = field.type == FieldType::person || field.type == FieldType::household;
    if (label.empty() && is_person) {
      label = text;
      continue;
    }
    if (text.empty() || details == 3 || field.type == FieldType::long_text) continue;
    detail += (detail.empty() ? "" : " · ") + text;
    ++details;
  }
  return {{"register", of.name},
          {"id", std::to_string(record.id)},
          {"label", label.empty() ? std::to_string(record.id) : label},
          {"detail", detail}};
}

void add_found(const Services& services, store::Reader& reader, registers::Texts& texts, const Register& of,
               std::vector<registers::ListQuery> asked, const Request& request, json::array& items) {
  std::set<Id> seen;
  Sights sights(services, reader, of, request);
  for (registers::ListQuery& query : asked) {
    query.limit = records_of_register_max;
    query.grants = grants_of(request);
    const auto page = registers::list(reader, services.registers, of, query);
    if (!page) continue;  // a field that cannot be asked by finds nothing
    for (const Record& record : page->records)
      if (items.size() < found_max && seen.size() < records_of_register_max && seen.insert(record.id).second)
        items.push_back(found_json(texts, of, record, sights.of(record.id)));
  }
}

Response search(const Services& services, Initials& initials, const Request& request) {
  const std::string word = tidy_name(request.parameter("q"));
  if (word.empty() || word.size() > word_bytes_max)
    return refusal(Problems{bad_parameter("q", "请输入要找的姓名、拼音首字母、号码或编号。",
                                          "Say a name, its pinyin initials, a number or a code.")});
  return services.store.read([&](store::Reader& reader) {
    const std::vector<Id> persons = persons_of(services, reader, initials, word);
    const std::vector<Id> households = households_of(reader, persons);
    registers::Texts texts(services.registers, reader);
    json::array items;
    for (const Register& of : services.registers.catalogue().registers)
      add_found(services, reader, texts, of, questions(of, word, persons, households), request, items);
    return json_answer(json::object{{"items", std::move(items)}});
  });
}

}  // namespace

void add_search(Router& router, const Services& services) {
  const auto initials = std::make_shared<Initials>();
  add_asking(router, "/api/v1/search", "/api/v1/search", {"q"},
             [services, initials](const Request& request) { return search(services, *initials, request); });
}

}  // namespace zhijia::http
