#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "registers/permission.hpp"

/// Who is of which family: what cannot be right of the files on the roll, or must be looked into.
namespace zhijia::relief {

struct FamilyDoubt {
  enum class Kind {
    same_family,  ///< somebody stands in two files
    same_child,   ///< the same of a child
    payee,        ///< an award of the file names a household that is not the file's
  };
  Kind kind = Kind::same_family;
  Id file = 0;
  std::string code, region;  ///< of the file
  Id other = 0;              ///< the other file, or the award
  std::string about;         ///< the other file's number, or the award's id: what family_check names
  Id person = 0;             ///< who stands in both, or is paid
  std::string name;
};

/// Of files within the reach, without what a family_check says is right. By kind, file and what it is about.
/// Cost: one walk over the members of the files on the roll.
std::vector<FamilyDoubt> family_doubts(store::Reader& reader, const registers::Catalogue& catalogue,
                                       const registers::Reach& reach);

/// "same_family", as the code list family_doubt has it.
std::string_view code_of(FamilyDoubt::Kind kind);

}  // namespace zhijia::relief
