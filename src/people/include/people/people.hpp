#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/vault.hpp"
#include "base/identity_number.hpp"
#include "base/ids.hpp"
#include "store/store.hpp"

/// Persons, each once however many registers speak of them, and households, each known by its head.
namespace zhijia::people {

/// Tables `person` (name, identity_number_hash, identity_number sealed, birth_date, sex, phone, merged_into) and
/// `household` (head), both versioned.
std::vector<store::TableSchema> schemas();

struct Person {
  Id id = 0;
  std::string name;
  std::string birth_date;  ///< ISO
  std::string sex;         ///< "male" or "female", by the identity number
};

/// Who is meant by a name and an identity number, within one transaction. Remembers whom it found.
class Finder {
 public:
  Finder(store::Transaction& transaction, const access::Vault& vault, IdSource& ids, std::string actor,
         std::string source);

  /// The person with this number, made when there is none. A name that differs from the one known is a problem,
  /// people.other_name: it tells a mistyped number, or a name that must be corrected first.
  Result<Id> find_or_create_person(std::string_view name, const IdentityNumber& number);
  Result<Id> find_or_create_household(std::string_view head_name, const IdentityNumber& head_number);

  /// Those made become visible to queries of the transaction.
  void flush();

 private:
  struct Known {
    Id id;
    std::string_view name;
  };
  using Fingerprint = std::array<std::uint64_t, 2>;
  struct FirstHalf {  // as good a hash as any
    using is_avalanching = void;
    std::size_t operator()(const Fingerprint& of) const { return of[0]; }
  };
  bool had_rows(std::optional<bool>& known, const char* sql);
  std::optional<Known> stored_person(const std::vector<std::string>& fingerprints);
  std::optional<Id> stored_household(Id head);
  Known create_person(std::string_view name, const IdentityNumber& number, const std::string& fingerprint);
  Id create_household(Id head);
  std::string_view kept(std::string_view name);

  store::Transaction& transaction_;
  const access::Vault& vault_;
  IdSource& ids_;
  const std::string actor_;
  const std::string source_;
  std::optional<bool> had_persons_, had_households_;  // before: what is made here is remembered
  store::Inserter* person_inserter_ = nullptr;
  boost::unordered_flat_map<Fingerprint, Known, FirstHalf> persons_;  // a roster may name a million
  std::pmr::monotonic_buffer_resource names_;
  std::unordered_map<Id, Id> households_;  // by head
};

/// Says that the person is another who was registered twice, or, without `into`, that this was wrong.
void set_merged(store::Transaction& transaction, Id person, std::optional<Id> into, const std::string& actor,
                const std::string& source);
void set_head(store::Transaction& transaction, Id household, Id head, const std::string& actor,
              const std::string& source);

/// By name and identity number in clear: only for who may see the number, or will mask it.
struct Identity {
  std::string name, number;
};
std::optional<Identity> find_identity(store::Reader& reader, const access::Vault& vault, Id person);
std::optional<Identity> find_head_identity(store::Reader& reader, const access::Vault& vault, Id household);

std::optional<Person> find_person(store::Reader& reader, Id id);
/// The identity number in clear: only for who may see it.
std::optional<std::string> find_identity_number(store::Reader& reader, const access::Vault& vault, Id person);
/// The head of the household.
std::optional<Person> find_head(store::Reader& reader, Id household);

}  // namespace zhijia::people
