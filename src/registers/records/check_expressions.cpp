#include "records/effects.hpp"
#include "records/expressions.hpp"
#include "records/limits.hpp"
#include "records/rows.hpp"
#include "registers/check.hpp"

namespace zhijia::registers {

Problems check_expressions(const Catalogue& catalogue) {
  Problems problems;
  const auto add = [&](const auto& parsed) {
    if (!parsed) problems.insert(problems.end(), parsed.error().begin(), parsed.error().end());
  };
  for (const Register& of : catalogue.registers) {
    add(Expressions::parse(of, sub_tables(catalogue, of), system_clock()));
    add(Effects::parse(catalogue, of, system_clock()));
  }
  add(read_limits(catalogue));
  return problems;
}

}  // namespace zhijia::registers
