#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "feel/feel.hpp"

/// Decision models of OMG DMN 1.1 to 1.5 in XML, at conformance level 3 (without Java and PMML functions).
///
///     auto model = load(xml);
///     Outcome outcome = model->evaluate("Kind of difficulty", {{"Members", 3}, …}, {.explain = true});
namespace zhijia::dmn {

/// Models come from users. Published models have under 1 MB and a few hundred elements.
constexpr std::size_t model_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t models_max = 100;             ///< imported by one, directly or not
constexpr std::size_t elements_max = 20'000;        ///< decisions, inputs and so on of a model and its imports
constexpr std::size_t rules_max = 50'000;           ///< of one table
constexpr std::size_t xml_depth_max = 200;          ///< elements within elements
constexpr std::size_t stack_bytes_max = 2'000'000;  ///< that they may nest; a thread has 8 MB

/// Gives the text of the model with this namespace; `location` is the import's locationURI, often empty.
using ImportLoader = std::function<Result<std::string>(std::string_view name_space, std::string_view location)>;

/// Values by name of input data (or of decisions that are given instead of computed).
struct Input {
  std::string name;
  feel::Value value;
  std::string name_space = {};  ///< of the model that declares it; empty: any
};
using Inputs = std::vector<Input>;

/// What a decision table looked at. Rows count from 1, as people count them.
struct TableTrace {
  struct Column {
    std::string expression;
    std::string label;  ///< as the table's author wrote it; may be empty
    feel::Value value;
  };
  struct Miss {  ///< a row that failed in one column only
    std::size_t row;
    std::size_t column;  ///< from 0
    std::string test;    ///< what that cell asks for
  };
  std::vector<Column> columns;
  std::vector<std::size_t> rows;   ///< that matched
  std::vector<std::string> notes;  ///< what their author says of each; may be empty
  std::vector<Miss> misses;
  bool by_default = false;  ///< no row matched and the table has a default output
};

/// One decision that was made, in the order in which they were.
struct Step {
  std::string decision;
  std::string label;  ///< as the model's author wrote it; may be empty
  feel::Value value;
  std::vector<TableTrace> tables;
};

struct Outcome {
  feel::Value value;
  Problems problems;        ///< why values became null
  std::vector<Step> steps;  ///< when asked for
};

struct Options {
  const Clock* clock = nullptr;         ///< for today() and now(); the machine's when absent
  feel::Limits limits = {};             ///< of each expression
  std::uint64_t calls_max = 2'000'000;  ///< of functions and services, in one evaluation
  bool explain = false;
};

/// How a model's own words are said to people; a word that is not here is said as the model writes it.
struct Words {
  using Said = std::map<std::string, Message, std::less<>>;
  Said names;  ///< of inputs, decisions, and parts of what they give
  Said texts;  ///< that it takes and gives, such as codes
};

struct Parts;

/// A checked model. Immutable; may be used by many threads at once.
class Model {
 public:
  const std::string& name() const;
  const std::string& name_space() const;
  std::vector<std::string> decisions() const;
  std::vector<std::pair<std::string, feel::Type>> inputs() const;
  std::vector<std::string> services() const;
  /// The Chinese of its names, where their author gave them a label.
  Words words() const;
  /// What is wrong in it though it can be used: expressions that cannot be read ("dmn.expression"; they give null),
  /// unknown types and requirements, values that are known not to be of the type declared ("dmn.type_clash"; they are
  /// null or match nothing), tables with gaps ("dmn.table_gap") or overlaps ("dmn.table_overlap").
  const Problems& warnings() const;

  /// The value of a decision and what it needs. An unknown name is the problem "dmn.unknown_decision".
  Outcome evaluate(std::string_view decision, const Inputs& inputs, const Options& options = {}) const;
  /// A decision service: its one output decision's value, or a context of them by name.
  Outcome evaluate_service(std::string_view service, const Inputs& inputs, const Options& options = {}) const;

  explicit Model(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  /// For those who compile it.
  const std::shared_ptr<const Parts>& parts() const { return parts_; }

 private:
  std::shared_ptr<const Parts> parts_;
};

/// Problems: "dmn.xml", "dmn.too_large", "dmn.import", "dmn.not_a_model". Faults inside the model are its warnings().
Result<Model> load(std::string_view xml, const ImportLoader& imports = {}, std::string_view file = {});

/// What decided, for a case file: every decision with its value, rows and near misses, in the model's own words or as
/// `words` say them.
std::string explanation(const Outcome& outcome, bool chinese, const Words& words = {});

}  // namespace zhijia::dmn
