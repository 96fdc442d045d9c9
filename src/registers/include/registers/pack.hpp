#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.hpp"
#include "base/problem.hpp"
#include "registers/decisions.hpp"

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
  bank_card,
  attachment
};

/// How much of a field a role sees.
enum class Sight { hidden, masked, visible };

/// A field's `access`: what each role sees of it, and what the others do.
struct FieldAccess {
  std::vector<std::pair<std::string, Sight>> by_role;
  Sight others = Sight::visible;
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
  std::string period;        ///< of the two dates of a `period`: its name; empty for any other field
  FieldAccess access;        ///< a secret is never more than masked: who needs it in clear reveals it, with a reason
};

/// The role of the program itself: steps by it are taken when their time has come, and by nobody else.
constexpr const char* system_role = "system";

/// What a step writes besides the state.
struct Setting {
  std::string link;   ///< the `ref` or `organisation` whose record is written; empty: the record itself
  std::string field;  ///< of that record
  std::string value;  ///< FEEL over the record taking the step; its sub-tables are lists of contexts, by their names
};

/// Records that refer to the one taking the step, given their places by a field of theirs: the greatest is first,
/// equals share a place, and who has no value has none.
struct Ranking {
  std::string register_;
  std::string by;    ///< an integer, decimal or money field
  std::string into;  ///< an integer field
};

/// A row that a step adds to a sub-table of the record behind a link.
struct Addition {
  std::string link;   ///< the `ref` to that record
  std::string table;  ///< of that record's register, by its short name
  Setting when;       ///< whether; the rows that are there already stand in it under `table`, as a list of contexts
  std::vector<Setting> fields;  ///< of the row; what is not named has its default
};

struct Step {
  std::string name;
  Title title;
  std::string from, to;
  std::string by;        ///< role
  std::string never_by;  ///< a step whose actor may not take this one; empty for none
  std::string guard;     ///< FEEL; empty for none
  std::string posting;   ///< name of a posting rule; empty for none
  bool needs_reason = false;
  std::vector<std::string> needs_fields = {};  ///< that must have a value once the step is taken: `with`
  std::vector<std::string> may_fields = {};    ///< that may be set together with it, besides: `may`
  std::string at = {};  ///< field of the union over which the role is held; empty: over any that the record lies in
  std::vector<Setting> settings = {};
  std::optional<Ranking> ranking = {};
  std::optional<Addition> addition = {};
  /// Takes back in red what was posted for the record, on the day in this date field; empty: nothing is taken back.
  std::string reverses_on = {};

  bool is_automatic() const { return by == system_role; }
  bool sets(std::string_view field) const;
};

/// So many days, working days or months, as a FEEL expression over the record gives them.
struct Term {
  enum class Unit { days, working_days, months } unit = Unit::days;
  std::string length;  ///< FEEL; negative: before the day that it is counted from
};

/// What follows when a record has been too long in a state.
struct Deadline {
  std::string name;   ///< as the change log names it
  std::string state;  ///< in which it is owed
  Title title;
  Term term;
  std::string after;  ///< date field that it is counted from; empty: the day on which the state was entered
  std::string step;   ///< taken by the program when the last day is over; empty: those concerned are reminded
  std::string role;   ///< who is reminded; empty: who may take a step from the state
};

/// 公示: records that enter the state stand on a public list for a while, and may be objected to.
struct Publicity {
  std::string state;
  Term term;
  std::vector<std::string> shown;   ///< fields on the public list
  std::vector<std::string> masked;  ///< of them, texts that are names of persons
  std::string unopposed;            ///< the step that waits for the end without an open objection; empty for none
  std::string upheld;               ///< the step for an objection that was upheld; empty for none
  std::string answered_by;          ///< role
  Term answer;                      ///< how soon an objection must be answered
};

struct Flow {
  std::string start;
  std::vector<std::pair<std::string, Title>> states;
  std::vector<Step> steps;
  std::vector<Deadline> deadlines = {};
  std::vector<Publicity> publicities = {};

  const Publicity* publicity(std::string_view state) const;
  /// Whether a step leads on from the state.
  bool is_open(std::string_view state) const;
};

/// Who may change which fields in which states; an empty list means any.
struct ChangeRule {
  std::vector<std::string> by, states, fields;
};

/// Roles for each operation on a register; what is not said is as registers::may has it.
struct Access {
  std::optional<std::vector<std::string>> read, create, reveal;
  std::optional<std::vector<ChangeRule>> change;
};

/// What the records of a group come to together may not exceed something.
struct Limit {
  /// The records of one register that count, and which of them belong to one group.
  struct Part {
    std::string register_;
    std::string sum;               ///< a field of money, integer or decimal; empty: each record counts one
    std::vector<std::string> per;  ///< fields that the group has in common
    std::string year_of;           ///< date field: those of one year only; empty for all
    std::string where;             ///< FEEL; empty for all
  };
  std::vector<Part> parts;  ///< the first is of the register that declares it; groups match in the order of `per`
  std::string at_most;      ///< FEEL over the record written
  Message message;
};

struct PostingRule {
  std::string name, debit, credit;  ///< account paths; empty when `lines` has them
  std::string amount;               ///< a money field; the same
  std::string on;                   ///< a date field
  /// The sub-table, by its short name, whose rows are the lines: their fields `account`, `side` (debit or credit) and
  /// `amount`.
  std::string lines = {};
  bool opens = false;  ///< opening balances: the book may have nothing before them
};

/// What the program fills in when a worker makes a record for himself.
enum class Fill {
  today,
  number,  ///< one that no other record has
  union_   ///< the union whose member he is
};

/// What the person concerned may do with his own records, without being staff.
struct SelfService {
  std::string whose = "subject";       ///< the field of type person or household that says whose a record is
  std::string theme;                   ///< where the phone shows it: cover, claim, help, honour, learning …
  std::vector<std::string> reads;      ///< fields shown to him besides the state
  std::vector<std::string> writes;     ///< fields that he fills in; none: he makes no records
  std::vector<std::string> change_in;  ///< states in which he may still change them
  std::vector<std::string> attach_in;  ///< states in which he may add files; those of change_in when not said
  std::vector<std::pair<std::string, Fill>> fills;
};

/// Which records of a register anyone may read without signing in, and what of them.
struct Opened {
  std::string where;  ///< FEEL; empty for all
  std::vector<std::string> fields;
  std::string sort;   ///< "-published_on,code"; empty: in the order in which they were made
  std::string theme;  ///< where the phone shows it: news, job, course …
};

/// Fields whose values no two records share: no two of all, or no two of those in some states.
struct Unique {
  std::vector<std::string> fields;
  std::vector<std::string> states = {};  ///< empty: whatever their state
  Message message = {};                  ///< empty: the engine's own
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
  std::vector<std::string>
      ends;  ///< fields of type organisation: unions that a record lies in too, beside `organisation`
  std::vector<Field>
      fields;  ///< engine fields `organisation`, `subject`, `state` (as text) included, first, where present
  std::vector<std::string> key;
  std::vector<Unique> uniques;
  std::vector<RecordCheck> checks;
  std::optional<Flow> flow;
  std::vector<PostingRule> postings;
  std::optional<SelfService> self;
  std::optional<Opened> open;
  std::vector<std::string> linked;  ///< fields shown to whoever holds the record's link; empty: there are no links
  /// A sub-table: the register that its records are parts of, by their field `part_of`; empty for any other.
  std::string part_of;
  bool takes_objections = false;  ///< the register of the objections to records of `part_of`; made by the engine
  bool is_shared = false;         ///< every reading role reads it whole, wherever its scope is
  Access access;
  std::vector<Limit> limits;
  std::optional<Payment> pays;
  std::optional<Decision> decision;

  const Field* field(std::string_view name) const;
  /// Where a field of it stands among `fields`, and its value in a record.
  std::size_t place(const Field& field) const { return static_cast<std::size_t>(&field - fields.data()); }
  std::size_t place(std::string_view of_field) const { return place(*field(of_field)); }  ///< which it must have
};

/// The last two compare shares by group: the least of them, and how many lie below a bound.
enum class Count { records, distinct, sum, max, min, least_share, shares_below };

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
  std::vector<std::string> values;  ///< fields; for shares numerator and denominator
  std::string by;                   ///< grouping field of shares
  int below = 0;                    ///< percent, for shares_below
  std::string where;                ///< FEEL; empty for all
  std::string on;                   ///< date field; empty for a stock
  std::string open_from, open_to;   ///< date fields of a stock
  Period period;

  bool compares_shares() const { return count == Count::least_share || count == Count::shares_below; }
};

struct Pack {
  std::string name;
  Title title;
  int order = 0;
  std::vector<std::string> needs;
  std::string review_zh, review_en;  ///< Markdown with {indicator.id} in it
};

/// The register of the objections to records of the register.
std::string objections_to(const Register& of);

/// All packs of a folder, read and checked whole.
struct Catalogue {
  std::vector<Pack> packs;          ///< by `order`
  std::vector<Register> registers;  ///< in dependency order: a register comes after those it refers to
  std::vector<CodeList> code_lists;
  std::vector<Indicator> indicators;  ///< by pack order, then as written
  Calendar calendar;                  ///< of all packs' calendar.yaml

  const Register* find_register(std::string_view name) const;
  const CodeList* find_codes(std::string_view name) const;
  const Indicator* find_indicator(std::string_view id) const;
};

/// Reads every pack folder below `root`. Every fault of every file comes back, each with file and "line:column".
Result<Catalogue> load_packs(const std::filesystem::path& root);

}  // namespace zhijia::registers
