#include "ledger/ledger.hpp"

#include <fmt/format.h>

#include <map>

#include "log_entry.hpp"

namespace zhijia::ledger {

using store::Type;

namespace {

/// Lines and postings are sent this many postings at a time: always lines first, because a posting is checked against
/// its lines when it arrives, and below what the store's buffers send by themselves.
constexpr std::size_t flush_postings = 4096;

const std::vector<std::string> line_columns = {"posting", "number", "account", "measure", "debit", "credit", "fund"};
const std::vector<std::string> posting_columns = {
    "id",      "position",     "posted_on",      "register",  "record",  "organisation",
    "voucher", "voucher_year", "voucher_number", "narrative", "reverses"};

/// A posting has lines, they balance in each measure, and they are red in reversals only. The first pass serves
/// postings of one measure, nearly all; only the others are sorted by it.
constexpr std::string_view guard_of_lines =
    "(SELECT count(*) > 0 AND sum(debit) = sum(credit) "
    "AND sum(CASE WHEN (debit + credit > 0) = (NEW.reverses IS NULL) THEN 0 ELSE 1 END) = 0 "
    "AND (min(measure) = max(measure) OR NOT EXISTS (SELECT 1 FROM posting_line WHERE posting = NEW.id "
    "GROUP BY measure HAVING sum(debit) <> sum(credit))) FROM posting_line WHERE posting = NEW.id)";

struct Measured {
  std::string measure;
  std::int64_t amount = 0;
};

Measured measured(const Line& line) {
  if (line.goods.empty()) return {std::string(money_measure), line.amount.fen};
  return {line.goods + "/" + line.unit, line.thousandths};
}

Result<void> check(const Posting& posting) {
  std::map<std::string, std::int64_t> sums;
  for (const Line& line : posting.lines) {
    const auto [measure, amount] = measured(line);
    if (amount <= 0 || amount > money_fen_max)
      return fail("ledger.amount", "记账金额或数量必须大于零，且不超过上限",
                  "an amount or quantity posted must be above zero and within the limit");
    sums[measure] += line.side == Line::Side::debit ? amount : -amount;
  }
  for (const auto& [measure, sum] : sums)
    if (sum != 0)
      return fail("ledger.unbalanced", fmt::format("借贷不平衡（{}），凭证未记入", measure),
                  fmt::format("debit and credit differ ({}); nothing was posted", measure));
  if (posting.lines.empty())
    return fail("ledger.unbalanced", "凭证没有分录，未记入", "the posting has no lines; nothing was posted");
  return {};
}

}  // namespace

std::vector<store::TableSchema> schemas() {
  return {
      {.name = "account",
       .columns = {{"id", Type::integer, true}, {"path", Type::text, true}},
       .primary_key = {"id"},
       .uniques = {{"path"}}},
      {.name = "voucher_series",
       .columns = {{"organisation", Type::integer, true}, {"year", Type::integer, true}, {"last", Type::integer, true}},
       .primary_key = {"organisation", "year"}},
      {.name = "posting",
       .columns = {{"id", Type::integer, true},
                   {"position", Type::integer, true},
                   {"posted_on", Type::text, true},
                   {"register", Type::text, true},
                   {"record", Type::integer, true},
                   {"organisation", Type::integer, true},
                   {"voucher", Type::text, true},
                   {"voucher_year", Type::integer, true},
                   {"voucher_number", Type::integer, true},
                   {"narrative", Type::text, true},
                   {"reverses", Type::integer}},
       .primary_key = {"id"},
       .uniques = {{"organisation", "voucher_year", "voucher_number"}},
       .indexes = {{"register", "record"}},
       .guards = {std::string(guard_of_lines)},
       .append_only = true},
      {.name = "reversal",
       .columns = {{"posting", Type::integer, true}, {"reversed_by", Type::integer, true}},
       .primary_key = {"posting"},
       .append_only = true},
      {.name = "posting_line",
       .columns = {{"posting", Type::integer, true},
                   {"number", Type::integer, true},
                   {"account", Type::integer, true},
                   {"measure", Type::text, true},
                   {"debit", Type::integer, true},
                   {"credit", Type::integer, true},
                   {"fund", Type::text, true}},
       .primary_key = {"posting", "number"},
       .indexes = {{"account"}},
       .checks = {"(debit = 0) <> (credit = 0)"},
       .guards = {"NOT EXISTS (SELECT 1 FROM posting WHERE id = NEW.posting)"},
       .append_only = true},
  };
}

Journal::Journal(store::Transaction& transaction, IdSource& ids)
    : transaction_(transaction),
      ids_(ids),
      lines_(transaction.inserter("posting_line", line_columns)),
      postings_(transaction.inserter("posting", posting_columns)) {}

Result<Id> Journal::post(const Posting& posting) {
  auto ids = post(std::span(&posting, 1));
  if (!ids) return std::unexpected(std::move(ids.error()));
  return ids->front();
}

Result<std::vector<Id>> Journal::post(std::span<const Posting> postings) {
  std::map<std::pair<Id, int>, std::int64_t> series;
  for (const Posting& posting : postings) {
    if (auto checked = check(posting); !checked) return std::unexpected(std::move(checked.error()));
    ++series[{posting.organisation, posting.on.year()}];
  }
  for (auto& [place, count] : series) count = reserve_vouchers(place.first, place.second, count);
  std::vector<Id> ids;
  ids.reserve(postings.size());
  for (const Posting& posting : postings) {
    ids.push_back(insert(posting, std::nullopt, series[{posting.organisation, posting.on.year()}]++));
    if (ids.size() % flush_postings == 0) flush();
  }
  flush();
  return ids;
}

Result<Id> Journal::reverse(Id posting, Date on, std::int64_t position, std::string narrative) {
  auto found = transaction_.query(
      "SELECT p.register, p.record, p.organisation, p.voucher, p.reverses IS NOT NULL OR EXISTS "
      "(SELECT 1 FROM reversal r WHERE r.posting = p.id) FROM posting p WHERE p.id = ?",
      posting);
  if (!found.next()) return fail("ledger.no_such_posting", "没有这张凭证", "there is no such posting");
  if (found.integer(4) != 0)
    return fail("ledger.reversed", "该凭证已被冲销，或本身就是冲销凭证",
                "the posting is reversed already, or is itself a reversal");
  Posting red{on, std::string(found.text(0)), found.integer(1),           position,
              {}, found.integer(2),           std::string(found.text(3)), std::move(narrative)};
  auto lines = transaction_.query(
      "SELECT a.path, l.measure, l.debit, l.credit, l.fund FROM posting_line l JOIN account a ON a.id = l.account "
      "WHERE l.posting = ? ORDER BY l.number",
      posting);
  while (lines.next()) {
    Line line{std::string(lines.text(0)), lines.integer(2) != 0 ? Line::Side::debit : Line::Side::credit, Money{},
              std::string(lines.text(4))};
    const std::int64_t amount = -(lines.integer(2) + lines.integer(3));
    const std::string measure(lines.text(1));
    if (measure == money_measure) {
      line.amount = Money{amount};
    } else {
      line.goods = measure.substr(0, measure.rfind('/'));
      line.unit = measure.substr(measure.rfind('/') + 1);
      line.thousandths = amount;
    }
    red.lines.push_back(std::move(line));
  }
  const Id id = insert(red, posting, reserve_vouchers(red.organisation, on.year(), 1));
  flush();
  transaction_.execute("INSERT INTO reversal (posting, reversed_by) VALUES (?, ?)", posting, id);
  return id;
}

Id Journal::insert(const Posting& posting, std::optional<Id> reverses, std::int64_t voucher_number) {
  const Id id = ids_.next();
  int number = 0;
  for (const Line& line : posting.lines) {
    const auto [measure, amount] = measured(line);
    const bool is_debit = line.side == Line::Side::debit;
    lines_.add(id, ++number, account(line.account), measure, is_debit ? amount : 0, is_debit ? 0 : amount, line.fund);
  }
  postings_.add(id, posting.position, to_string(posting.on), posting.register_, posting.record, posting.organisation,
                posting.voucher.empty() ? "转账" : posting.voucher, posting.on.year(), voucher_number,
                posting.narrative, reverses);
  // Who and from where stands in the entry that the posting belongs to.
  transaction_.log({.actor = "system",
                    .source = "ledger",
                    .kind = "post",
                    .register_ = "posting",
                    .record = id,
                    .body = log_body(posting, voucher_number, reverses)});
  return id;
}

/// The first of `count` numbers that nobody else gets; a transaction that is undone gives them back.
std::int64_t Journal::reserve_vouchers(Id organisation, int year, std::int64_t count) {
  if (transaction_.is_rehearsal()) return 1;
  auto rows = transaction_.query(
      R"(INSERT INTO voucher_series (organisation, year, "last") VALUES (?1, ?2, ?3) ON CONFLICT (organisation, year) )"
      R"(DO UPDATE SET "last" = voucher_series."last" + ?3 RETURNING "last")",
      organisation, year, count);
  rows.next();
  const std::int64_t last = rows.integer(0);
  rows.next();  // to its end: the insert is done only then
  return last - count + 1;
}

void Journal::flush() {
  lines_.flush();
  postings_.flush();
}

Id Journal::account(const std::string& path) {
  const auto known = accounts_.find(path);
  if (known != accounts_.end()) return known->second;
  auto rows = transaction_.query("SELECT id FROM account WHERE path = ?", path);
  const bool exists = rows.next();
  const Id id = exists ? rows.integer(0) : ids_.next();
  if (!exists) transaction_.execute("INSERT INTO account (id, path) VALUES (?, ?)", id, path);
  accounts_.emplace(path, id);
  return id;
}

}  // namespace zhijia::ledger
