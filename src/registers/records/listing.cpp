#include "registers/listing.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>

#include "base/identity_number.hpp"
#include "base/text.hpp"
#include "records/table.hpp"
#include "registers/columns.hpp"
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
    if (!field || is_sealed(*field) || is_link(*field) || field->type == FieldType::attachment)
      return fail("list.sort", "不能按“" + sort.field + "”排序：请选用登记簿中非链接、非保密的字段。",
                  "“" + sort.field + "” gives no order: sort by a field that is neither a link nor secret.",
                  {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "sort"});
    keys.push_back({of.place(*field), "t." + store::quoted_name(field->name), sort.is_descending, field->required,
                    column_type(*field) == store::Type::integer});
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

/// The records that lead to one of some others; found by the index that every link has.
Result<void> add_links(const Register& of, const ListQuery& query, Sources& sources, Condition& condition) {
  if (query.linked.empty()) return {};
  const Field* field = of.field(query.linked);
  const auto column = field && is_link(*field) ? sources.resolve({field->name}) : std::nullopt;
  if (!column)
    return fail("list.linked", "“" + query.linked + "”不是链接字段。",
                "“" + query.linked + "” is no link of the register.",
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "linked"});
  std::string marks;
  for (std::size_t i = 0; i < query.ids.size(); ++i) marks += i == 0 ? "?" : ", ?";
  condition.add(query.ids.empty() ? "1 = 0" : column->sql + " IN (" + marks + ")",
                Parameters(query.ids.begin(), query.ids.end()));
  return {};
}

/// Those that the change log says were written there; removed ones are no records any more.
void add_written(const Register& of, const ListQuery& query, Condition& condition) {
  if (query.written)
    condition.add("t.id IN (SELECT record FROM change_log WHERE position >= ? AND position <= ? AND register = ?)",
                  {query.written->first, query.written->second, of.name});
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

/// A state is a code that nobody types; looked through, it would cost a reading of the whole table.
bool is_searched(const Register& of, const Field& field) {
  const bool is_text = field.type == FieldType::text || field.type == FieldType::long_text;
  return is_text && !is_sealed(field) && !(of.flow && field.name == "state");
}

/// Whether each of the grants that read the register sees the field in clear.
bool is_seen_by_all(const Register& of, const Field& field, const std::vector<access::Grant>* grants) {
  return !grants || std::ranges::all_of(*grants, [&](const access::Grant& grant) {
    return !may(of, grant.role, Operation::read) || sight_of(field, grant.role) == Sight::visible;
  });
}

void add_search(const Registers& registers, const Register& of, const std::string& text,
                const std::vector<access::Grant>* grants, Sources& sources, Condition& condition) {
  if (text.empty()) return;
  const auto number = IdentityNumber::parse(text);
  const auto fingerprints = number ? registers.vault().fingerprints(number->text()) : std::vector<std::string>();
  std::string any;
  Parameters values;
  const auto add = [&](const std::string& sql, const std::string& value) {
    any += (any.empty() ? "" : " OR ") + sql;
    values.emplace_back(value);
  };
  for (const Field& field : of.fields) {
    if (!is_sealed(field) && !is_seen_by_all(of, field, grants)) continue;
    const bool is_person = field.type == FieldType::person || field.type == FieldType::household;
    if (is_searched(of, field))
      add("LOWER(t." + store::quoted_name(field.name) + ") LIKE LOWER(?) ESCAPE '\\'", containing(text));
    if (!is_person) continue;
    for (const std::string& fingerprint : fingerprints)
      add(sources.of_persons(field, "identity_number_hash = ?"), fingerprint);
    if (!number) add(sources.of_persons(field, "name LIKE ? ESCAPE '\\'"), containing(text));
  }
  condition.add(any.empty() ? "1 = 0" : "(" + any + ")", values);
}

/// The reach of the grants that see in clear all that the query asks by.
Result<Reach> reach_for(const Register& of, const ListQuery& query, const std::vector<SortKey>& keys,
                        const Sources& sources) {
  if (!query.grants) return query.reach;
  auto used = sources.used();
  for (const SortKey& key : keys) used.emplace_back(&of, &of.fields[key.place]);
  std::vector<access::Grant> seeing;
  for (const access::Grant& grant : *query.grants)
    if (std::ranges::all_of(used, [&](const auto& each) {
          return may(*each.first, grant.role, Operation::read) && sight_of(*each.second, grant.role) == Sight::visible;
        }))
      seeing.push_back(grant);
  if (seeing.empty() && !query.grants->empty() && !used.empty() &&
      !reach_of(of, *query.grants, Operation::read).is_none())
    return fail("list.hidden", "不能按看不到的字段筛选或排序。",
                "One cannot filter or sort by what one does not see in clear.",
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "where"});
  return reach_of(of, seeing, query.operation);
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

/// A page; or, given a sink, all records to it.
Result<ListPage> listed(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query,
                        const RecordSink* sink) {
  if (query.limit == 0 || query.limit > list_limit_max)
    return fail("list.limit", "每页条数应为 1 至 1000。", "A page holds 1 to 1,000 records.",
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "limit"});
  const auto keys = sort_keys(of, query);
  if (!keys) return std::unexpected(keys.error());
  Sources sources(registers.catalogue(), of, query.as_of);
  Condition condition{"1 = 1", {}};
  if (auto filtered = add_filter(of, query.where, sources, condition); !filtered)
    return std::unexpected(std::move(filtered.error()));
  if (auto linked = add_links(of, query, sources, condition); !linked)
    return std::unexpected(std::move(linked.error()));
  add_written(of, query, condition);
  add_search(registers, of, query.text, query.grants, sources, condition);
  const auto asked_reach = reach_for(of, query, *keys, sources);
  if (!asked_reach) return std::unexpected(asked_reach.error());
  const ReachCondition reach = reach_condition(registers.catalogue(), of, "t", *asked_reach);
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
  if (!sink) condition.parameters.emplace_back(static_cast<std::int64_t>(query.limit) + 1);
  const Table table(of, registers.vault());
  auto rows =
      run(reader, "SELECT " + table.columns("t") + from + condition.sql + order_of(*keys) + (sink ? "" : " LIMIT ?"),
          condition.parameters);
  while (rows.next()) {
    if (sink) {
      if (!(*sink)(table.record_of(rows))) break;
      continue;
    }
    if (page.records.size() == query.limit) {
      page.next = cursor_of(*keys, page.records.back());
      break;
    }
    page.records.push_back(table.record_of(rows));
  }
  return page;
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
  return listed(reader, registers, of, query, nullptr);
}

Result<void> each(store::Reader& reader, const Registers& registers, const Register& of, const ListQuery& query,
                  const RecordSink& sink) {
  ListQuery all = query;
  all.after.clear();
  all.limit = list_limit_max;
  all.counts_total = false;
  const auto done = listed(reader, registers, of, all, &sink);
  if (!done) return std::unexpected(done.error());
  return {};
}

Result<std::vector<Group>> group(store::Reader& reader, const Registers& registers, const Register& of,
                                 const GroupQuery& query) {
  const auto refused = [](const char* code, const std::string& field, const char* zh, const char* en) {
    return fail(code, "“" + field + "”" + zh, "“" + field + "” " + en,
                {.file = {},
                 .sheet = {},
                 .cell = {},
                 .record = {},
                 .field = code == std::string_view("list.sum") ? "sum" : "by"});
  };
  Sources sources(registers.catalogue(), of, query.list.as_of);
  const auto by = sources.resolve(split(query.by, '.'));
  if (!by) return refused("list.group", query.by, "不能用来分组。", "is no field to put records together by.");
  const Field* summed = query.sum.empty() ? nullptr : of.field(query.sum);
  const bool is_number = summed && !is_link(*summed) && summed->type != FieldType::yes_no && !is_sealed(*summed) &&
                         column_type(*summed) == store::Type::integer;
  const auto sum = is_number ? sources.resolve({summed->name}) : std::nullopt;
  if (!query.sum.empty() && !sum) return refused("list.sum", query.sum, "不能相加。", "cannot be added up.");
  Condition condition{"1 = 1", {}};
  if (auto filtered = add_filter(of, query.list.where, sources, condition); !filtered)
    return std::unexpected(std::move(filtered.error()));
  if (auto linked = add_links(of, query.list, sources, condition); !linked)
    return std::unexpected(std::move(linked.error()));
  add_written(of, query.list, condition);
  add_search(registers, of, query.list.text, query.list.grants, sources, condition);
  const auto asked_reach = reach_for(of, query.list, {}, sources);
  if (!asked_reach) return std::unexpected(asked_reach.error());
  const ReachCondition reach = reach_condition(registers.catalogue(), of, "t", *asked_reach);
  condition.add(reach.sql, reach.parameters);

  const std::string value = by->kind == feel::SqlName::Kind::date ? "SUBSTR(" + by->sql + ", 1, 7)" : by->sql;
  const std::string added = sum ? "CAST(COALESCE(SUM(" + sum->sql + "), 0) AS BIGINT)" : "0";
  auto rows = run(reader,
                  "SELECT " + value + ", COUNT(*), " + added + " FROM " + sources.sql() + " WHERE " + condition.sql +
                      " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT " + std::to_string(groups_max),
                  condition.parameters);
  const bool is_integer = by->kind == feel::SqlName::Kind::number || by->kind == feel::SqlName::Kind::boolean;
  std::vector<Group> groups;
  while (rows.next()) {
    Group& group = groups.emplace_back(Group{.value = {}, .records = rows.integer(1), .sum = rows.integer(2)});
    if (rows.is_null(0)) continue;
    if (is_integer)
      group.value = rows.integer(0);
    else
      group.value = std::string(rows.text(0));
  }
  return groups;
}

}  // namespace zhijia::registers
