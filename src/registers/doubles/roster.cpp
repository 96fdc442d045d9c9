#include <fmt/format.h>

#include <unordered_map>

#include "registers/columns.hpp"
#include "registers/doubles.hpp"
#include "store/schema.hpp"

namespace zhijia::registers {
namespace {

/// What the records about a person say of how to reach him; the latest record has the last word.
using Told = std::unordered_map<Id, std::string>;

/// A text field is an address by its name: packs have no type for it.
bool is_address(const Field& field) {
  return field.type == FieldType::text && (field.name == "address" || field.name.ends_with("_address"));
}

void read_told(store::Reader& reader, const Register& of, const Field& person, const Field& field, Told& told) {
  if (is_sealed(field) || !field.computed_as.empty()) return;
  auto rows = reader.query(fmt::format("SELECT {0}, {1} FROM {2} WHERE {1} IS NOT NULL ORDER BY position",
                                       store::quoted_name(person.name), store::quoted_name(field.name),
                                       store::quoted_name(of.name)));
  while (rows.next())
    if (!rows.is_null(0)) told[rows.integer(0)] = std::string(rows.text(1));
}

std::string_view at(const Told& told, Id person) {
  const auto found = told.find(person);
  return found == told.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

PersonRoster person_roster(store::Reader& reader, const Registers& registers) {
  Told phones, addresses;
  for (const Register& of : registers.catalogue().registers) {
    const Field* subject = of.field("subject");
    if (!subject || subject->type != FieldType::person) continue;
    for (const Field& field : of.fields) {
      if (field.type == FieldType::phone) read_told(reader, of, *subject, field, phones);
      if (is_address(field)) read_told(reader, of, *subject, field, addresses);
    }
  }
  PersonRoster result;
  auto rows =
      reader.query("SELECT id, name, birth_date, identity_number FROM person WHERE merged_into IS NULL ORDER BY id");
  while (rows.next()) {
    const Id person = rows.integer(0);
    const std::string number = registers.vault().open(rows.blob(3)).value();
    result.persons.push_back(person);
    result.roster.add({.name = rows.text(1),
                       .identity_number = number,
                       .birth_date = rows.text(2),
                       .phone = at(phones, person),
                       .address = at(addresses, person)});
  }
  return result;
}

Message evidence_text(const people::Evidence& evidence) {
  Message text;
  for (const auto& level : evidence.levels) {
    text.zh += fmt::format("{}{} {:+.1f}", text.zh.empty() ? "" : "；", level.meaning.zh, level.bits);
    text.en += fmt::format("{}{} {:+.1f}", text.en.empty() ? "" : "; ", level.meaning.en, level.bits);
  }
  return text;
}

}  // namespace zhijia::registers
