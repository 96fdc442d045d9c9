#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registers/engine.hpp"

/// 公示: records that stand on a public list for a while, and the objections that may be made.
namespace zhijia::registers {

/// How the publicity of a record stands.
enum class Standing {
  none,       ///< it is not publicised
  running,    ///< its last day is not over
  disputed,   ///< that is over, but an objection waits for its answer
  upheld,     ///< an objection was upheld
  unopposed,  ///< over, and no objection stands
};
Standing standing_of(store::Reader& reader, const Register& of, Id record, Date today);

/// One period of one record.
struct Publicised {
  Id id = 0;
  const Register* of = nullptr;
  Id record = 0;
  Date opened_on, ends_on;
};

/// Those that run, the longest open first; of one register when it is given. `after`: the last id of the page before.
std::vector<Publicised> publicised(store::Reader& reader, const Registers& registers, const Register* of, Date today,
                                   Id after, std::size_t limit);
/// Nothing when there is none of that id, or it is over.
std::optional<Publicised> find_publicised(store::Reader& reader, const Registers& registers, Id id, Date today);

/// The period of the record's present state, running or over.
std::optional<Publicised> period_of_record(store::Reader& reader, const Register& of, Id record);

/// A value as the public may see it: persons by their surname, the texts that the pack masks too, a choice by its
/// title.
struct PublicValue {
  const Field* field = nullptr;
  std::string text;
};
std::vector<PublicValue> public_values(store::Reader& reader, const Registers& registers, const Publicised& period);

struct Objection {
  std::string statement, name, phone;  ///< the last two may be empty
};
constexpr std::size_t statement_characters_max = 2'000;
/// More waiting for an answer than this are no objections but an attack.
constexpr std::int64_t objections_open_max = 200;

/// Takes an objection of the public, received today. Problems: publicity.not_open, publicity.too_many and those of
/// Batch.
Result<Record> object_to(store::Transaction& transaction, const Registers& registers, const Publicised& period,
                         const Objection& objection, const Actor& actor);

/// Those to the record that wait for their answer, the oldest first.
std::vector<Id> open_objections(store::Reader& reader, const Register& of, Id record);

/// What follows from how the record's publicity stands: notes it when it is decided, and takes the step that follows
/// when that is the program's. Nothing while it runs or is disputed. Problems: those of Registers::take_step.
/// @return whether anything followed
Result<bool> settle_publicity(store::Transaction& transaction, const Registers& registers, const Register& of,
                              Id record);

}  // namespace zhijia::registers
