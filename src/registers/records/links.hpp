#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "feel/value.hpp"
#include "people/people.hpp"
#include "records/layout.hpp"

namespace zhijia::registers {

/// What links lead to, within one transaction; remembers what it found.
class Links {
 public:
  /// `own` is the register being written: its rows of this transaction are made visible before it is searched.
  Links(const Catalogue& catalogue, const Layouts& layouts, const access::Vault& vault, store::Transaction& transaction,
        const Table& own, people::Finder& people)
      : catalogue_(catalogue),
        layouts_(layouts),
        vault_(vault),
        transaction_(transaction),
        own_(own),
        people_(people) {}

  /// The record that the text of a `ref` or `organisation` names: by its id ("#123"), by the target's key (parts joined
  /// by " / "), else by a unique field, else by its label. Problems: field.no_such, field.ambiguous.
  Result<Id> find(const Field& link, const std::string& text);

  /// The record behind a link as a context for expressions; links in it are contexts too, to this depth.
  feel::Value follow(const Field& link, Id id, int depth = 3);

  /// Records of the register have changed since they were followed.
  void forget(const Register& target) { followed_.erase(target.name); }

  /// A record of the own register that no query will see: later rows may refer to it.
  void note_rehearsed(const Record& record);

 private:
  enum class Found { none, one, several };
  std::pair<Found, Id> find_by(const Table& target, const std::vector<std::string>& names, const std::string& text);
  /// Takes the parts that the field needs from the front and reads them; nothing when they do not fit.
  std::optional<Stored> take(const Field& field, std::deque<std::string>& parts);
  std::optional<Stored> find_person(const Field& field, const std::string& identity_number);
  const Table& table(const std::string& name) const { return layouts_.at(name).table; }

  const Catalogue& catalogue_;
  const Layouts& layouts_;
  const access::Vault& vault_;
  store::Transaction& transaction_;
  const Table& own_;
  people::Finder& people_;
  std::unordered_map<Id, Record> rehearsed_;
  std::unordered_map<std::string, Id> rehearsed_names_;
  std::map<std::string, std::unordered_map<std::string, Id>, std::less<>> found_;     // target, text → id
  std::map<std::string, std::unordered_map<Id, feel::Value>, std::less<>> followed_;  // target, id → context
};

}  // namespace zhijia::registers
