#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.hpp"
#include "base/problem.hpp"
#include "exchange/sheet_writer.hpp"

namespace zhijia::demo {

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 to `end` - 1.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }

 private:
  std::uint64_t state_;
};

struct Person {
  std::string name, identity_number;
};

/// The n-th invented person: always the same, no two with the same identity number. n below 5,000,000.
Person person(std::size_t n);
/// One who leaves school in 2020; n up to 200,000.
Person student(std::size_t n);
/// The same, with the parent's surname.
Person child_of(const Person& parent, std::size_t n);

/// Names of Hanzhong's counties (GB/T 2260).
const std::vector<std::string>& counties();
/// The n-th of `count` days spread evenly over the year's days from `first` to `last` ("03-01").
std::string day(int year, std::size_t n, std::size_t count, std::string_view first = "01-10",
                std::string_view last = "11-20");
/// "CODE0042".
std::string code(std::string_view prefix, std::size_t n);
std::string union_name(std::size_t n);
constexpr std::size_t unions_count = 820;

/// One workbook being written. A row has a cell a column; a person fills two.
class Sheet {
 public:
  Sheet(const std::filesystem::path& out, const std::string& register_name,
        const std::vector<exchange::SheetWriter::Column>& columns, Moment made_at);
  void row(std::vector<std::string> cells);
  void row(const Person& who, std::vector<std::string> cells);
  Result<void> finish();

 private:
  Result<std::unique_ptr<exchange::SheetWriter>> writer_;
};

/// What every line is told: for which year, and where to write.
class City {
 public:
  City(int city_year, std::filesystem::path out, std::function<void(const std::string&)> progress);
  const int year;

  /// Writes the register's workbook: `fill` adds the rows.
  void write(const std::string& register_name, std::initializer_list<const char*> columns,
             const std::function<void(Sheet&)>& fill);
  Problems problems;

 private:
  const std::filesystem::path out_;
  const std::function<void(const std::string&)> progress_;
};

}  // namespace zhijia::demo
