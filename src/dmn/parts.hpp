#pragma once

#include <map>

#include "box.hpp"

namespace zhijia::dmn {

enum class ElementKind { input_data, decision, knowledge_model, service };

/// A thing that an element needs, and where its logic finds it.
struct Requirement {
  std::size_t element;
  std::uint32_t slot;
  std::string member;  ///< of the import's context in that slot; empty: the slot itself
};

/// A decision, input data, business knowledge model or decision service.
struct Element {
  ElementKind kind = ElementKind::decision;
  std::string name;  ///< of its variable
  std::string label;
  std::string name_space;
  std::string id;
  ItemTypePtr type;  ///< of its variable; of a knowledge model what a call gives
  std::vector<Requirement> requirements;
  std::size_t slots = 0;
  BoxPtr logic;                       ///< nullptr: none, or cannot be evaluated
  std::vector<Parameter> parameters;  ///< of a knowledge model
  std::vector<std::size_t> inputs;    ///< of a service: input data and input decisions, in order of its parameters
  std::vector<std::size_t> outputs;   ///< of a service
};

struct Parts {
  std::string name;
  std::string name_space;
  std::vector<Element> elements;  ///< imported ones included
  Problems warnings;
};

/// An element's value when it is a function: a knowledge model or a service.
feel::Value function_of(const std::shared_ptr<const Parts>& parts, std::size_t element);

}  // namespace zhijia::dmn
