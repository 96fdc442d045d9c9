#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dmn/batch.hpp"
#include "registers/decisions.hpp"
#include "registers/engine.hpp"

/// What a register's `decision` looks at, read from the database by one query: for one record or for a million.
namespace zhijia::registers {

/// A sub-select that gives a row a case: `id`, and those columns of the deciding register that its inputs begin with
/// ("SELECT p.id AS id, p.file AS file, CAST(? AS TEXT) AS decided_on FROM …"). Question marks stand for `parameters`.
struct CaseSource {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string>> parameters = {};
};

struct Cases {
  dmn::Columns columns;              ///< a column an input of the model
  std::vector<Id> ids;               ///< the source's
  std::vector<Id> policies;          ///< the parameters in force for the case; 0 where there are none
  std::vector<std::string> models;   ///< the model that they name; the declared one where they name none
  std::vector<std::string> regions;  ///< the county whose parameters were asked for
};

/// Reads the cases in the order of their ids. Problems: case.no_decision (the register declares none).
/// Cost: some 20 µs a case, most of it sums over sub-tables.
Result<Cases> read_cases(store::Reader& reader, const Registers& registers, const Register& of,
                         const CaseSource& source);

/// A model of the register's pack, NAME.dmn; null when there is no such model.
const dmn::Model* find_model(const Registers& registers, const Register& of, std::string_view name);

/// The case of a record as it stands. Problems: those of read_cases().
Result<Cases> case_of_record(store::Reader& reader, const Registers& registers, const Register& of, Id record);

/// A model as its pack's folder has it.
struct ModelFile {
  std::string pack, name;  ///< "relief", "difficulty"
  const dmn::Model* model;
  const std::string* text;  ///< what the file holds; as long as the registers
};
std::vector<ModelFile> model_files(const Registers& registers);

/// The input that a parameter feeds, such as "Minimum Wage" for "minimum_wage"; empty when it feeds none.
std::string input_of_parameter(const Register& of, std::string_view parameter);

/// The persons of a household: its head, and whom sub-tables of registers about the household name. A sub-select of
/// ids, to follow IN; `household` is SQL that gives the household's id.
std::string persons_sql(const Catalogue& catalogue, const std::string& household);

/// What a register's `pays`, which it must have, says: as SQL over its table `alias`.
struct PaymentSql {
  std::string from, condition, kind;  ///< "table AS p LEFT JOIN …", condition, the kind's column or empty
  std::vector<std::variant<std::int64_t, std::string>> parameters;
  std::string to, on;  ///< who is paid, and the day
};
enum class Paid { made, promised };
/// Problems: those of FEEL, pack.no_such_field.
Result<PaymentSql> payment_sql(const Catalogue& catalogue, const Register& of, const std::string& alias,
                               Paid paid = Paid::made);

/// How what the model says of the register's cases is said to people: its labels, and the titles of fields and codes.
dmn::Words words_of(const Registers& registers, const Register& of, const dmn::Model& model);

/// Everything as one case's inputs of the model, for an explanation.
dmn::Inputs inputs_of(const dmn::Columns& columns, std::size_t at);

}  // namespace zhijia::registers
