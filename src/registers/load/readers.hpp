#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load/yaml_reader.hpp"
#include "registers/pack.hpp"

namespace zhijia::registers {

/// The parts of a pack folder, each read on its own. What they name is compared with what exists by check_catalogue.

Pack read_pack(YamlReader& reader, const YAML::Node& root);
std::vector<CodeList> read_code_lists(YamlReader& reader, const YAML::Node& root);
/// The register, and after it a register for each of its sub-tables.
std::vector<Register> read_registers(YamlReader& reader, const YAML::Node& root, const std::string& pack);
/// The parts of a register that have files of their own.
Flow read_flow(YamlReader& reader, const YAML::Node& node);
/// Warns of steps by which one person alone decides what he entered himself, unless they say `alone` and why.
void warn_of_lone_decisions(YamlReader& reader, const YAML::Node& node, const Flow& flow);
FieldAccess read_field_access(YamlReader& reader, const YAML::Node& field, bool is_secret);
Access read_access(YamlReader& reader, const YAML::Node& root);
/// What holds for the parts of a register's records: the same roles, whatever the state.
Access access_of_parts(const Access& owner);
std::vector<Limit> read_limits(YamlReader& reader, const YAML::Node& root, const Register& register_);
/// Objections to the records of a register that publicises: parts of them, with a flow of their own.
Register objections_register(const Register& owner);
/// Adds the days of a calendar.yaml.
void read_calendar(YamlReader& reader, const YAML::Node& root, Calendar& calendar);
/// What decides a register's records, and which of them are payments: the keys `decision` and `pays`.
Decision read_decision(YamlReader& reader, const YAML::Node& node);
Payment read_payment(YamlReader& reader, const YAML::Node& node);
/// What persons concerned, everyone, and holders of a link may see and do: the keys `self`, `public` and `link`.
void read_openings(YamlReader& reader, const YAML::Node& root, Register& register_);
std::vector<Indicator> read_indicators(YamlReader& reader, const YAML::Node& root, const std::string& pack);
/// Fills the two languages' parts of the pack's review from the text of review.md.
void read_review(YamlReader& reader, std::string_view markdown, Pack& pack);

/// Everything that names something else: does it exist, and is it of the right kind?
void check_catalogue(const Catalogue& catalogue, Problems& problems);

/// The same for flows, access and limits of one register.
void check_daily_use(const Catalogue& catalogue, const Register& register_, Problems& problems);

/// Brings the registers into an order in which each comes after those that it refers to (a register may refer to
/// itself). Where they refer to each other in a circle, the order written is kept.
std::vector<Register> in_order_of_need(std::vector<Register> registers);

}  // namespace zhijia::registers
