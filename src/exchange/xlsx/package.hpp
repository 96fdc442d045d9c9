#pragma once

#include <zip.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "exchange/sheet_reader.hpp"

namespace zhijia::exchange::xlsx {

/// What a part of a workbook is told while it is parsed. Names come without namespace prefix.
class PartHandler {
 public:
  virtual ~PartHandler() = default;
  virtual void start(std::string_view name, const char** attributes) = 0;
  virtual void end(std::string_view) {}
  virtual void text(std::string_view) {}
  /// Asked after each piece; true ends the parsing without fault.
  virtual bool is_done() const { return false; }
};

/// The value of the attribute called `name` (without prefix); empty when absent.
std::string_view attribute(const char** attributes, std::string_view name);

/// The zip archive of a workbook, whose parts are parsed as they are unpacked, within the limits.
class Package {
 public:
  static Result<Package> open(const std::filesystem::path& file, const SheetLimits& limits);

  bool has(const std::string& part) const;
  /// Problems: sheet.damaged, sheet.too_large.
  Result<void> parse(const std::string& part, PartHandler& handler);

  std::unexpected<Problems> refuse(std::string_view code, std::string_view zh, std::string_view en,
                                   std::string sheet = {}, std::string cell = {}) const;
  const SheetLimits& limits() const { return *limits_; }

 private:
  Package(std::string file, zip_t* archive, const SheetLimits& limits)
      : file_(std::move(file)), archive_(archive), limits_(&limits) {}

  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  std::string file_;
  std::unique_ptr<zip_t, Discard> archive_;
  const SheetLimits* limits_;
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace zhijia::exchange::xlsx
