#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "feel/feel.hpp"
#include "xml.hpp"

namespace zhijia::dmn {

/// A FEEL type with the constraints that item definitions add to it.
struct ItemType {
  feel::Type type;
  std::vector<feel::Expression> tests = {};  ///< allowed values and type constraints, over `?`
  std::string allowed_text = {};             ///< the allowed values as written: their order is the priority of outputs
  std::shared_ptr<const ItemType> element = {};
  std::vector<std::pair<std::string, std::shared_ptr<const ItemType>>> fields = {};
  bool constrained = false;  ///< it or a part of it has tests
};
using ItemTypePtr = std::shared_ptr<const ItemType>;

/// DMN 1.5, 7.3.3 and 10.3.2.9.4: converted to the type; null, with a diagnostic, for what does not conform or is
/// not allowed.
feel::Value coerce(const feel::Value& value, const ItemType& type, feel::Diagnostics* diagnostics);

/// What feel is told of a parameter: of a function only that any value may come, as coerce() looks at it itself.
feel::Type parameter_type(const ItemType& type);

/// The item definitions of one model, resolved in whatever order they are written.
class ItemTypes {
 public:
  ItemTypes(pugi::xml_node definitions, std::string file, Problems& problems);
  /// Types of an imported model, under "NAME." or, for an empty name, as they are.
  void import(std::string_view name, const ItemTypes& other);
  void resolve_all();

  ItemTypePtr find(std::string_view reference);
  /// A scope that knows the types' names.
  const feel::Scope& scope() const { return scope_; }

 private:
  using Unread = std::map<std::string, pugi::xml_node, std::less<>>;
  ItemTypePtr define(Unread::iterator unread);
  ItemTypePtr read(pugi::xml_node node);
  ItemTypePtr read_plain(pugi::xml_node node);
  void add_test(ItemType& type, pugi::xml_node node, bool keep_text);

  std::string file_;
  Problems& problems_;
  Unread unread_;
  std::map<std::string, ItemTypePtr, std::less<>> known_;
  std::set<std::string> own_;  ///< defined here, not imported: imports do not pass on what they import
  feel::Scope scope_;
};

}  // namespace zhijia::dmn
