#pragma once

#include <map>

#include "decisions/plan.hpp"
#include "ledger/ledger.hpp"
#include "people/people.hpp"
#include "records/expressions.hpp"
#include "records/links.hpp"
#include "records/matcher.hpp"

namespace zhijia::registers {

struct Registers::Parts {
  Catalogue catalogue;
  const access::Vault& vault;
  const Clock& clock;
  mutable IdSource ids;
  std::map<std::string, Expressions, std::less<>> expressions;  // by register
  Decisions decisions = {};
};

struct Batch::Parts {
  Parts(const Registers::Parts& engine_, store::Transaction& transaction_, const Register& of_, Actor actor_);

  /// Reads the cells given (by place in `columns`; null for none) into the record. With `defaults`, an empty cell takes
  /// the field's default.
  Problems read_cells(std::span<const std::string_view* const> cells, bool defaults, Record& record);
  /// A record whose state is not given keeps that of its predecessor, or starts.
  void complete_state(Record& record);
  /// Writes the computed fields; then what is required and checked. `unread` are the problems of reading its cells; a
  /// field that could not be read is not also said to be missing.
  Problems validate(Record& record, Problems unread);
  void compute(Record& record);
  /// Writes what the register's decision gives, where it has one. Problems: those of decide_record.
  Problems decide(Record& record);

  Problems clashes(const Record& record) const;
  /// Stores the record as new or, given what it was, as its next version, and takes the steps.
  Result<void> store(Record& record, const Record* before, std::span<const Step* const> steps, const std::string& kind);
  /// The steps from the state before (the start, for a new record) to the record's. Problems: record.unreachable.
  Result<std::vector<const Step*>> steps_between(const Record* before, const Record& record) const;
  /// Problems: record.posted.
  Problems altered_postings(const Record& before, const Record& record) const;

  const std::string* state_of(const Record& record) const;

  const Registers::Parts& engine;
  store::Transaction& transaction;
  const Register& of;
  const Actor actor;
  const Expressions& expressions;
  const std::vector<CellColumn> columns;
  const std::vector<const CodeList*> codes;  // by field
  const std::optional<std::size_t> state_place;
  const Table table;
  store::Inserter& inserter;
  const bool had_rows;
  people::Finder people;
  ledger::Journal journal;
  Links links;
  std::optional<Matcher> key;
  std::vector<Matcher> uniques;

 private:
  Result<Stored> read_value(const Field& field, std::size_t place, const std::string& text);
  Result<Stored> read_person(const Field& field, const std::string& name, const std::string& number);
  Result<void> post(const PostingRule& rule, const Record& record);
  Result<void> place_in_closure(const Record& record);
  const PostingRule* rule_of(const Step& step) const;
  std::size_t place_of(const std::string& field) const {
    return static_cast<std::size_t>(of.field(field) - of.fields.data());
  }
};

}  // namespace zhijia::registers
