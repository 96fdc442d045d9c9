#include "registers/listing.hpp"

#include <boost/json.hpp>
#include <deque>

#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "records/table.hpp"
#include "registers/sources.hpp"

namespace zhijia::registers {

namespace {

using Parameters = std::vector<std::variant<std::int64_t, std::string>>;

/// A condition, and the values of its question marks.
struct Condition {
  std::string sql;
  Parameters parameters;

  void add(const std::string& more, const Parameters& values) {
    sql += " AND " + more;
    parameters.insert(parameters.end(), values.begin(), values.end());
  }
};

struct SortKey {
  std::size_t place = 0;  ///< of the field
  std::string column;
  bool is_descending = false;
  bool is_required = false;
  bool is_integer = false;
};

Result<std::vector<SortKey>> sort_keys(const Register& of, const ListQuery& query) {
  std::vector<SortKey> keys;
  for (const ListQuery::Sort& sort : query.sort) {
    const Field* field = of.field(sort.field);
    if (!field || is_sealed(*field) || is_link(*field))
      return fail("list.sort", "不能按“" + sort.field + "”排序：请选用登记簿中非链接、非保密的字段。",
                  "“" + sort.field + "” gives no order: sort by a field that is neither a link nor secret.",
                  {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "sort"});
    keys.push_back({static_cast<std::size_t>(field - of.fields.data()), "t." + store::quoted_name(field->name),
                    sort.is_descending, field->required, column_type(*field) == store::Type::integer});
  }
  return keys;
}

Result<void> add_filter(const Register& of, const std::string& where, Sources& sources, Condition& condition) {
  if (where.empty()) return {};
  feel::Scope scope;
  for (const Field& field : of.fields) scope.declare(field.name);
  const auto refused = [](Problems problems) {
    for (Problem& problem : problems) problem.place.field = "where";
    return std::unexpected(std::move(problems));
  };
  const auto tree = feel::parse(where, scope);
  if (!tree) return refused(tree.error());
  const auto compiled = feel::compile_sql(**tree, [&](const auto& path) { return sources.resolve(path); });
  if (!compiled) return refused(compiled.error());
  condition.add(compiled->sql, compiled->parameters);
  return {};
}

/// "50%" is looked for as it stands.
std::string containing(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

bool is_searched(const Field& field) {
  return (field.type == FieldType::text || field.type == FieldType::long_text) && !is_sealed(field);
}

void add_search(const Registers& registers, const Register& of, const std::string& text, Sources& sources,
                Condition& condition) {
  if (text.empty()) return;
  const auto number = IdentityNumber::parse(text);
  const std::string fingerprint = number ? registers.vault().fingerprint(number->text()) : std::string();
  std::string any;
  Parameters values;
  const auto add = [&](const std::string& sql, const std::string& value) {
    any += (any.empty() ? "" : " OR ") + sql;
    values.emplace_back(value);
  };
  for (const Field& field : of.fields) {
    const bool is_person = field.type == FieldType::person || field.type == FieldType::household;
    if (is_searched(field))
      add("LOWER(t." + store::quoted_name(field.name) + ") LIKE LOWER(?) ESCAPE '\\'", containing(text));
    if (!is_person) continue;
    const std::string person = sources.join_person(field);
    if (number)
      add(person + ".identity_number_hash = ?", fingerprint);
    else
      add(person + ".name LIKE ? ESCAPE '\\'", containing(text));
  }
  condition.add(any.empty() ? "1 = 0" : "(" + any + ")", values);
}

std::string cursor_of(const std::vector<SortKey>& keys, const Record& last) {
  boost::json::array values;
  for (const SortKey& key : keys) {
    const Stored& value = last.values[key.place];
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      values.emplace_back(*integer);
    else if (const auto* text = std::get_if<std::string>(&value))
      values.emplace_back(*text);
    else
      values.emplace_back(nullptr);
  }
  values.emplace_back(last.id);
  const std::string json = boost::json::serialize(values);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string cursor;
  for (const char c : json) {
    const auto byte = static_cast<unsigned char>(c);
    (cursor += digits[byte >> 4]) += digits[byte & 15];
  }
  return cursor;
}

std::optional<boost::json::array> read_cursor(std::string_view cursor, std::size_t keys) {
  const auto digit = [](char c) { return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : 16; };
  std::string json;
  for (std::size_t i = 0; i + 1 < cursor.size(); i += 2) {
    const int high = digit(cursor[i]), low = digit(cursor[i + 1]);
    if (high > 15 || low > 15) return std::nullopt;
    json += static_cast<char>(high << 4 | low);
  }
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(json, error);
  if (error || !value.is_array() || value.get_array().size() != keys + 1 || !value.get_array().back().is_int64())
    return std::nullopt;
  return value.get_array();
}

/// What comes after the cursor's record: (a > ?) OR (a = ? AND (b > ? OR (…))), absent values last.
bool add_position(const std::vector<SortKey>& keys, const boost::json::array& cursor, Condition& condition) {
  std::string sql, closing;
  Parameters parameters;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& column = keys[i].column;
    if (cursor[i].is_null()) {
      sql += "(" + column + " IS NULL AND ";
    } else {
      if (keys[i].is_integer ? !cursor[i].is_int64() : !cursor[i].is_string()) return false;
      std::variant<std::int64_t, std::string> value;
      if (keys[i].is_integer)
        value = cursor[i].get_int64();
      else
        value = std::string(cursor[i].get_string());
      sql += "(" + column + (keys[i].is_descending ? " < ?" : " > ?") + " OR " + column + " IS NULL OR (" + column +
             " = ? AND ";
      parameters.push_back(value);
      parameters.push_back(value);
      closing += ")";
    }
    closing += ")";
  }
  parameters.emplace_back(cursor.back().get_int64());
  condition.add(sql + "t.id > ?" + closing, parameters);
  return true;
}

std::string order_of(const std::vector<SortKey>& keys) {
  std::string order = " ORDER BY ";
  for (const SortKey& key : keys) {
    if (!key.is_required) order += "CASE WHEN " + key.column + " IS NULL THEN 1 ELSE 0 END, ";
    order += key.column + (key.is_descending ? " DESC, " : ", ");
  }
  return order + "t.id";
}

store::Rows run(store::Reader& reader, const std::string& sql, const Parameters& values) {
  std::vector<store::Parameter> parameters;
  for (const auto& value : values) std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  return reader.query_with(sql, std::span<const store::Parameter>(parameters));
}

}  // namespace

std::vector<ListQuery::Sort> parse_sort(std::string_view text) {
  std::vector<ListQuery::Sort> sort;
  if (text.empty()) return sort;
  for (const std::string_view field : split(text, ',')) {
    const bool is_descending = field.starts_with('-');
    sort.push_back({std::string(field.substr(is_descending ? 1 : 0)), is_descending});
  }
  return sort;
}

Result<ListPage> list(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query) {
  if (query.limit == 0 || query.limit > list_limit_max)
    return fail("list.limit", "每页条数应为 1 至 1000。", "A page holds 1 to 1,000 records.",
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "limit"});
  const auto keys = sort_keys(of, query);
  if (!keys) return std::unexpected(keys.error());
  Sources sources(registers.catalogue(), of, query.as_of);
  Condition condition{"1 = 1", {}};
  if (auto filtered = add_filter(of, query.where, sources, condition); !filtered)
    return std::unexpected(std::move(filtered.error()));
  add_search(registers, of, query.text, sources, condition);

  const ReachCondition reach = reach_condition(registers.catalogue(), of, "t", query.reach);
  condition.add(reach.sql, reach.parameters);
  if (query.part_of) condition.add("t.part_of = ?", {*query.part_of});
  if (query.only) condition.add("t.id = ?", {*query.only});

  ListPage page;
  const std::string from = " FROM " + sources.sql() + " WHERE ";
  if (query.counts_total) {
    auto rows = run(reader, "SELECT COUNT(*)" + from + condition.sql, condition.parameters);
    rows.next();
    page.total = rows.integer(0);
  }
  if (!query.after.empty()) {
    const auto cursor = read_cursor(query.after, keys->size());
    if (!cursor || !add_position(*keys, *cursor, condition))
      return fail("list.after", "翻页位置无效，请从第一页重新开始。",
                  "This is no place in the list: begin again from its first page.",
                  {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "after"});
  }
  condition.parameters.emplace_back(static_cast<std::int64_t>(query.limit) + 1);
  const Table table(of, registers.vault());
  auto rows = run(reader, "SELECT " + table.columns("t") + from + condition.sql + order_of(*keys) + " LIMIT ?",
                  condition.parameters);
  while (rows.next()) {
    if (page.records.size() == query.limit) {
      page.next = cursor_of(*keys, page.records.back());
      break;
    }
    page.records.push_back(table.record_of(rows));
  }
  return page;
}

}  // namespace zhijia::registers
