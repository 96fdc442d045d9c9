#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace zhijia::exchange::xlsx {

/// Whether a number format shows a date, not only a time of day: the built-in ones (ECMA-376 part 1, 18.8.30) or a
/// format code with y, d or a month's m outside quotes and brackets.
bool is_date_format(int id);
bool is_date_format(std::string_view code);

/// A serial day number as an ISO date; a time of day is dropped. Days before 1 March 1900 are off by one in Excel
/// itself, which counts a 29 February 1900. Empty when out of range.
std::string date_of_serial(double serial, bool from_1904);

/// The number as a person typed it: Excel stores binary fractions, so 0.1 may lie as 0.10000000000000001.
std::string plain_number(std::string_view stored);

/// A text without Excel's escapes of ASCII characters: "_x000D_" is a carriage return, "_x005F_" an underscore.
std::string unescaped(std::string_view text);

/// Column 0 for "A1", 27 for "AB3"; the number of columns a sheet can have when it is no cell name.
std::size_t column_of(std::string_view cell_name);

}  // namespace zhijia::exchange::xlsx
