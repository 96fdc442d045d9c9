#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// What a register's file declares beside its fields and flow: what decides its records, and which are payments.
namespace zhijia::registers {

/// Which of a register's records are payments to a person or household: what limits, timelines and the rule “nobody
/// twice” see across packs.
struct Payment {
  std::string amount, on;  ///< a money and a date field
  std::string when;        ///< FEEL; empty: every record is one
  std::string kind;        ///< path to a text; a family is not paid twice for one kind; empty: it is no help
  std::string to =
      "subject";            ///< the field of type person or household that is paid; records without one are passed over
  std::string promised;     ///< FEEL: records that will be paid and are not yet; empty: none are
  std::string promised_on;  ///< the date field that places them in a year
};

/// Where an input of a decision comes from.
struct DecisionInput {
  enum class From { field, sum, count, any, paid, promised };
  std::string name;  ///< of the model's input data, or "Input.part"
  From from = From::field;
  std::string path;     ///< "file.region"; "policy.minimum_wage"; of a sub-table's field or a sub-table; of a household
  std::string where;    ///< FEEL over the sub-table's fields and `record`, the one decided; empty for all
  std::string year_of;  ///< paid, promised: date whose year counts
  std::string kind;     ///< paid, promised: path to the kind; empty for all
  std::int64_t plus = 0;  ///< count: added to it
};

/// `decision`: the records of a register are decided by a DMN model when they are entered or changed.
struct Decision {
  std::string model;         ///< of the pack: "difficulty" for difficulty.dmn
  std::string decision;      ///< of the model
  std::string policy;        ///< register of the parameters by county and day; empty for none
  std::string region, on;    ///< paths to the county and the day whose parameters hold
  std::string policy_field;  ///< the `ref` that keeps which parameters did; empty for none
  std::vector<DecisionInput> inputs;
  std::vector<std::pair<std::string, std::string>> outcome;  ///< field, and part of the decision's value
  std::string explanation_zh, explanation_en;                ///< fields
};

}  // namespace zhijia::registers
