#include "people/people.hpp"

#include <charconv>
#include <cstring>

#include "base/date.hpp"
#include "base/text.hpp"

namespace zhijia::people {
namespace {

using store::Type;

const std::vector<std::string> person_columns = {
    "id", "position", "version", "name", "identity_number_hash", "identity_number", "birth_date", "sex"};
const std::vector<std::string> household_columns = {"id", "position", "version", "head"};

/// Bodies of the change log are JSON; a tidied name holds no control characters, which leaves these two to escape.
std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// A number that was typed wrong once leads to the person that its holder was merged into, whatever the name then was.
/// There is more than one fingerprint to look for while the vault's keys are rotated.
std::string known_sql(std::size_t fingerprints) {
  return "SELECT COALESCE(k.id, p.id), COALESCE(k.name, p.name) FROM person p LEFT JOIN person k ON k.id = "
         "p.merged_into WHERE p.identity_number_hash IN (" +
         store::placeholders(fingerprints) + ")";
}

/// The row's next version; the stored one moves to the history. `assignment`: "head = ?".
template <typename Value>
void set(store::Transaction& transaction, const store::TableSchema& table, Id id, std::string_view assignment,
         const Value& value, std::int64_t position) {
  transaction.execute(store::archive_sql(table), position, id);
  transaction.execute("UPDATE " + store::quoted_name(table.name) + " SET " + std::string(assignment) +
                          ", position = ?, version = version + 1 WHERE id = ?",
                      value, position, id);
}

/// Of the 32 hexadecimal digits that a fingerprint is written with.
std::array<std::uint64_t, 2> halves_of(std::string_view fingerprint) {
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t i = 0; i < 2; ++i)
    std::from_chars(fingerprint.data() + 16 * i, fingerprint.data() + 16 * (i + 1), halves[i], 16);
  return halves;
}

std::optional<Person> first_person(store::Rows rows) {
  if (!rows.next()) return std::nullopt;
  return Person{.id = rows.integer(0),
                .name = std::string(rows.text(1)),
                .birth_date = std::string(rows.text(2)),
                .sex = std::string(rows.text(3))};
}

}  // namespace

std::vector<store::TableSchema> schemas() {
  store::TableSchema person{.name = "person",
                            .columns = {{"id", Type::integer, true},
                                        {"position", Type::integer, true},
                                        {"version", Type::integer, true},
                                        {"name", Type::text, true},
                                        {"identity_number_hash", Type::text, true},
                                        {"identity_number", Type::blob, true},
                                        {"birth_date", Type::text, true},
                                        {"sex", Type::text, true},
                                        {"phone", Type::text, false},
                                        {"merged_into", Type::integer, false}},
                            .primary_key = {"id"},
                            .uniques = {{"identity_number_hash"}},
                            .indexes = {{"name"}},
                            .checks = {},
                            .versioned = true};
  store::TableSchema household{.name = "household",
                               .columns = {{"id", Type::integer, true},
                                           {"position", Type::integer, true},
                                           {"version", Type::integer, true},
                                           {"head", Type::integer, true}},
                               .primary_key = {"id"},
                               .uniques = {{"head"}},
                               .indexes = {},
                               .checks = {},
                               .versioned = true};
  return {std::move(person), std::move(household)};
}

Finder::Finder(store::Transaction& transaction, const access::Vault& vault, IdSource& ids, std::string actor,
               std::string source)
    : transaction_(transaction), vault_(vault), ids_(ids), actor_(std::move(actor)), source_(std::move(source)) {
  vault_.refresh(transaction_);
}

bool Finder::had_rows(std::optional<bool>& known, const char* sql) {
  if (!known) known = transaction_.query(sql).next();
  return *known;
}

Result<Id> Finder::find_or_create_person(std::string_view name, const IdentityNumber& number) {
  const std::string known_as = tidy_name(name);
  const std::vector<std::string> fingerprints = vault_.fingerprints(number.text());
  const std::string& fingerprint = fingerprints.front();
  const Fingerprint halves = halves_of(fingerprint);
  auto known = persons_.find(halves);
  if (known == persons_.end()) {
    const bool may_be_stored = had_rows(had_persons_, "SELECT 1 FROM person LIMIT 1");
    auto found = may_be_stored ? stored_person(fingerprints) : std::nullopt;
    if (!found) found = create_person(known_as, number, fingerprint);
    known = persons_.emplace(halves, *found).first;
  }
  if (const std::string registered(known->second.name); registered != known_as)
    return fail("people.other_name",
                "此身份证号已登记为“" + registered + "”，请核对姓名和号码；若已改名，请先更正人员信息。",
                "This identity number is registered as “" + registered +
                    "”; check name and number, or correct the person first if the name has changed.");
  return known->second.id;
}

std::optional<Finder::Known> Finder::stored_person(const std::vector<std::string>& fingerprints) {
  const std::vector<store::Parameter> sought(fingerprints.begin(), fingerprints.end());
  auto rows = transaction_.query_with(known_sql(fingerprints.size()), sought);
  if (!rows.next()) return std::nullopt;
  return Known{rows.integer(0), kept(rows.text(1))};
}

Finder::Known Finder::create_person(std::string_view name, const IdentityNumber& number,
                                    const std::string& fingerprint) {
  const Id id = ids_.next();
  const std::string sex = number.is_male() ? "male" : "female";
  const std::string birth_date = to_string(number.birth_date());
  const std::int64_t position =
      transaction_.log({.actor = actor_,
                        .source = source_,
                        .kind = "create",
                        .register_ = "person",
                        .record = id,
                        .body = "{\"name\":" + json_text(name) + ",\"identity_number_hash\":\"" + fingerprint + "\"}"});
  const std::string sealed = vault_.seal(number.text());
  if (!person_inserter_) person_inserter_ = &transaction_.inserter("person", person_columns);
  person_inserter_->add(id, position, 1, name, fingerprint, store::Parameter::blob(sealed), birth_date, sex);
  return {id, kept(name)};
}

std::string_view Finder::kept(std::string_view name) {
  if (name.empty()) return {};
  auto* const bytes = static_cast<char*>(names_.allocate(name.size(), 1));
  std::memcpy(bytes, name.data(), name.size());
  return {bytes, name.size()};
}

Result<Id> Finder::find_or_create_household(std::string_view head_name, const IdentityNumber& head_number) {
  const auto head = find_or_create_person(head_name, head_number);
  if (!head) return head;
  auto known = households_.find(*head);
  if (known == households_.end()) {
    const bool may_be_stored = had_rows(had_households_, "SELECT 1 FROM household LIMIT 1");
    const auto found = may_be_stored ? stored_household(*head) : std::nullopt;
    known = households_.emplace(*head, found ? *found : create_household(*head)).first;
  }
  return known->second;
}

std::optional<Id> Finder::stored_household(Id head) {
  auto rows = transaction_.query("SELECT id FROM household WHERE head = ?", head);
  return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

Id Finder::create_household(Id head) {
  const Id id = ids_.next();
  const std::int64_t position = transaction_.log({.actor = actor_,
                                                  .source = source_,
                                                  .kind = "create",
                                                  .register_ = "household",
                                                  .record = id,
                                                  .body = "{\"head\":" + std::to_string(head) + "}"});
  transaction_.inserter("household", household_columns).add(id, position, 1, head);
  return id;
}

void Finder::flush() {
  transaction_.inserter("person", person_columns).flush();
  transaction_.inserter("household", household_columns).flush();
}

void set_merged(store::Transaction& transaction, Id person, std::optional<Id> into, const std::string& actor,
                const std::string& source) {
  const std::int64_t position = transaction.log(
      {.actor = actor,
       .source = source,
       .kind = into ? "merge" : "unmerge",
       .register_ = "person",
       .record = person,
       .body = into ? "{\"merged_into\":" + std::to_string(*into) + "}" : std::string("{\"merged_into\":null}")});
  set(transaction, schemas()[0], person, "merged_into = ?", into ? store::Parameter(*into) : store::Parameter(nullptr),
      position);
}

void set_head(store::Transaction& transaction, Id household, Id head, const std::string& actor,
              const std::string& source) {
  const std::int64_t position = transaction.log({.actor = actor,
                                                 .source = source,
                                                 .kind = "change",
                                                 .register_ = "household",
                                                 .record = household,
                                                 .body = "{\"head\":" + std::to_string(head) + "}"});
  set(transaction, schemas()[1], household, "head = ?", head, position);
}

std::optional<Person> find_person(store::Reader& reader, Id id) {
  return first_person(reader.query("SELECT id, name, birth_date, sex FROM person WHERE id = ?", id));
}

std::optional<std::string> find_identity_number(store::Reader& reader, const access::Vault& vault, Id person) {
  auto rows = reader.query("SELECT identity_number FROM person WHERE id = ?", person);
  if (!rows.next()) return std::nullopt;
  return vault.open(rows.blob(0)).value();
}

namespace {

std::optional<Identity> first_identity(const access::Vault& vault, store::Rows rows) {
  if (!rows.next()) return std::nullopt;
  return Identity{std::string(rows.text(0)), vault.open(rows.blob(1)).value()};
}

}  // namespace

std::optional<Identity> find_identity(store::Reader& reader, const access::Vault& vault, Id person) {
  return first_identity(vault, reader.query("SELECT name, identity_number FROM person WHERE id = ?", person));
}

std::optional<Identity> find_head_identity(store::Reader& reader, const access::Vault& vault, Id household) {
  return first_identity(
      vault,
      reader.query("SELECT p.name, p.identity_number FROM household h JOIN person p ON p.id = h.head WHERE h.id = ?",
                   household));
}

std::optional<Person> find_head(store::Reader& reader, Id household) {
  return first_person(reader.query(
      "SELECT p.id, p.name, p.birth_date, p.sex FROM household h JOIN person p ON p.id = h.head WHERE h.id = ?",
      household));
}

}  // namespace zhijia::people
