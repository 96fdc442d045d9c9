#include "records/coverage.hpp"

#include <algorithm>

#include "registers/columns.hpp"

namespace zhijia::registers {
namespace {

Reach below(const Reach& reach) { return {.all = reach.all, .unions = {}, .subtrees = reach.subtrees, .regions = {}}; }

Reach reach_of_role(const std::vector<access::Grant>& grants, const std::string& role) {
  Reach reach;
  for (const access::Grant& grant : grants)
    if (grant.role == role) reach.add(grant);
  return reach;
}

/// The field that permission.hpp says a record lies by, over at most so many references; null when it lies nowhere.
const Field* place_field(const Catalogue& catalogue, const Register& of, int links = 3) {
  if (const Field* organisation = of.scoped ? of.field("organisation") : nullptr) return organisation;
  const auto region = std::ranges::find(of.fields, FieldType::region, &Field::type);
  if (region != of.fields.end()) return &*region;
  const auto leads = [&](const Field& field) {
    const Register* target = field.required ? catalogue.find_register(target_of(field)) : nullptr;
    return target && (target->name == "union" || place_field(catalogue, *target, links - 1));
  };
  const auto link = links > 0 ? std::ranges::find_if(of.fields, leads) : of.fields.end();
  return link == of.fields.end() ? nullptr : &*link;
}

}  // namespace

Coverage::Coverage(store::Reader& reader, const Catalogue& catalogue, const Register& of, Reach reach)
    : reader_(reader),
      catalogue_(catalogue),
      of_(of),
      reach_(std::move(reach)),
      below_(below(reach_)),
      place_(place_field(catalogue, of)) {
  if (place_) target_ = catalogue.find_register(target_of(*place_));
}

const Stored* Coverage::value_of(const Record& record, std::string_view field) const {
  const Field* found = of_.field(field);
  return found ? &record.values[of_.place(*found)] : nullptr;
}

bool Coverage::covers(const Record& record, std::string_view at) {
  if (reach_.all || reach_.is_none()) return reach_.all;
  if (of_.name == "union") return covers_union(record);
  if (!at.empty()) return covers_value(*of_.field(at), record);
  if (!place_) return false;
  return covers_value(*place_, record) ||
         std::ranges::any_of(of_.ends, [&](const std::string& end) { return covers_value(*of_.field(end), record); });
}

bool Coverage::covers_value(const Field& place, const Record& record) {
  const Stored& value = *value_of(record, place.name);
  if (const auto* region = std::get_if<std::string>(&value))
    return std::ranges::find(reach_.regions, *region) != reach_.regions.end();
  const Id* id = std::get_if<std::int64_t>(&value);
  return id && target_ && covers_stored(*target_, *id, reach_, places_);
}

/// A union lies in itself: in its county, and below the one above it.
bool Coverage::covers_union(const Record& record) {
  const auto is_one_of = [](const auto& values, const auto& value) {
    return std::ranges::find(values, value) != values.end();
  };
  if (is_one_of(reach_.unions, record.id) || is_one_of(reach_.subtrees, record.id)) return true;
  const Stored* region = value_of(record, "region");
  if (const auto* code = region ? std::get_if<std::string>(region) : nullptr; code && is_one_of(reach_.regions, *code))
    return true;
  return lies_below(record);
}

bool Coverage::lies_below(const Record& record) {
  const Stored* above = value_of(record, "parent");
  const Id* parent = above ? std::get_if<std::int64_t>(above) : nullptr;
  return parent && covers_stored(of_, *parent, below_, parents_);
}

void Coverage::note_written(const Record& record) {
  if (of_.name == "union" && !reach_.all && lies_below(record)) parents_[record.id] = true;
}

bool Coverage::covers_stored(const Register& of, Id id, const Reach& reach, std::unordered_map<Id, bool>& known) {
  if (const auto at = known.find(id); at != known.end()) return at->second;
  const ReachCondition condition = reach_condition(catalogue_, of, "t", reach);
  std::vector<store::Parameter> parameters;
  for (const auto& value : condition.parameters)
    std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  parameters.emplace_back(id);
  const bool covered =
      reader_
          .query_with("SELECT 1 FROM " + store::quoted_name(of.name) + " t WHERE " + condition.sql + " AND t.id = ?",
                      std::span<const store::Parameter>(parameters))
          .next();
  return known.emplace(id, covered).first->second;
}

Permits::Permits(store::Reader& reader, const Catalogue& catalogue, const Register& of,
                 std::vector<access::Grant> grants)
    : reader_(reader),
      catalogue_(catalogue),
      of_(of),
      grants_(std::move(grants)),
      create_(reader, catalogue, of, reach_of(of, grants_, Operation::create)),
      change_(reader, catalogue, of, reach_of(of, grants_, Operation::change)) {}

void Permits::note_written(const Record& record) {
  create_.note_written(record);
  change_.note_written(record);
  for (auto& [role, coverage] : roles_) coverage.note_written(record);
}

std::vector<std::string> Permits::roles_over(const Record& record) {
  std::vector<std::string> roles;
  for (const access::Grant& grant : grants_)
    if (std::ranges::find(roles, grant.role) == roles.end() && has_role(grant.role, record))
      roles.push_back(grant.role);
  return roles;
}

bool Permits::has_role(const std::string& role, const Record& record, std::string_view at) {
  auto known = roles_.find(role);
  if (known == roles_.end())
    known = roles_.try_emplace(role, reader_, catalogue_, of_, reach_of_role(grants_, role)).first;
  return known->second.covers(record, at);
}

}  // namespace zhijia::registers
