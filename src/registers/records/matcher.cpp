#include "records/matcher.hpp"

#include <algorithm>
#include <cstring>

#include "registers/columns.hpp"

namespace zhijia::registers {

Matcher::Matcher(const Table& table, const std::vector<std::string>& names, bool had_rows, std::string condition)
    : table_(table),
      condition_(std::move(condition)),
      had_rows_(had_rows),
      signatures_(std::make_unique<std::pmr::monotonic_buffer_resource>()) {
  for (const std::string& name : names) fields_.push_back(table.of.place(name));
}

std::optional<Id> Matcher::written(std::string_view signature) const {
  const auto at = written_.find(signature);
  return at == written_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<Id> Matcher::find(store::Reader& reader, const Record& record, std::string_view signature) const {
  if (signature.empty()) return {};
  if (const auto id = written(signature)) return {*id};
  return find_stored(reader, record);
}

std::vector<Id> Matcher::find_stored(store::Reader& reader, const Record& record) const {
  if (!had_rows_) return {};
  std::vector<Stored> values;
  for (const std::size_t field : fields_) {
    if (std::holds_alternative<std::monostate>(record.values[field])) return {};
    values.push_back(record.values[field]);
  }
  return table_.find(reader, fields_, values, condition_);
}

void Matcher::note_written(const Record& record) {
  const std::string signature = this->signature(record);
  if (signature.empty()) return;
  if (const auto known = written_.find(signature); known != written_.end()) {
    known->second = record.id;
    return;
  }
  auto* const kept = static_cast<char*>(signatures_->allocate(signature.size(), 1));
  std::memcpy(kept, signature.data(), signature.size());
  written_.emplace(std::string_view(kept, signature.size()), record.id);
}

void Matcher::read_all(store::Reader& reader) {
  const auto is_secret = [&](std::size_t field) { return is_sealed(table_.of.fields[field]); };
  if (!had_rows_ || std::ranges::any_of(fields_, is_secret)) return;
  std::string columns;
  for (const std::size_t field : fields_) columns += ", " + store::quoted_name(table_.of.fields[field].name);
  Record stored{.values = std::vector<Stored>(table_.of.fields.size())};
  auto rows = reader.query("SELECT id" + columns + " FROM " + store::quoted_name(table_.of.name) +
                           (condition_.empty() ? "" : " WHERE " + condition_));
  while (rows.next()) {
    stored.id = rows.integer(0);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      Stored& value = stored.values[fields_[i]];
      if (rows.is_null(column))
        value = {};
      else if (column_type(table_.of.fields[fields_[i]]) == store::Type::integer)
        value = rows.integer(column);
      else
        value = std::string(rows.text(column));
    }
    if (!written(signature(stored))) note_written(stored);
  }
  had_rows_ = false;
}

std::string Matcher::signature(const Record& record) const {
  std::string joined;
  const auto append = [&](std::int64_t number) {
    joined.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  for (const std::size_t field : fields_) {
    if (const auto* integer = std::get_if<std::int64_t>(&record.values[field])) {
      append(*integer);
    } else if (const auto* text = std::get_if<std::string>(&record.values[field])) {
      append(static_cast<std::int64_t>(text->size()));
      joined += *text;
    } else {
      return {};
    }
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
