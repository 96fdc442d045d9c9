#pragma once

#include <gtest/gtest.h>

#include "access/vault.hpp"
#include "base/identity_number.hpp"
#include "registers/engine.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

namespace zhijia::relief {

/// The project's own packs over an empty database of either kind, with the city's policy of 2019 in force.
class Office : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!database_.missing().empty()) GTEST_SKIP() << database_.missing();
    vault_.emplace(access::Vault::from_file(database_.folder.path / "vault").value());
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    auto packs = registers::load_packs(tests::source_folder() / "packs");
    for (const Problem& problem : packs ? Problems{} : packs.error()) ADD_FAILURE() << describe(problem);
    registers_ = registers::Registers::open(*store_, std::move(*packs), *vault_, clock_).value();
    policy("610700", "2019-01-01", "600");
  }

  void policy(const std::string& region, const std::string& from, const std::string& line) {
    create("relief_policy", {{"region", region},
                             {"in_force_from", from},
                             {"source", "测试文件"},
                             {"subsistence_line", line},
                             {"minimum_wage", "1800"},
                             {"schooling_limit", "10000"},
                             {"yearly_help_max", "5000"}});
  }

  static std::string identity_number(int n) {
    std::string number = "6107991980" + std::string(n < 10 ? "010100" : "01010") + std::to_string(n);
    number += identity_check_character(number);
    return number;
  }

  const registers::Register& of(const std::string& name) const { return *registers_->catalogue().find_register(name); }

  /// The record, or its problems' codes.
  Result<registers::Record> try_create(const std::string& name, const registers::Cells& cells) {
    return store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, of(name), cells, {.id = "test", .source = "test", .roles = {}});
    });
  }

  Id create(const std::string& name, const registers::Cells& cells) {
    const auto made = try_create(name, cells);
    if (made) return made->id;
    for (const Problem& problem : made.error()) ADD_FAILURE() << name << ": " << describe(problem);
    return 0;
  }

  /// A file of the n-th household in Hantai, with so much income in 2019 and further cells.
  Id file(int n, const std::string& income, const registers::Cells& more = {}) {
    registers::Cells cells{{"subject.name", "户主" + std::to_string(n)},
                           {"subject.identity_number", identity_number(n)},
                           {"code", "D" + std::to_string(n)},
                           {"region", "610702"},
                           {"cause", "illness"},
                           {"kind", "deep"}};
    for (const auto& [key, value] : more) cells[key] = value;
    const Id made = create("difficulty_file", cells);
    create("difficulty_file_income",
           {{"part_of", "D" + std::to_string(n)}, {"year", "2019"}, {"source", "wages"}, {"amount", income}});
    return made;
  }

  /// A period of the n-th household, imported in its state: on the roll, closed, …
  Id period(int n, const std::string& state, const std::string& opened_on, const std::string& closed_on = "",
            const registers::Cells& more = {}) {
    registers::Cells cells{{"file", "D" + std::to_string(n)}, {"region", "610702"},     {"cause", "illness"},
                           {"applied_on", opened_on},         {"opened_on", opened_on}, {"consent", "是"},
                           {"closed_on", closed_on},          {"state", state}};
    if (!closed_on.empty()) cells["closing"] = "lifted";
    for (const auto& [key, value] : more) cells[key] = value;
    return create("difficulty_period", cells);
  }

  std::string text(const registers::Record& record, const std::string& name, const std::string& field) const {
    const auto place = of(name).place(field);
    if (const auto* text = std::get_if<std::string>(&record.values[place])) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&record.values[place])) return std::to_string(*number);
    return "";
  }

  tests::TestDatabase database_{GetParam()};
  FixedClock clock_{Date::of(2020, 1, 10)};
  std::optional<access::Vault> vault_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<registers::Registers> registers_;
};

}  // namespace zhijia::relief
