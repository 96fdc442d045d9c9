#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace zhijia::registers {

/// A title or text in both languages.
using Title = Message;

/// The types of docs/packs.md. `computed` fields have the type they give and a non-empty `computed_as`.
enum class FieldType {
  text,
  long_text,
  integer,
  decimal,
  money,
  date,
  yes_no,
  choice,
  region,
  ref,
  organisation,
  person,
  household,
  phone,
  identity_number,
  credit_code,
  bank_card
};

struct CodeList {
  std::string name;
  Title title;
  std::vector<std::pair<std::string, Title>> values;  ///< in the order written
};

struct Field {
  std::string name;
  FieldType type = FieldType::text;
  Title title;
  Title note;
  bool required = false;
  bool unique = false;
  bool secret = false;       ///< sealed at rest, masked on screen
  int scale = 2;             ///< decimals of a `decimal`
  std::string target;        ///< register of a `ref`, code list of a `choice`
  std::string check;         ///< FEEL unary condition with ? for the value; empty for none
  std::string computed_as;   ///< FEEL; empty unless computed
  std::string default_text;  ///< as a workbook cell would hold it
};

struct Step {
  std::string name;
  Title title;
  std::string from, to;
  std::string by;        ///< role
  std::string never_by;  ///< a step whose actor may not take this one; empty for none
  std::string guard;     ///< FEEL; empty for none
  std::string posting;   ///< name of a posting rule; empty for none
};

struct Flow {
  std::string start;
  std::vector<std::pair<std::string, Title>> states;
  std::vector<Step> steps;
};

struct PostingRule {
  std::string name, debit, credit;  ///< account paths
  std::string amount;               ///< a money field
  std::string on;                   ///< a date field
};

struct RecordCheck {
  std::string check;  ///< FEEL over the record's fields
  Message message;
};

struct Register {
  std::string name, pack, file;
  Title title;
  std::string label;    ///< name of the field that names a record
  bool scoped = false;  ///< has the field `organisation`
  std::vector<Field>
      fields;  ///< engine fields `organisation`, `subject`, `state` (as text) included, first, where present
  std::vector<std::string> key;
  std::vector<std::vector<std::string>> uniques;
  std::vector<RecordCheck> checks;
  std::optional<Flow> flow;
  std::vector<PostingRule> postings;
  /// A sub-table: the register that its records are parts of, by their field `part_of`; empty for any other.
  std::string part_of;

  const Field* field(std::string_view name) const;
};

enum class Count { records, distinct, sum, max, min, least_share };

struct Period {
  enum class Kind { years, to_end, end_of } kind = Kind::years;
  int years = 1;   ///< for Kind::years
  int offset = 0;  ///< years from the review's, for Kind::end_of
  unsigned until_month = 12, until_day = 31;
};

struct Indicator {
  std::string id, pack, file;
  Title title;
  std::string unit;
  std::string of;  ///< register
  Count count = Count::records;
  std::vector<std::string> values;  ///< fields; for least_share numerator and denominator
  std::string by;                   ///< grouping field of least_share
  std::string where;                ///< FEEL; empty for all
  std::string on;                   ///< date field; empty for a stock
  std::string open_from, open_to;   ///< date fields of a stock
  Period period;
};

struct Pack {
  std::string name;
  Title title;
  int order = 0;
  std::vector<std::string> needs;
  std::string review_zh, review_en;  ///< Markdown with {indicator.id} in it
};

/// All packs of a folder, read and checked whole.
struct Catalogue {
  std::vector<Pack> packs;          ///< by `order`
  std::vector<Register> registers;  ///< in dependency order: a register comes after those it refers to
  std::vector<CodeList> code_lists;
  std::vector<Indicator> indicators;  ///< by pack order, then as written

  const Register* find_register(std::string_view name) const;
  const CodeList* find_codes(std::string_view name) const;
  const Indicator* find_indicator(std::string_view id) const;
};

/// Reads every pack folder below `root`. Every fault of every file comes back, each with file and "line:column".
Result<Catalogue> load_packs(const std::filesystem::path& root);

}  // namespace zhijia::registers
