#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "registers/engine.hpp"

namespace zhijia::registers {

/// Records as workbooks and pages show them: the way back from Batch::read. Remembers the records that links lead to,
/// so one serves a whole list. Not to outlive its reader, and only for one thread.
class Texts {
 public:
  /// Whether secrets stand in clear: only for who may see them, and after that was logged.
  enum class Secrets { masked, clear };

  Texts(const Registers& registers, store::Reader& reader, Secrets secrets = Secrets::masked);

  /// A text for each of cell_columns(). With secrets in clear, an import of them finds the record unchanged.
  std::vector<std::string> cells(const Register& of, const Record& record);
  /// The same into the memory of the record before.
  void cells(const Register& of, const Record& record, std::vector<std::string>& into);

  /// One field, computed ones too: "1234.50", "汉台区", "是"; a person by name, a union by its label, a `ref` by the
  /// other record's key. Empty when absent.
  std::string value(const Register& of, std::size_t field, const Record& record);

  /// The same for who sees the field so: nothing when it is hidden; masked, a name by its surname, a number by its end,
  /// and anything else as ***.
  std::string shown(const Register& of, std::size_t field, const Record& record, Sight sight);

  /// The label of a record, else what it is about, masked where not every role sees it in clear; its id when it has
  /// neither, empty when there is no such record.
  std::string label(const Register& of, Id id);

 private:
  std::string link(const Field& field, Id id);
  std::string key(const Register& of, Id id);
  Sight seen_of(const Field& field) const;
  std::string file_names(const Field& field, const Stored& value) const;
  std::string masked(const Field& field, const std::string& clear) const;
  std::string titles_of(const Field& field, const std::string& codes) const;
  std::string about(const Register& of, const Record& record);

  const std::vector<CellColumn>& columns(const Register& of);

  const Registers& registers_;
  store::Reader& reader_;
  const Secrets secrets_;
  std::map<std::string, std::unordered_map<Id, std::string>, std::less<>> labels_, keys_;  // by register, id
  std::map<std::string, std::vector<CellColumn>, std::less<>> columns_;                    // by register
};

/// What a cell of the field may say, as a workbook shows it: titles of a choice or of states, names of counties, 是 and
/// 否. Empty when it may say anything.
std::vector<std::string> choices_of(const Catalogue& catalogue, const Register& of, const Field& field);

}  // namespace zhijia::registers
