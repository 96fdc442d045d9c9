#pragma once

#include <fstream>
#include <set>

#include "exchange/import_jobs.hpp"

namespace zhijia::exchange {

/// What one job keeps on the disk, where only the program may read it: the workbook, the cells that were mended, the
/// faults of the last check.
class JobFiles {
 public:
  JobFiles(const std::filesystem::path& folder, const ImportJob& job);

  const std::filesystem::path& book() const { return book_; }
  bool exist() const { return std::filesystem::exists(book_); }

  /// Takes the file away from where it lies.
  void take(const std::filesystem::path& upload) const;
  void remove() const;

  Corrections corrections() const;
  void write_corrections(const Corrections& corrections) const;

  Result<FaultPage> faults(std::string_view after, std::size_t limit) const;
  std::vector<Fault> all_faults() const;
  std::set<std::size_t> faulty_rows() const;

  /// The faults of a check, which take the place of those before when it was settled.
  class FaultWriter {
   public:
    explicit FaultWriter(const JobFiles& files);
    void add(const Fault& fault);
    void settle();

   private:
    const JobFiles& files_;
    std::ofstream faults_, rows_;
    std::int64_t count_ = 0;
    std::size_t last_row_ = 0;
  };

 private:
  const std::filesystem::path folder_, book_;
};

}  // namespace zhijia::exchange
