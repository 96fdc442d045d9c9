#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "feel/sql.hpp"
#include "registers/cases.hpp"

namespace zhijia::registers {

/// A register's decision as SQL.
struct CasePlan {
  struct Column {
    std::string input, part;  ///< "Exclusion Facts", "needless car"; no part for a plain input
    feel::SqlName::Kind kind = feel::SqlName::Kind::text;
    int scale = 0;
  };
  std::vector<Column> columns;  ///< those of one structured input stand together
  std::string select;           ///< "SELECT t.id, policy, model, region, input, input …"
  std::string joins;            ///< what follows the source: " AS t LEFT JOIN …"
  std::vector<std::variant<std::int64_t, std::string>> parameters;  ///< of the SELECT, before the source's

  std::string sql(const std::string& source) const {
    return select + " FROM (" + source + ")" + joins + " ORDER BY t.id";
  }
};

/// The decisions of all registers, and the models of their packs.
struct Decisions {
  std::map<std::string, CasePlan, std::less<>> plans = {};     // by register
  std::map<std::string, dmn::Model, std::less<>> models = {};  // by "pack/model"
  std::map<std::string, std::string, std::less<>> texts = {};  // of their files, by the same
  std::map<std::string, dmn::Words, std::less<>> titles = {};  // by register: of what it gives a model and takes
  std::map<std::string, dmn::Words, std::less<>> words = {};   // by "register/model": those, and the model's labels
};

/// Problems: pack.model, pack.decision, pack.decision_input, those of FEEL and of dmn::load, with the pack's file.
Decisions plan_decisions(const Catalogue& catalogue, Problems& problems);

/// How what the model says is said to people: by its labels, then by the titles.
dmn::Words words_of(const dmn::Model& model, const dmn::Words& titles);

/// The record of a register with a decision, decided: its decided fields are written. Problems: decision.no_policy,
/// decision.undecided (with what the model said).
Result<void> decide_record(store::Reader& reader, const Decisions& decisions, const Register& of, Record& record,
                           const Clock& clock);

/// What the model gave, written into the record's decided fields, and explained in the words.
Result<void> write_outcome(const Decision& decision, const Register& of, const dmn::Outcome& outcome,
                           const dmn::Words& words, Id policy, Record& record);

}  // namespace zhijia::registers
