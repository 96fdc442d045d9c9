#include "records/table.hpp"

#include <array>
#include <boost/json.hpp>
#include <deque>
#include <list>

namespace zhijia::registers {
namespace {

constexpr int engine_columns = 3;  // id, position, version

store::Parameter parameter(const Stored& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

}  // namespace

/// The parameters of one row, and the bytes that they point to.
struct Table::Row {
  std::vector<store::Parameter> parameters;
  std::list<std::string> made;
};

Table::Table(const Register& of_, const access::Vault& vault) : of(of_), vault_(vault), schema_(schema_of(of_)) {
  for (const store::Column& column : schema_.columns) columns_.push_back(column.name);
  const std::string table = store::quoted_name(of.name);
  load_sql_ = "SELECT " + store::quoted_names(columns_) + " FROM " + table + " WHERE id = ?";
  load_before_sql_ = "SELECT " + store::quoted_names(columns_) + " FROM " + store::quoted_name(of.name + "_history") +
                     R"( WHERE id = ? AND "until" = ?)";
  archive_sql_ = store::archive_sql(schema_);
  remove_sql_ = "DELETE FROM " + table + " WHERE id = ?";
  std::string assignments;
  for (std::size_t i = 1; i < columns_.size(); ++i)
    assignments += (i > 1 ? ", " : "") + store::quoted_name(columns_[i]) + " = ?";
  update_sql_ = "UPDATE " + table + " SET " + assignments + " WHERE id = ?";
}

std::optional<Record> Table::load(store::Reader& reader, Id id) const {
  auto rows = reader.query(load_sql_, id);
  if (!rows.next()) return std::nullopt;
  return record_of(rows);
}

std::optional<Record> Table::load_before(store::Reader& reader, Id id, std::int64_t position) const {
  auto rows = reader.query(load_before_sql_, id, position);
  if (!rows.next()) return std::nullopt;
  return record_of(rows);
}

std::int64_t Table::remove(store::Transaction& transaction, const Record& before, const Actor& actor) const {
  const Record nothing{.values = std::vector<Stored>(before.values.size())};
  const std::int64_t position = transaction.log({.actor = actor.id,
                                                 .source = actor.source,
                                                 .kind = "remove",
                                                 .register_ = of.name,
                                                 .record = before.id,
                                                 .body = log_body(nothing, &before)});
  transaction.execute(archive_sql_, position, before.id);
  transaction.execute(remove_sql_, before.id);
  return position;
}

std::string Table::columns(std::string_view alias) const {
  std::string columns;
  for (const std::string& column : columns_)
    columns += (columns.empty() ? "" : ", ") + std::string(alias) + "." + store::quoted_name(column);
  return columns;
}

Record Table::record_of(const store::Rows& rows) const {
  Record record{.id = rows.integer(0), .position = rows.integer(1), .version = rows.integer(2), .values = {}};
  int column = engine_columns;
  for (const Field& field : of.fields) {
    if (rows.is_null(column))
      record.values.emplace_back();
    else if (is_sealed(field))
      record.values.emplace_back(vault_.open(rows.blob(column)).value());
    else if (column_type(field) == store::Type::integer)
      record.values.emplace_back(rows.integer(column));
    else
      record.values.emplace_back(std::string(rows.text(column)));
    column += is_sealed(field) && is_matched(of, field) ? 2 : 1;
  }
  return record;
}

Table::Row Table::bind(const Record& record) const {
  Row row;
  row.parameters.reserve(columns_.size() + 1);
  for (const std::int64_t own : {record.id, record.position, record.version}) row.parameters.emplace_back(own);
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    const auto* secret = is_sealed(field) ? std::get_if<std::string>(&record.values[i]) : nullptr;
    row.parameters.push_back(secret ? store::Parameter::blob(row.made.emplace_back(vault_.seal(*secret)))
                                    : parameter(record.values[i]));
    if (is_sealed(field) && is_matched(of, field))
      row.parameters.push_back(secret ? store::Parameter(row.made.emplace_back(vault_.fingerprint(*secret)))
                                      : store::Parameter(nullptr));
  }
  return row;
}

store::Inserter& Table::inserter(store::Transaction& transaction) const {
  return transaction.inserter(of.name, columns_);
}

void Table::insert(store::Inserter& inserter, const Record& record) const { inserter.add_row(bind(record).parameters); }

void Table::update(store::Transaction& transaction, const Record& record) const {
  transaction.execute(archive_sql_, record.position, record.id);
  Row row = bind(record);
  row.parameters.emplace_back(record.id);
  transaction.execute_with(update_sql_, std::span<const store::Parameter>(row.parameters).subspan(1));
}

std::vector<Id> Table::find(store::Reader& reader, const std::vector<std::size_t>& fields,
                            const std::vector<Stored>& values, const std::string& condition) const {
  std::string sql = "SELECT id FROM " + store::quoted_name(of.name) + " WHERE ";
  std::vector<store::Parameter> parameters;
  std::deque<std::string> fingerprints;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = of.fields[fields[i]];
    sql += (i > 0 ? " AND " : "") + store::quoted_name(match_column(field));
    if (!is_sealed(field)) {
      sql += " = ?";
      parameters.push_back(parameter(values[i]));
      continue;
    }
    const auto all = vault_.fingerprints(std::get<std::string>(values[i]));
    sql += " IN (" + store::placeholders(all.size()) + ")";
    for (const std::string& fingerprint : all) parameters.emplace_back(fingerprints.emplace_back(fingerprint));
  }
  if (!condition.empty()) sql += " AND " + condition;
  std::vector<Id> found;
  auto rows = reader.query_with(sql + " LIMIT 2", parameters);
  while (rows.next()) found.push_back(rows.integer(0));
  return found;
}

std::string Table::log_body(const Record& record, const Record* before, const Taken& taken) const {
  std::array<unsigned char, 4096> room;
  boost::json::monotonic_resource memory(room.data(), room.size());
  const auto json = [&](const Field& field, const Stored& value) {
    boost::json::value made(&memory);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) made = *integer;
    if (const auto* text = std::get_if<std::string>(&value))
      made = is_sealed(field) ? vault_.fingerprint(*text) : *text;
    return made;
  };
  boost::json::object body(&memory);
  for (std::size_t i = 0; i < of.fields.size(); ++i) {
    const Field& field = of.fields[i];
    if (before) {
      if (before->values[i] != record.values[i])
        body[field.name] = {json(field, before->values[i]), json(field, record.values[i])};
    } else if (!std::holds_alternative<std::monostate>(record.values[i])) {
      body[field.name] = json(field, record.values[i]);
    }
  }
  if (!taken.reason.empty()) body["#reason"] = taken.reason;
  if (!taken.for_whom.empty()) body["#for"] = taken.for_whom;
  return boost::json::serialize(body);
}

bool Table::has_rows(store::Reader& reader) const {
  return reader.query("SELECT 1 FROM " + store::quoted_name(of.name) + " LIMIT 1").next();
}

}  // namespace zhijia::registers
