#pragma once

#include <functional>
#include <map>
#include <set>

#include "decisions/plan.hpp"
#include "ledger/ledger.hpp"
#include "people/people.hpp"
#include "records/budgets.hpp"
#include "records/coverage.hpp"
#include "records/effects.hpp"
#include "records/expressions.hpp"
#include "records/flow.hpp"
#include "records/layout.hpp"
#include "records/limits.hpp"
#include "records/links.hpp"
#include "records/matcher.hpp"
#include "records/uniques.hpp"

namespace zhijia::registers {

struct Registers::Parts {
  Catalogue catalogue;
  const access::Vault& vault;
  const Clock& clock;
  mutable IdSource ids;
  Layouts layouts = {};
  std::map<std::string, Expressions, std::less<>> expressions = {};  // by register, as the next
  std::map<std::string, std::vector<LimitUse>, std::less<>> limits = {};
  Decisions decisions = {};
  std::map<std::string, Effects, std::less<>> effects = {};
};

struct Batch::Parts {
  Parts(const Registers::Parts& engine_, store::Transaction& transaction_, const Register& of_, Actor actor_,
        Rules rules_ = {});

  /// Reads the cells given (by place in `columns`; null for none) into the record. With `defaults`, an empty cell takes
  /// the field's default.
  Problems read_cells(std::span<const std::string_view* const> cells, bool defaults, Record& record);
  /// The same of those given by key; the others keep their value.
  Problems read_given(const Cells& cells, Record& record);
  /// Problems: record.no_such_field.
  Problems unknown_cells(const Cells& cells) const;
  /// The stored records that have the record's key, and what they hold when it is one.
  struct Predecessor {
    std::string key;
    bool is_of_batch = false;  // the batch itself wrote one
    std::vector<Id> ids;
    std::optional<Record> record;
  };
  const Predecessor& predecessor_of(const Record& record);
  /// That the record's key is taken now.
  void note_key(const Record& record);
  /// What the rows say nothing of, or may not change, as the predecessor has it.
  Problems complete(Record& record);
  /// Problems: record.reach, step.role, step.never_by, step.guard.
  Problems refusals(Record& record, const Record* before, std::span<const Taken> steps);
  /// Writes the computed fields; then what is required and checked. `unread` are the problems of reading its cells; a
  /// field that could not be read is not also said to be missing.
  Problems validate(Record& record, Problems unread);
  void compute(Record& record);
  /// Writes what the register's decision gives, where it has one. Problems: those of decide_record.
  Problems decide(Record& record);

  /// No row of a workbook has files, and none takes them away.
  void keep_attachments(const Record& before, Record& record) const;
  /// The rules of `unique` that the record, about to be stored in the place of `before` (null: a new one), would break.
  Problems clashes(const Record& record, const Record* before);
  /// Stores the record as new or, given what it was, as its next version, and takes the steps.
  Result<void> store(Record& record, const Record* before, std::span<const Taken> taken, const std::string& kind);
  /// The steps from the state before (the start, for a new record) to the record's. Problems: record.unreachable.
  Result<std::vector<Taken>> steps_between(const Record* before, const Record& record) const;
  /// Problems: record.posted.
  Problems altered_postings(const Record& before, const Record& record) const;

  /// For whom the actor may take the step of the record: himself (empty), or who gave him the role. Problems:
  /// step.role, step.never_by.
  Result<std::string> stands_for(const Record& record, const Step& step) const;
  /// Problems: step.publicity.
  Result<void> awaits_publicity(const Record& record, const Step& step) const;
  /// The reason and the fields that come with a step, these read into the record. Problems: step.reason, step.field,
  /// field.required and those of Batch.
  Problems read_input(const Step& step, const StepInput& input, Record& record);
  /// What the step sets of the record itself.
  void set_own(const Step& step, Record& record);
  /// What the steps on the way of an imported record set of it: where its row says nothing, or only what was there
  /// before. Problems: those of Batch.
  Problems set_on_way(std::span<const Taken> steps, Record& record, const Record* before);
  /// What of it the record's own rules refuse, `before` being what it was. Problems: those of Batch.
  Problems faults_of_own(const Step& step, Record& record, const Record& before);
  /// What it sets and ranks of others, once the record is stored; nothing in a rehearsal, whose rows nobody sees.
  /// Problems: those of Registers::change, with the other record as their place.
  Result<void> write_elsewhere(const Step& step, const Record& record);
  /// That the row of a sub-table counts in what the record computes that it is a part of, and in what the one computes
  /// that it was a part of before.
  void note_part(const Record& record, const Record* before);
  /// Computes those records anew. Problems: those of Registers::change, with the record as their place.
  Result<void> settle_owners();
  /// Changes a stored record by the program's own hand: all rules hold, and nothing is written where nothing changed.
  /// Problems: those of Registers::change, with the record as their place.
  Result<void> rewrite(Id id, const std::function<void(Record&)>& alter);
  /// What an answer to an objection, already stored, means for the record that it is about.
  Result<void> settle_objection(const Registers& registers, const Record& objection);
  /// See Registers::catch_up.
  void catch_up(const Record& record);

  const std::string* state_of(const Record& record) const;
  bool has_column(std::size_t column) const { return rules.has_column.empty() || rules.has_column[column]; }

  const Registers::Parts& engine;
  store::Transaction& transaction;
  const Register& of;
  const Actor actor;
  const Rules rules;
  const Expressions& expressions;
  const std::vector<CellColumn>& columns;
  const std::vector<const CodeList*>& codes;  // by field
  const std::optional<std::size_t> state_place;
  const Table& table;
  store::Inserter& inserter;
  const bool had_rows;
  people::Finder people;
  ledger::Journal journal;
  Links links;
  std::optional<Matcher> key;
  std::vector<UniqueRule> uniques;
  Limits limits;
  Budgets budgets;
  std::optional<Permits> permits;

 private:
  Result<Stored> read_value(const Field& field, std::size_t place, const std::string& text);
  Result<Stored> read_person(const Field& field, const std::string& name, const std::string& number);
  Result<void> post(const PostingRule& rule, const Record& record);
  /// As its sub-table has them. Problems: posting.opening (the book has earlier postings).
  Result<std::vector<ledger::Line>> lines_of(const PostingRule& rule, const Record& record, Date on, Id book);
  /// What was posted for the record and is not reversed yet, in red.
  Result<void> reverse(const Step& step, const Record& record, const std::string& reason);
  /// Clears and fills the agenda and the public list as the record's state asks for it.
  void follow_state(const Record& record, const Record* before, std::span<const Taken> taken);
  void set_deadlines(const Record& record, Date entered, bool only_new);
  void publicise(const Record& record, Date day);
  Result<void> write_field(const Register& target, Id id, const Field& field, const Stored& value);
  Result<void> rank(const Ranking& ranking, Id record);
  Result<void> add_row(const Addition& addition, const Record& record);
  std::optional<Date> date_of(const Record& record, const std::string& field) const;
  Result<void> place_in_closure(const Record& record);
  /// Problems: publicity.not_open.
  Result<void> publicity_runs(const Record& record) const;
  const PostingRule* rule_of(const Step& step) const;

  std::optional<Predecessor> predecessor_;
  std::set<Id> owners_;               // to be settled
  store::Inserter* steps_ = nullptr;  // into the history of the flow, once there was one
};

}  // namespace zhijia::registers
