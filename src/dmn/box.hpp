#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dmn/dmn.hpp"
#include "item_type.hpp"

namespace zhijia::dmn {

namespace columns {
class Planner;
struct Term;
}  // namespace columns

/// What one evaluation on one thread shares, functions that are called on the way included. Functions are values and
/// may outlive the evaluation that made them, so they find it through current() rather than hold it.
struct Activity {
  const Options& options;
  feel::Diagnostics diagnostics = {};
  std::vector<Step>* steps = nullptr;   ///< nullptr: nobody reads them
  std::vector<TableTrace> tables = {};  ///< of the decision being made
  std::uint64_t calls = 0;
  const std::byte* stack_begin = nullptr;
};

/// Opens an activity for the calls inside, unless one is open on this thread.
class ActivityScope {
 public:
  explicit ActivityScope(Activity& activity);
  ~ActivityScope();
  ActivityScope(const ActivityScope&) = delete;
  ActivityScope& operator=(const ActivityScope&) = delete;
  static Activity* current();

 private:
  Activity* previous_;
};

/// False, with a diagnostic, when the evaluation has made too many calls or nests too deep.
bool may_call(Activity& activity);

using Variables = std::vector<feel::Value>;

/// A boxed expression made ready. `variables` are the values of the scope that it was compiled in.
class Box {
 public:
  virtual ~Box() = default;
  virtual feel::Value evaluate(const Variables& variables, Activity& activity) const = 0;
  /// The same as steps over columns; an empty term when there are none for it: then it is evaluated case by case.
  virtual columns::Term plan(columns::Planner& planner, const std::vector<columns::Term>& variables) const;
  feel::Type type;  ///< what it is known to give
};
using BoxPtr = std::shared_ptr<const Box>;

/// A function value that runs `body` with `parameters` in the slots from `first_slot` on.
struct Parameter {
  std::string name;
  ItemTypePtr type;
  std::uint32_t slot;
};
using Body = std::function<feel::Value(std::span<const feel::Value> arguments, Activity& activity)>;
feel::Value make_function(std::vector<std::string> names, std::vector<feel::Type> types, Body body);

/// Compiles the boxed expressions of one model.
class BoxCompiler {
 public:
  BoxCompiler(ItemTypes& types, std::string file, Problems& problems)
      : types_(types), file_(std::move(file)), problems_(problems) {}

  /// The first boxed expression among the children of `node`; nullptr when there is none.
  BoxPtr child_of(pugi::xml_node node, const feel::Scope& scope);
  BoxPtr compile(pugi::xml_node node, const feel::Scope& scope);
  /// A function definition's parameters declared in `scope`, and its body there; nullptr for Java and PMML.
  BoxPtr function_body(pugi::xml_node node, feel::Scope& scope, std::vector<Parameter>& parameters);

  ItemTypes& types() { return types_; }
  /// Null, and a warning, when the text cannot be read.
  feel::Expression expression(std::string_view text, const feel::Scope& scope);
  feel::Expression tests(std::string_view text, const feel::Scope& scope, feel::Type input);
  void warn(std::string_view code, std::string zh, std::string en, std::string_view field = {});
  /// A value that is known to be of one type where another is declared: it always becomes null.
  void warn_clash(const std::string& text, const feel::Type& known, const feel::Type& declared);

  std::string element;  ///< whose logic is compiled: the place of its warnings

 private:
  BoxPtr literal(pugi::xml_node node, const feel::Scope& scope);
  BoxPtr context(pugi::xml_node node, const feel::Scope& scope);
  BoxPtr function(pugi::xml_node node, const feel::Scope& scope);
  feel::Expression checked(feel::Expression expression);  ///< with its clashes told
  void take(Problems problems, std::string_view text);

  ItemTypes& types_;
  std::string file_;
  Problems& problems_;
};

BoxPtr compile_table(BoxCompiler& compiler, pugi::xml_node node, const feel::Scope& scope);

/// Boxed expressions that DMN 1.5 (10.2.2) defines by an equivalent FEEL text: invocation, list, relation,
/// conditional, filter, for, some, every. Null for other elements.
BoxPtr compile_composed(BoxCompiler& compiler, pugi::xml_node node, const feel::Scope& scope);
bool is_boxed(std::string_view name);

feel::Frame frame(const Variables& variables, const Activity& activity);

}  // namespace zhijia::dmn
