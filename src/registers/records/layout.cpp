#include "records/layout.hpp"

namespace zhijia::registers {
namespace {

std::vector<const CodeList*> code_lists(const Catalogue& catalogue, const Register& of) {
  std::vector<const CodeList*> lists;
  for (const Field& field : of.fields)
    lists.push_back(field.type == FieldType::choice ? catalogue.find_codes(field.target) : nullptr);
  return lists;
}

}  // namespace

Layout::Layout(const Catalogue& catalogue, const Register& of, const access::Vault& vault)
    : table(of, vault),
      columns(cell_columns(of)),
      codes(code_lists(catalogue, of)),
      state_place(of.flow ? std::optional(of.place("state")) : std::nullopt) {}

}  // namespace zhijia::registers
