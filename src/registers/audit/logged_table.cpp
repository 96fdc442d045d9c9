#include "audit/logged_table.hpp"

#include <boost/json.hpp>
#include <map>
#include <optional>

#include "registers/attachments.hpp"
#include "registers/columns.hpp"

namespace zhijia::registers {

namespace json = boost::json;

namespace {

using State = std::map<std::string, json::value, std::less<>>;

/// One stored version of a record.
struct Version {
  Id id = 0;
  std::int64_t position = 0, version = 0;
  std::optional<std::int64_t> until;
  struct Cell {
    bool is_null = true;
    std::int64_t integer = 0;
    std::string bytes;
  };
  std::vector<Cell> cells;  ///< two for a sealed column with a hash
};

struct Entry {
  std::int64_t position = 0;
  Id record = 0;
  std::string kind;
  json::object body;
};

/// Kinds that say nothing of values, so that they leave no version behind.
bool is_of_values(std::string_view kind) {
  return kind == "create" || kind == "change" || kind == "attach" || kind == "detach" || kind == "merge" ||
         kind == "unmerge" || kind == "undo" || kind.starts_with("step:");
}

/// The table's versions, those that were replaced too, by record and position.
class Versions {
 public:
  Versions(store::Reader& reader, const LoggedTable& table) : table_(table), rows_(reader.query(sql(table))) { next(); }

  const std::optional<Version>& present() const { return present_; }

  void next() {
    present_.reset();
    if (!rows_.next()) return;
    Version version{.id = rows_.integer(0),
                    .position = rows_.integer(1),
                    .version = rows_.integer(2),
                    .until = rows_.integer_if(3),
                    .cells = {}};
    int place = 4;
    const auto read = [&](store::Type type) {
      Version::Cell cell{.is_null = rows_.is_null(place)};
      if (!cell.is_null && type == store::Type::integer) cell.integer = rows_.integer(place);
      if (!cell.is_null && type == store::Type::text) cell.bytes = rows_.text(place);
      if (!cell.is_null && type == store::Type::blob) cell.bytes = rows_.blob(place);
      version.cells.push_back(std::move(cell));
      ++place;
    };
    for (const LoggedColumn& column : table_.columns) {
      read(column.is_sealed ? store::Type::blob : column.type);
      if (!column.hash_column.empty()) read(store::Type::text);
    }
    present_ = std::move(version);
  }

 private:
  static std::string sql(const LoggedTable& table) {
    std::string columns;
    for (const LoggedColumn& column : table.columns) {
      columns += ", " + store::quoted_name(column.column);
      if (!column.hash_column.empty()) columns += ", " + store::quoted_name(column.hash_column);
    }
    return "SELECT id, position, version, NULL" + columns + " FROM " + store::quoted_name(table.name) +
           " UNION ALL SELECT id, position, version, until" + columns + " FROM " +
           store::quoted_name(table.name + "_history") + " ORDER BY 1, 2";
  }

  const LoggedTable& table_;
  store::Rows rows_;
  std::optional<Version> present_;
};

/// The log's entries of the table, by record and position.
class Entries {
 public:
  Entries(store::Reader& reader, const LoggedTable& table)
      : rows_(reader.query(
            "SELECT position, record, kind, body FROM change_log WHERE register = ? ORDER BY record, position",
            table.name)) {
    next();
  }

  const std::optional<Entry>& present() const { return present_; }

  void next() {
    present_.reset();
    if (!rows_.next()) return;
    json::error_code error;
    json::value body = json::parse(std::string(rows_.text(3)), error);
    present_ = Entry{rows_.integer(0), rows_.integer(1), std::string(rows_.text(2)),
                     !error && body.is_object() ? std::move(body.get_object()) : json::object()};
  }

 private:
  store::Rows rows_;
  std::optional<Entry> present_;
};

class Comparison {
 public:
  Comparison(const LoggedTable& table, const access::Vault& vault, const store::Files& files, Findings& findings)
      : table_(table), vault_(vault), files_(files), findings_(findings) {}

  void begin_record() {
    end_record();
    state_.clear();
    version_ = 0;
    last_.reset();
  }

  /// A last version that was ended must have been ended by the record's last entry: its removal.
  void end_record() {
    if (last_ && last_->until && *last_->until != last_position_) differs(*last_, "until");
  }

  /// The entry, and the version that it wrote, if any.
  void entry(const Entry& entry, const Version* version) {
    last_position_ = entry.position;
    if (!version) {
      if (is_of_values(entry.kind))
        findings_.add("audit.row_missing", place(entry.record), "",
                      "日志第" + std::to_string(entry.position) + "条写入的版本不见了",
                      "the version that entry " + std::to_string(entry.position) + " of the log wrote is missing");
      return;
    }
    for (const auto& [name, change] : entry.body)
      state_[std::string(name)] = change.is_array() && change.get_array().size() == 2 ? change.get_array()[1] : change;
    compare(*version);
  }

  void unknown(const Version& version) {
    ++findings_.audit().rows;
    findings_.add("audit.row_unknown", place(version.id), "", "日志中没有写入这一版本的记载",
                  "no entry of the log wrote this version");
  }

 private:
  std::string place(Id id) const { return table_.name + "/" + std::to_string(id); }

  void compare(const Version& version) {
    ++findings_.audit().rows;
    if (version.version != ++version_) differs(version, "version");
    if (last_ && last_->until != version.position) differs(*last_, "until");
    last_ = version;
    std::size_t at = 0;
    for (const LoggedColumn& column : table_.columns) {
      const Version::Cell& cell = version.cells[at++];
      const Version::Cell* hash = column.hash_column.empty() ? nullptr : &version.cells[at++];
      const auto logged = state_.find(column.logged_as);
      const json::value value = logged == state_.end() ? json::value(nullptr) : logged->second;
      if (!(column.is_sealed ? agrees_sealed(cell, hash, value) : agrees(cell, column.type, value)))
        differs(version, column.column);
      else if (column.is_attachment && !cell.is_null && !version.until)
        compare_files(version, column, cell);
    }
  }

  static bool agrees(const Version::Cell& cell, store::Type type, const json::value& value) {
    if (cell.is_null) return value.is_null();
    if (type == store::Type::integer)
      return (value.is_int64() && value.get_int64() == cell.integer) ||
             (value.is_uint64() && static_cast<std::int64_t>(value.get_uint64()) == cell.integer);
    return value.is_string() && std::string_view(value.get_string()) == cell.bytes;
  }

  bool agrees_sealed(const Version::Cell& cell, const Version::Cell* hash, const json::value& value) const {
    if (cell.is_null) return value.is_null() && (!hash || hash->is_null);
    const auto clear = vault_.open(cell.bytes);
    if (!clear || !value.is_string()) return false;
    return vault_.is_fingerprint(value.get_string(), *clear) && (!hash || vault_.is_fingerprint(hash->bytes, *clear));
  }

  void compare_files(const Version& version, const LoggedColumn& column, const Version::Cell& cell) {
    for (const Attachment& each : attachments_of(column.is_sealed ? vault_.open(cell.bytes).value() : cell.bytes)) {
      ++findings_.audit().files;
      if (!files_.get(each.hash))
        findings_.add("audit.file", place(version.id), column.column, "附件被改动或丢失：" + each.hash,
                      "an attached file was altered or removed: " + each.hash);
    }
  }

  void differs(const Version& version, const std::string& column) {
    const std::string number = std::to_string(version.version);
    findings_.add("audit.value", place(version.id), column, "第" + number + "版的值与日志不符",
                  "the value of version " + number + " is not what the log says");
  }

  const LoggedTable& table_;
  const access::Vault& vault_;
  const store::Files& files_;
  Findings& findings_;
  State state_;
  std::int64_t version_ = 0, last_position_ = 0;
  std::optional<Version> last_;
};

}  // namespace

LoggedTable logged_table(const Register& of) {
  LoggedTable table{of.name, {}};
  for (const Field& field : of.fields)
    table.columns.push_back(
        {.column = field.name,
         .logged_as = field.name,
         .type = column_type(field),
         .is_sealed = is_sealed(field),
         .hash_column = is_sealed(field) && is_matched(of, field) ? match_column(field) : std::string(),
         .is_attachment = field.type == FieldType::attachment});
  return table;
}

LoggedTable logged_person() {
  return {"person",
          {{.column = "name", .logged_as = "name"},
           {.column = "identity_number",
            .logged_as = "identity_number_hash",
            .is_sealed = true,
            .hash_column = "identity_number_hash"},
           {.column = "merged_into", .logged_as = "merged_into", .type = store::Type::integer}}};
}

LoggedTable logged_household() {
  return {"household", {{.column = "head", .logged_as = "head", .type = store::Type::integer}}};
}

void Findings::add(std::string_view code, std::string record, std::string field, std::string zh, std::string en) {
  if (audit_.problems.size() >= store::verification_problems_max) return;
  Place place;
  place.record = std::move(record);
  place.field = std::move(field);
  audit_.problems.push_back({std::string(code), std::move(place), {std::move(zh), std::move(en)}});
}

void compare_table(store::Reader& reader, const LoggedTable& table, const access::Vault& vault,
                   const store::Files& files, Findings& findings) {
  Versions versions(reader, table);
  Entries entries(reader, table);
  Comparison comparison(table, vault, files, findings);
  Id record = 0;
  const auto come_to = [&](Id next) {
    if (next != record) comparison.begin_record();
    record = next;
  };
  while (versions.present() || entries.present()) {
    const auto& version = versions.present();
    const auto& entry = entries.present();
    const auto at = [](Id id, std::int64_t position) { return std::pair(id, position); };
    const bool has_entry =
        entry && (!version || at(entry->record, entry->position) <= at(version->id, version->position));
    const bool has_version =
        version && (!entry || at(version->id, version->position) <= at(entry->record, entry->position));
    come_to(has_entry ? entry->record : version->id);
    if (has_entry)
      comparison.entry(*entry, has_version ? &*version : nullptr);
    else
      comparison.unknown(*version);
    if (has_entry) entries.next();
    if (has_version) versions.next();
  }
  comparison.end_record();
}

}  // namespace zhijia::registers
