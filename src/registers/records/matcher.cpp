#include "records/matcher.hpp"

namespace zhijia::registers {

Matcher::Matcher(const Table& table, const std::vector<std::string>& names, bool had_rows)
    : table_(table), had_rows_(had_rows) {
  for (const std::string& name : names)
    fields_.push_back(table.of.place(name));
}

std::vector<Id> Matcher::find(store::Reader& reader, const Record& record) const {
  const std::string sought = signature(record);
  if (sought.empty()) return {};
  if (const auto at = written_.find(sought); at != written_.end()) return {at->second};
  if (!had_rows_) return {};
  std::vector<Stored> values;
  for (const std::size_t field : fields_) values.push_back(record.values[field]);
  return table_.find(reader, fields_, values);
}

void Matcher::note_written(const Record& record) {
  const std::string written = signature(record);
  if (!written.empty()) written_.insert_or_assign(written, record.id);
}

std::string Matcher::signature(const Record& record) const {
  constexpr char separator = '\x1f';
  std::string joined;
  for (const std::size_t field : fields_) {
    if (const auto* integer = std::get_if<std::int64_t>(&record.values[field]))
      joined += std::to_string(*integer);
    else if (const auto* text = std::get_if<std::string>(&record.values[field]))
      joined += *text;
    else
      return {};
    joined += separator;
  }
  return joined;
}

Title Matcher::titles() const {
  Title titles;
  for (const std::size_t field : fields_) {
    const Title& own = table_.of.fields[field].title;
    const Title title = own.zh.empty() ? Title{"姓名", "name"} : own;  // whom a record is about needs no title
    titles.zh += (titles.zh.empty() ? "" : "、") + title.zh;
    titles.en += (titles.en.empty() ? "" : ", ") + title.en;
  }
  return titles;
}

}  // namespace zhijia::registers
