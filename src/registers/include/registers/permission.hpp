#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/users.hpp"
#include "registers/engine.hpp"

/// Who may do what to which records of a register.
///
/// A record lies where its union is (the field `organisation`, and those that the pack names as its other `ends`; a
/// union lies in itself), else in its county (a field of
/// type `region`), else where the record lies that it is part of or must refer to. A record that lies nowhere is the
/// whole federation's, and only grants with scope `all` reach it.
namespace zhijia::registers {

enum class Operation { read, create, change, reveal };

/// Whether the role, of the engine's or a pack's, may do it at all, where the pack says nothing. Steps name their own
/// role.
///   read: every role but `admin`, who manages accounts, and `worker`, who has a way of his own (of_person); create,
///   change: `clerk`, `manager`; reveal: `manager`.
bool may(std::string_view role, Operation operation);
/// The same of this register, as its `access` has it; to change: anything at all.
bool may(const Register& of, std::string_view role, Operation operation);

/// How much of the field the role sees; of several roles, the most. No secret is more than masked.
Sight sight_of(const Field& field, std::string_view role);
/// By place of the field. Without any role: as nobody is told from anybody, all but the secrets.
std::vector<Sight> sights_of(const Register& of, const std::vector<std::string>& roles);
/// Whether roles differ in what they see of the register.
bool has_field_access(const Register& of);

/// What keeps these roles from changing these fields of a record in this state (empty for a register without flow).
/// Problems: access.state (they change nothing in it), access.field.
Problems refused_changes(const Register& of, const std::vector<std::string>& roles, std::string_view state,
                         const std::vector<std::string>& fields);

/// The part of the records that grants open.
struct Reach {
  bool all = false;
  std::vector<Id> unions;    ///< these only
  std::vector<Id> subtrees;  ///< these and all below
  std::vector<std::string> regions;

  Id person = 0;  ///< scope `self`: what concerns this person, in registers whose pack opens them to him; 0 for none

  static Reach everything() { return {.all = true, .unions = {}, .subtrees = {}, .regions = {}}; }
  /// The records whose subject is the person or the household that he heads, and the parts of them.
  static Reach of_person(Id person) { return {.unions = {}, .subtrees = {}, .regions = {}, .person = person}; }
  bool is_none() const { return !all && unions.empty() && subtrees.empty() && regions.empty() && person == 0; }
  void add(const access::Grant& grant);
};

/// The role of the person concerned: who takes the steps `by: worker`.
constexpr std::string_view worker_role = "worker";

Reach reach_of(const std::vector<access::Grant>& grants, Operation operation);
Reach reach_of(const Register& of, const std::vector<access::Grant>& grants, Operation operation);

/// Whether the reach covers a record of the register; with `at`, the union in that field of it. Cost: a query, none
/// when it covers all.
bool covers(store::Reader& reader, const Registers& registers, const Register& of, Id record, const Reach& reach,
            std::string_view at = {});

/// The grants that reach this record (with `at`, the union in that field: see Step::at), each role of one's own and
/// each from a colleague once.
std::vector<access::Grant> grants_over(store::Reader& reader, const Registers& registers, const Register& of, Id record,
                                       const std::vector<access::Grant>& grants, std::string_view at = {});
/// Their roles.
std::vector<std::string> roles_of(const std::vector<access::Grant>& grants);
/// Makes them the actor's, told apart by whose they are.
void add_roles(const std::vector<access::Grant>& grants, Actor& actor);

/// The same as a condition of SQL over the register's table `alias`, and the values of its question marks.
struct ReachCondition {
  std::string sql;
  std::vector<std::variant<std::int64_t, std::string>> parameters;
};
ReachCondition reach_condition(const Catalogue& catalogue, const Register& of, const std::string& alias,
                               const Reach& reach, std::string_view at = {});

}  // namespace zhijia::registers
