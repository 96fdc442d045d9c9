#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/users.hpp"
#include "access/vault.hpp"
#include "base/date.hpp"
#include "base/ids.hpp"
#include "registers/pack.hpp"
#include "store/store.hpp"

/// The record engine: what a pack's register says, done to its table.
namespace zhijia::registers {

/// A field's value as its column holds it (docs/packs.md has the forms), but secrets in clear: who shows a record to
/// somebody masks what is_sealed().
using Stored = std::variant<std::monostate, std::int64_t, std::string>;

struct Record {
  Id id = 0;
  std::int64_t position = 0;   ///< log position that wrote this version
  std::int64_t version = 0;    ///< 1, 2, 3 …
  std::vector<Stored> values;  ///< by place in Register::fields
};

/// The value of a field where it is one of this kind; null for another, for none, and when there is no such field.
template <typename Kind>
const Kind* value_in(const Register& of, const Record& record, std::string_view field) {
  const Field* found = of.field(field);
  return found ? std::get_if<Kind>(&record.values[of.place(*found)]) : nullptr;
}
/// The same of a text; empty for null.
inline std::string text_in(const Register& of, const Record& record, std::string_view field) {
  const auto* text = value_in<std::string>(of, record, field);
  return text ? *text : std::string();
}

/// A role that somebody on leave has given to a colleague.
struct Deputed {
  std::string role;
  std::string by;  ///< id of the user who gave it
};

/// Who acts, and from where; both go to the change log.
struct Actor {
  std::string id;
  std::string source;
  std::vector<std::string> roles;     ///< asked by steps only
  std::vector<Deputed> deputed = {};  ///< the same
};

/// A column of the register's workbook. A person or household takes two, any other field one, a computed field none.
struct CellColumn {
  enum class Part { value, name, identity_number };
  std::size_t field = 0;  ///< place in Register::fields
  Part part = Part::value;
  std::string key;  ///< "amount", "subject.name", "subject.identity_number"
  Title title;
};

/// In the order of the fields.
std::vector<CellColumn> cell_columns(const Register& of);

/// Cells by CellColumn::key. Texts as a workbook shows them: "汉台区", "1,234.50", "2020/1/31".
using Cells = std::map<std::string, std::string, std::less<>>;

/// What may come with a step.
struct StepInput {
  std::string reason = {};  ///< kept in the history, and shown to whom the record goes back
  Cells cells = {};         ///< of the fields that the step may set
};
constexpr std::size_t reason_characters_max = 1'000;
struct Attachment;  // registers/attachments.hpp
struct Decisions;   // how each is read from the database: for this module
constexpr std::size_t undo_problems_max = 100;

/// All registers of a catalogue over one store. Immutable once open: any thread may use it, each with its own
/// transaction.
class Registers {
 public:
  /// Makes or migrates all tables, those of people and the ledger too. `store`, `vault` and `clock` must outlive it.
  /// Problems: those of Store::migrate, and pack.expression for a check that cannot be read.
  static Result<std::unique_ptr<Registers>> open(store::Store& store, Catalogue catalogue, const access::Vault& vault,
                                                 const Clock& clock, int node = 0);
  ~Registers();

  const Catalogue& catalogue() const;
  const access::Vault& vault() const;
  IdSource& ids() const;
  const Clock& clock() const;
  const Decisions& decisions() const;

  /// Problems: record.not_found.
  Result<Record> read(store::Reader& reader, const Register& of, Id id) const;

  /// As one row of an import, always as a new record. Problems: see Batch.
  Result<Record> create(store::Transaction& transaction, const Register& of, const Cells& cells,
                        const Actor& actor) const;

  /// Fields without a cell keep their value. `version` is the one that the user saw. Problems: record.not_found,
  /// record.version (somebody was faster), record.state (a state is changed by steps only), and see Batch.
  Result<Record> change(store::Transaction& transaction, const Register& of, Id id, std::int64_t version,
                        const Cells& cells, const Actor& actor) const;

  /// Takes a row out of a sub-table; its versions stay in the history. Other records are never removed: their steps end
  /// them. A row that could not be changed now (its record is handed in) cannot go either. Problems: record.not_found,
  /// record.version, record.kept (no row of a sub-table, or one with steps of its own), record.referred_to, and those
  /// of its checks.
  Result<void> remove(store::Transaction& transaction, const Register& of, Id id, std::int64_t version,
                      const Actor& actor) const;

  /// Steps by `system` are taken by the actor of that id only. Problems: record.not_found, step.unknown, step.state
  /// (not from here), step.role, step.never_by, step.publicity (its period is not over, or an objection stands),
  /// step.reason, step.field (not for this step to set), step.guard, and see Batch.
  Result<Record> take_step(store::Transaction& transaction, const Register& of, Id id, std::string_view step,
                           const Actor& actor, const StepInput& input = {}) const;

  /// Opens the publicity and sets the deadlines of the record's state, where that was not done when it came there: it
  /// was before the pack asked for them. Problems: record.not_found.
  Result<void> catch_up(store::Transaction& transaction, const Register& of, Id id) const;

  /// Adds a file to a field of type attachment, as the record's next version. Problems: record.not_found,
  /// attachment.count.
  Result<Record> attach(store::Transaction& transaction, const Register& of, Id id, const Field& field,
                        const Attachment& attachment, const Actor& actor) const;

  /// Takes one out of it; its bytes stay, for the record's earlier versions. Problems: record.not_found,
  /// attachment.not_found.
  Result<Record> detach(store::Transaction& transaction, const Register& of, Id id, const Field& field, Id attachment,
                        const Actor& actor) const;

  struct Undone {
    std::int64_t removed = 0, put_back = 0, reversed = 0;  ///< records, records, postings
  };
  /// Takes back what a batch wrote to the register at positions `first` to `last` of the change log: records that it
  /// made are removed, those that it changed get the values before as their next version, postings are reversed on the
  /// day of the transaction. All is logged, and nothing is lost: what is removed stands in the history. Persons that
  /// were made on the way stay. Problems, each with place.record: undo.changed_since, undo.referred_to,
  /// undo.took_effect (at most undo_problems_max of each), and undo.nothing.
  Result<Undone> undo(store::Transaction& transaction, const Register& of, std::int64_t first, std::int64_t last,
                      const Actor& actor) const;

 private:
  friend class Batch;
  struct Parts;
  Result<Record> set_attachments(store::Transaction& transaction, const Register& of, Id id, const Field& field,
                                 const std::vector<Attachment>& attachments, std::string_view kind,
                                 const Actor& actor) const;
  explicit Registers(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// What a batch may do, and how it treats what is there.
struct BatchRules {
  /// Of the account in whose name it writes: records beyond their reach, and steps that its roles may not take, are
  /// refused. Absent: the office itself, which may do all and whose records have gone through their steps elsewhere.
  std::optional<std::vector<access::Grant>> grants = {};
  /// Whether a value that a stored record has stays, whatever the row says: only what is empty is filled.
  bool keeps_filled = false;
  /// By place in cell_columns(): whether the rows have this column at all. What they have not keeps its value, and
  /// takes its default in a new record. Empty: they have all.
  std::vector<bool> has_column = {};
  /// Whether what records compute from their sub-tables waits for Batch::finish, once for each record, instead of
  /// following every row.
  bool defers_totals = false;
};

/// Writes many records of one register in one transaction: what an import does. It remembers what it looked up, so one
/// Batch should serve a whole workbook. Not to outlive the transaction.
///
///     Batch batch(registers, transaction, visits, {.id = user, .source = "import:visits.xlsx"});
///     for (row : rows) {
///       auto record = batch.read(row);           // row: a cell for each of cell_columns(visits)
///       if (record) written = batch.add(*record);
///     }
///     // any Problems: return them from Store::write, and nothing is stored
class Batch {
 public:
  using Rules = BatchRules;

  Batch(const Registers& registers, store::Transaction& transaction, const Register& of, Actor actor, Rules rules = {});
  ~Batch();

  enum class Outcome { created, changed, unchanged };

  /// Reads one row: a cell for each of cell_columns(), empty ones included. Persons and households that are new are
  /// made on the way. All problems of the row come back at once, place.field naming the field:
  ///   field.required, field.number, field.choice, field.region, field.phone, field.bank_card, field.yes_no,
  ///   field.check, field.no_such, field.ambiguous, record.check, those of Money, Date, IdentityNumber and CreditCode.
  /// Where a record with this key exists, the row is read as its change: see Rules.
  Result<Record> read(std::span<const std::string_view> cells);

  /// Stores it: as a new record or, when the register has a key and a record with this key exists, as its next version.
  /// The steps on the shortest way to its state count as taken by the actor, and their postings are made. Sets the
  /// record's id, position and version. Problems: record.key_twice (in this batch), record.key_ambiguous (two stored
  /// records have it), record.unique (place.field: the fields), record.unreachable (no steps lead to the state),
  /// record.posted (amount or day of a posting made cannot change); with grants also record.reach (it lies, or would
  /// lie, beyond them), step.role, step.never_by, step.guard,
  /// step.reason, step.publicity, and those of refused_changes.
  /// Cost: some 10 µs, more when the register had records before.
  Result<Outcome> add(Record& record);

  /// After the last row, where totals were deferred. Problems: those of Registers::change, place.record being the
  /// record that the rows are parts of.
  Result<void> finish();

 private:
  friend class Registers;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace zhijia::registers
