#include "records/limits.hpp"

#include <deque>

#include "feel/sql.hpp"
#include "records/cell.hpp"
#include "registers/columns.hpp"
#include "registers/sources.hpp"

namespace zhijia::registers {

namespace {

/// Reads the expressions of one register's part; gathers what is wrong with them.
struct Reading {
  const Catalogue& catalogue;
  Problems& problems;

  feel::Expression parse(const Register& of, const std::string& text) {
    if (text.empty()) return nullptr;
    feel::Scope scope;
    for (const Field& field : of.fields) scope.declare(field.name, feel_type(field));
    auto parsed = feel::parse(text, scope);
    if (parsed) return std::move(*parsed);
    refuse(of, text, parsed.error());
    return nullptr;
  }

  LimitUse::Total total(const Limit::Part& part, const feel::Expression& where) {
    const Register& of = *catalogue.find_register(part.register_);
    Sources sources(catalogue, of, std::nullopt);
    std::string condition;
    LimitUse::Total total;
    if (where) {
      const auto compiled = feel::compile_sql(*where, [&](const auto& path) { return sources.resolve(path); });
      if (!compiled) {
        refuse(of, part.where, compiled.error());
        return total;
      }
      condition = "(" + compiled->sql + ")";
      total.parameters = compiled->parameters;
    }
    const auto add = [&](const std::string& more) { condition += (condition.empty() ? "" : " AND ") + more; };
    for (const std::string& name : part.per) add("t." + store::quoted_name(name) + " = ?");
    if (!part.year_of.empty()) add("substr(t." + store::quoted_name(part.year_of) + ", 1, 4) = ?");
    const std::string what = part.sum.empty() ? "COUNT(*)" : "COALESCE(SUM(t." + store::quoted_name(part.sum) + "), 0)";
    total.sql = "SELECT CAST(" + what + " AS BIGINT) FROM " + sources.sql() + " WHERE " + condition;
    return total;
  }

  void refuse(const Register& of, const std::string& text, const Problems& faults) {
    for (const Problem& fault : faults)
      problems.push_back({"pack.expression",
                          {.file = of.file, .field = "limits"},
                          {"表达式“" + text + "”有误（" + fault.place.cell + "）：" + fault.message.zh,
                           "The expression “" + text + "” is wrong (" + fault.place.cell + "): " + fault.message.en}});
  }
};

}  // namespace

Result<std::map<std::string, std::vector<LimitUse>, std::less<>>> read_limits(const Catalogue& catalogue) {
  std::map<std::string, std::vector<LimitUse>, std::less<>> uses;
  Problems problems;
  Reading reading{catalogue, problems};
  for (const Register& declaring : catalogue.registers)
    for (const Limit& limit : declaring.limits) {
      std::vector<LimitUse> parts;
      std::vector<LimitUse::Total> totals;
      for (const Limit::Part& part : limit.parts) {
        const Register& of = *catalogue.find_register(part.register_);
        parts.push_back({.limit = &limit,
                         .part = &part,
                         .name = declaring.name + "." + std::to_string(&limit - declaring.limits.data()),
                         .where = reading.parse(of, part.where),
                         .at_most = reading.parse(of, limit.at_most),
                         .totals = {}});
        totals.push_back(reading.total(part, parts.back().where));
      }
      for (LimitUse& use : parts) {
        use.totals = totals;
        uses[use.part->register_].push_back(std::move(use));
      }
    }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return uses;
}

std::optional<std::vector<Stored>> Limits::group_of(const LimitUse& use, const Record& record) const {
  std::vector<Stored> group;
  for (const std::string& name : use.part->per) {
    group.push_back(record.values[of_.place(name)]);
    if (std::holds_alternative<std::monostate>(group.back())) return std::nullopt;
  }
  if (!use.part->year_of.empty()) {
    const auto* day = std::get_if<std::string>(&record.values[of_.place(use.part->year_of)]);
    if (!day) return std::nullopt;
    group.emplace_back(day->substr(0, 4));
  }
  return group;
}

std::int64_t Limits::counted(const LimitUse& use, const Record& record, const Evaluate& evaluate) const {
  if (use.where && !evaluate(use.where, record).is_true()) return 0;
  if (use.part->sum.empty()) return 1;
  const auto* amount = std::get_if<std::int64_t>(&record.values[of_.place(use.part->sum)]);
  return amount ? *amount : 0;
}

std::int64_t& Limits::total(const LimitUse& use, const std::vector<Stored>& group) {
  std::string name = use.name;
  std::deque<store::Parameter> values;
  for (const Stored& value : group) {
    name += '\x1f';
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      name += std::to_string(*integer);
      values.emplace_back(*integer);
    } else {
      name += std::get<std::string>(value);
      values.emplace_back(std::get<std::string>(value));
    }
  }
  const auto [found, is_new] = totals_.try_emplace(name, 0);
  if (!is_new) return found->second;
  for (const LimitUse::Total& each : use.totals) {
    std::vector<store::Parameter> parameters;
    for (const auto& value : each.parameters)
      std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
    parameters.insert(parameters.end(), values.begin(), values.end());
    auto rows = transaction_.query_with(each.sql, std::span<const store::Parameter>(parameters));
    rows.next();
    found->second += rows.integer(0);
  }
  return found->second;
}

Problems Limits::exceeded(const Record& record, const Record* before, const Evaluate& evaluate) {
  Problems problems;
  if (!uses_) return problems;
  for (const LimitUse& use : *uses_) {
    const auto group = group_of(use, record);
    const auto group_before = before ? group_of(use, *before) : std::nullopt;
    const std::int64_t counts = group ? counted(use, record, evaluate) : 0;
    const std::int64_t counted_before = group_before ? counted(use, *before, evaluate) : 0;
    // Both groups are asked for before either changes: a total read later would hold this record already.
    std::int64_t* const now = group ? &total(use, *group) : nullptr;
    std::int64_t* const then = group_before ? &total(use, *group_before) : nullptr;
    if (then) *then -= counted_before;
    if (now) *now += counts;
    if (!now || counts <= 0) continue;
    const Field* sum = use.part->sum.empty() ? nullptr : of_.field(use.part->sum);
    Field number;
    number.type = FieldType::integer;
    const Stored most = from_feel(sum ? *sum : number, evaluate(use.at_most, record));
    const auto* bound = std::get_if<std::int64_t>(&most);
    if (bound && *now > *bound)
      problems.push_back({"record.limit",
                          {.field = sum                     ? sum->name
                                    : use.part->per.empty() ? ""
                                                            : use.part->per.front()},
                          use.limit->message});
  }
  return problems;
}

}  // namespace zhijia::registers
