#include "importing/job_files.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

#include "base/problem_json.hpp"

namespace zhijia::exchange {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// For its owner only: a roster is all that the registers keep secret, in clear.
void make_private(const fs::path& folder) {
  fs::create_directories(folder);
  fs::permissions(folder, fs::perms::owner_all);
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string line_of(const Fault& fault) {
  json::object object{{"row", fault.row}, {"column", fault.column}, {"header", fault.header}, {"value", fault.value}};
  for (auto& [name, value] : problem_json(fault.problem))
    if (name != "file") object.emplace(name, value);
  return json::serialize(object);
}

Fault fault_of(std::string_view line) {
  const json::value value = json::parse(line);
  const json::object& object = value.as_object();
  return {object.at("row").to_number<std::size_t>(), object.at("column").to_number<std::size_t>(),
          text_of(object, "header"), text_of(object, "value"), problem_from(object)};
}

}  // namespace

JobFiles::JobFiles(const fs::path& folder, const ImportJob& job)
    : folder_(folder / std::to_string(job.id)),
      book_(folder_ / ("book" + fs::path(job.file_name).extension().string())) {}

void JobFiles::take(const fs::path& upload) const {
  make_private(folder_);
  std::error_code error;
  fs::rename(upload, book_, error);
  if (!error) return;
  fs::copy_file(upload, book_);  // from another disk
  fs::remove(upload);
}

void JobFiles::remove() const {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Corrections JobFiles::corrections() const {
  Corrections corrections;
  std::ifstream file(folder_ / "corrections.jsonl");
  for (std::string line; std::getline(file, line);) {
    const json::value value = json::parse(line);
    const json::array& cell = value.as_array();
    corrections[{cell.at(0).to_number<std::size_t>(), cell.at(1).to_number<std::size_t>()}] =
        std::string(cell.at(2).as_string());
  }
  return corrections;
}

void JobFiles::write_corrections(const Corrections& corrections) const {
  const fs::path made = folder_ / "corrections.new";
  std::ofstream file(made, std::ios::trunc);
  for (const auto& [place, text] : corrections)
    file << json::serialize(json::array{place.first, place.second, text}) << '\n';
  file.close();
  if (!file) throw std::runtime_error("corrections of an import could not be written");
  fs::rename(made, folder_ / "corrections.jsonl");
}

Result<FaultPage> JobFiles::faults(std::string_view after, std::size_t limit) const {
  FaultPage page;
  std::ifstream file(folder_ / "faults.jsonl", std::ios::binary);
  std::int64_t at = 0;
  const auto bad = [] {
    return fail("import.page", "翻页位置无效，请从第一页重新开始。",
                "This is no place in the list: begin again from its first page.");
  };
  if (!after.empty()) {
    const auto [end, error] = std::from_chars(after.data(), after.data() + after.size(), at);
    if (error != std::errc() || end != after.data() + after.size() || at <= 0) return bad();
    file.seekg(at - 1);
    if (file.get() != '\n') return bad();
  }
  for (std::string line; page.items.size() < limit && std::getline(file, line);) page.items.push_back(std::move(line));
  if (file && file.peek() != std::ifstream::traits_type::eof()) page.next = std::to_string(file.tellg());
  return page;
}

std::vector<Fault> JobFiles::all_faults() const {
  std::vector<Fault> faults;
  std::ifstream file(folder_ / "faults.jsonl");
  for (std::string line; std::getline(file, line);) faults.push_back(fault_of(line));
  return faults;
}

std::set<std::size_t> JobFiles::faulty_rows() const {
  std::set<std::size_t> rows;
  std::ifstream file(folder_ / "faulty_rows");
  for (std::size_t row; file >> row;) rows.insert(rows.end(), row);
  return rows;
}

JobFiles::FaultWriter::FaultWriter(const JobFiles& files)
    : files_(files),
      faults_(files.folder_ / "faults.new", std::ios::trunc | std::ios::binary),
      rows_(files.folder_ / "faulty_rows.new", std::ios::trunc) {}

void JobFiles::FaultWriter::add(const Fault& fault) {
  if (++count_ <= job_faults_max) faults_ << line_of(fault) << '\n';
  if (std::exchange(last_row_, fault.row) != fault.row) rows_ << fault.row << '\n';
}

void JobFiles::FaultWriter::settle() {
  faults_.close();
  rows_.close();
  if (!faults_ || !rows_) throw std::runtime_error("the faults of an import could not be written");
  fs::rename(files_.folder_ / "faults.new", files_.folder_ / "faults.jsonl");
  fs::rename(files_.folder_ / "faulty_rows.new", files_.folder_ / "faulty_rows");
}

}  // namespace zhijia::exchange
