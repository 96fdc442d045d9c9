#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "records/agenda.hpp"
#include "records/parts.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

/// What a batch wrote, and how it is taken back.
class Undo {
 public:
  /// Stores a record as the next version of what it was.
  using Restore = std::function<Result<void>(Record& record, const Record& before)>;
  /// Is told of a record that is gone.
  using Removed = std::function<void(const Record& before)>;

  Undo(const Catalogue& catalogue, const Table& table, store::Transaction& transaction, ledger::Journal& journal,
       Date today, std::int64_t first, std::int64_t last, const Actor& actor, Restore restore, Removed removed)
      : catalogue_(catalogue),
        table_(table),
        of_(table.of),
        transaction_(transaction),
        journal_(journal),
        today_(today),
        first_(first),
        last_(last),
        actor_(actor),
        restore_(std::move(restore)),
        removed_(std::move(removed)) {}

  /// Whether each record still is what the batch made of it, and no other record needs it.
  Problems obstacles() {
    Problems problems;
    auto changed = transaction_.query(
        fmt::format("SELECT c.record FROM change_log c LEFT JOIN {} t ON t.id = c.record WHERE c.position >= ? AND "
                    "c.position <= ? AND c.register = ? AND c.kind IN ('create', 'change') AND (t.id IS NULL OR "
                    "t.position <> c.position) LIMIT ?",
                    store::quoted_name(of_.name)),
        first_, last_, of_.name, undo_problems_max);
    while (changed.next())
      problems.push_back({"undo.changed_since",
                          {.record = fmt::format("{}/{}", of_.name, changed.integer(0))},
                          {"导入之后又有更改，请先处理这条记录。", "It was changed since; settle this record first."}});
    name_effects(problems);
    for (const Register& other : catalogue_.registers)
      for (const Field& field : other.fields)
        if (target_of(field) == of_.name) name_references(other, field, problems);
    return problems;
  }

  Result<Registers::Undone> take_back() {
    struct Entry {
      std::int64_t position;
      Id record;
      bool was_created;
    };
    std::vector<Entry> entries;
    auto rows = transaction_.query(
        "SELECT position, record, kind FROM change_log WHERE position >= ? AND position <= ? AND register = ? "
        "AND kind IN ('create', 'change') ORDER BY position DESC",
        first_, last_, of_.name);
    while (rows.next()) entries.push_back({rows.integer(0), rows.integer(1), rows.text(2) == "create"});
    if (entries.empty())
      return fail("undo.nothing", "这次导入没有写入任何记录，无需撤销。",
                  "It wrote no record; there is nothing to undo.");
    // A link to a record of the same batch was made after it, and goes before it.
    for (const Entry& entry : entries)
      if (auto done = entry.was_created ? remove(entry.record, entry.position) : put_back(entry.record, entry.position);
          !done)
        return std::unexpected(std::move(done.error()));
    return undone_;
  }

 private:
  /// Steps of the batch that wrote to other records, which stay as they are.
  void name_effects(Problems& problems) {
    std::vector<std::string> steps;
    for (const Step& step : of_.flow ? of_.flow->steps : std::vector<Step>{})
      if (step.ranking || step.addition ||
          std::ranges::any_of(step.settings, [](const Setting& each) { return !each.link.empty(); }))
        steps.push_back(step.name);
    if (steps.empty()) return;
    std::vector<store::Parameter> parameters{first_, last_, of_.name};
    parameters.insert(parameters.end(), steps.begin(), steps.end());
    parameters.emplace_back(undo_problems_max);
    auto found = transaction_.query_with(
        "SELECT record FROM flow_history WHERE position >= ? AND position <= ? AND register = ? AND step IN (" +
            store::placeholders(steps.size()) + ") LIMIT ?",
        std::span<const store::Parameter>(parameters));
    while (found.next())
      problems.push_back({"undo.took_effect",
                          {.record = fmt::format("{}/{}", of_.name, found.integer(0))},
                          {"导入时已据此改动其他记录，请另行登记更正。",
                           "Other records were changed by it; enter a correction instead."}});
  }

  void name_references(const Register& other, const Field& field, Problems& problems) {
    auto found = transaction_.query(
        fmt::format("SELECT c.record, r.id FROM change_log c JOIN {} r ON r.{} = c.record WHERE c.position >= ?1 AND "
                    "c.position <= ?2 AND c.register = ?3 AND c.kind = 'create' AND r.position > ?2 LIMIT ?4",
                    store::quoted_name(other.name), store::quoted_name(field.name)),
        first_, last_, of_.name, undo_problems_max);
    while (found.next())
      problems.push_back({"undo.referred_to",
                          {.record = fmt::format("{}/{}", of_.name, found.integer(0))},
                          {fmt::format("“{}”的记录 {} 引用了它，请先处理那条记录。", other.title.zh, found.integer(1)),
                           fmt::format("Record {} of “{}” refers to it; settle that record first.", found.integer(1),
                                       other.title.en)}});
  }

  Result<void> remove(Id id, std::int64_t position) {
    const auto before = table_.load(transaction_, id);
    if (!before) throw std::logic_error("a record to be removed is not there");
    const std::int64_t now = table_.remove(transaction_, *before, actor_);
    if (has_agenda(of_)) clear_agenda(transaction_, of_, id);
    if (of_.name == "union")
      transaction_.execute("DELETE FROM organisation_closure WHERE descendant = ?1 OR ancestor = ?1", id);
    removed_(*before);
    ++undone_.removed;
    return reverse_postings(id, position, now);
  }

  Result<void> put_back(Id id, std::int64_t position) {
    const auto before = table_.load(transaction_, id);
    auto former = table_.load_before(transaction_, id, position);
    if (!before || !former) throw std::logic_error("a record to be put back, or its history, is not there");
    if (auto restored = restore_(*former, *before); !restored) return restored;
    ++undone_.put_back;
    return reverse_postings(id, position, former->position);
  }

  /// Those that the batch made: they bear its position.
  Result<void> reverse_postings(Id record, std::int64_t position, std::int64_t now) {
    if (of_.postings.empty()) return {};
    std::vector<Id> postings;
    auto rows = transaction_.query(
        "SELECT id FROM posting WHERE register = ? AND record = ? AND position = ? AND reverses IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM reversal WHERE reversal.posting = posting.id)",
        of_.name, record, position);
    while (rows.next()) postings.push_back(rows.integer(0));
    for (const Id posting : postings) {
      auto red = journal_.reverse(posting, today_, now, "撤销导入");
      if (!red) return std::unexpected(std::move(red.error()));
      ++undone_.reversed;
    }
    return {};
  }

  const Catalogue& catalogue_;
  const Table& table_;
  const Register& of_;
  store::Transaction& transaction_;
  ledger::Journal& journal_;
  const Date today_;
  const std::int64_t first_, last_;
  const Actor& actor_;
  const Restore restore_;
  const Removed removed_;
  Registers::Undone undone_;
};

}  // namespace

Result<Registers::Undone> Registers::undo(store::Transaction& transaction, const Register& of, std::int64_t first,
                                          std::int64_t last, const Actor& actor) const {
  Batch batch(*this, transaction, of, actor, {.defers_totals = true});
  Batch::Parts& parts = *batch.parts_;
  Undo undo(
      parts_->catalogue, parts.table, transaction, parts.journal, parts_->clock.today(), first, last, actor,
      [&parts](Record& record, const Record& before) -> Result<void> {
        Problems clashes = parts.clashes(record, &before);
        for (Problem& problem : clashes) problem.place.record = parts.of.name + "/" + std::to_string(record.id);
        if (!clashes.empty()) return std::unexpected(std::move(clashes));
        return parts.store(record, &before, {}, "undo");
      },
      [&parts](const Record& before) { parts.note_part(before, nullptr); });
  if (Problems obstacles = undo.obstacles(); !obstacles.empty()) return std::unexpected(std::move(obstacles));
  auto undone = undo.take_back();
  if (!undone) return undone;
  if (auto settled = batch.finish(); !settled) return std::unexpected(std::move(settled.error()));
  return undone;
}

}  // namespace zhijia::registers
