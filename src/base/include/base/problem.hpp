#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia {

/// One sentence in the two languages of the program. It says what is wrong and what to do.
struct Message {
  std::string zh;
  std::string en;
  bool operator==(const Message&) const = default;
};

/// Where something is wrong. Only the parts that are known are filled; the rest stay empty.
struct Place {
  std::string file;    ///< a workbook, pack file or model, as the user named it
  std::string sheet;   ///< worksheet name
  std::string cell;    ///< "C17" in a workbook, "12:5" (line:column) in a text file
  std::string record;  ///< "register/id" of a stored record
  std::string field;   ///< field name in the pack
  bool operator==(const Place&) const = default;
};

/// One thing that a person can put right.
struct Problem {
  std::string code;  ///< stable and dotted: "identity_number.check_digit"
  Place place;
  Message message;
  bool operator==(const Problem&) const = default;
};

/// What users get wrong comes back all at once, never one at a time.
using Problems = std::vector<Problem>;

/// Either the thing asked for or everything that stood in its way. An empty list of problems is never an error value.
template <typename T>
using Result = std::expected<T, Problems>;

/// Shorthand for `return fail("code", "中文", "English")` where a Result is expected.
std::unexpected<Problems> fail(std::string_view code, std::string_view zh, std::string_view en, Place place = {});

/// "file.xlsx · Sheet1 · C17: 中文 / English [code]" — for the command line and logs.
std::string describe(const Problem& problem);

}  // namespace zhijia
