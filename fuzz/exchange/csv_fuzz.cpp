#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "exchange/sheet_reader.hpp"

/// A stranger's csv is read or refused with a problem; no row or cell goes beyond the limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zhijia::exchange;
  static const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("zhijia_fuzz_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  const SheetLimits limits{.rows_max = 1'000, .columns_max = 50, .cell_bytes_max = 1'000};
  const auto read = read_sheet(
      file,
      [&](const std::string&, const Row& row) {
        if (row.cells.size() > limits.columns_max || row.number > limits.rows_max) std::abort();
        for (const Cell& cell : row.cells)
          if (cell.text.size() > limits.cell_bytes_max + 4) std::abort();
        return true;
      },
      limits);
  if (!read && read.error().empty()) std::abort();
  return 0;
}
