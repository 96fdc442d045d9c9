#include "book.hpp"

#include <algorithm>
#include <map>

#include "finance/batches.hpp"
#include "ledger/ledger.hpp"
#include "registers/texts.hpp"

namespace zhijia::finance {

namespace {

/// Postings `p`, each with what reverses it as `r`, whose lines on the bank's account are `l`.
constexpr const char* bank_postings =
    " FROM posting p JOIN posting_line l ON l.posting = p.id JOIN account a ON a.id = l.account "
    "LEFT JOIN reversal v ON v.posting = p.id LEFT JOIN posting r ON r.id = v.reversed_by "
    "WHERE a.path = ? AND l.measure = ? AND p.organisation = ? AND ";

/// Neither reversed nor a reversal, or reversed by the step that says that the bank sent the payment back.
struct Standing {
  std::string sql;
  std::vector<store::Parameter> parameters;
};

Standing standing(const registers::Catalogue& catalogue) {
  Standing found;
  std::string bounced;
  for (const Payable& payable : payables(catalogue)) {
    if (!payable.bounce) continue;
    bounced += (bounced.empty() ? "" : " OR ") + std::string("(h.register = ? AND h.step = ?)");
    found.parameters.emplace_back(payable.of->name);
    found.parameters.emplace_back(payable.bounce->name);
  }
  found.sql = "((p.reverses IS NULL AND r.id IS NULL)";
  if (!bounced.empty())
    found.sql +=
        " OR EXISTS (SELECT 1 FROM flow_history h WHERE h.register = p.register AND h.record = p.record AND "
        "h.position = COALESCE(r.position, p.position) AND (" +
        bounced + "))";
  found.sql += ")";
  return found;
}

std::vector<store::Parameter> parameters_of(const Standing& standing, std::initializer_list<store::Parameter> more) {
  std::vector<store::Parameter> all{bank_account, ledger::money_measure, own_book};
  all.insert(all.end(), more.begin(), more.end());
  all.insert(all.end(), standing.parameters.begin(), standing.parameters.end());
  return all;
}

struct PaidBatch {
  Id id = 0;
  std::string code;
  std::int64_t settled = 0;  ///< position
};

/// Of one record, or of all.
std::multimap<Id, PaidBatch> batches_by_record(store::Reader& reader, std::optional<Id> record = {}) {
  std::multimap<Id, PaidBatch> batches;
  auto rows = reader.query(
      "SELECT i.record, b.id, b.code, b.position FROM payment_batch_items i JOIN payment_batch b ON b.id = i.part_of "
      "WHERE b.state = 'paid' AND (?1 = '' OR i.record = ?1)",
      record ? std::to_string(*record) : std::string());
  while (rows.next())
    batches.emplace(parse_id(rows.text(0)), PaidBatch{rows.integer(1), std::string(rows.text(2)), rows.integer(3)});
  return batches;
}

/// A record that came back may have been paid before its batch, or once more after it: the batch's is what stood when
/// it was settled.
const PaidBatch* batch_of(const std::multimap<Id, PaidBatch>& batches, Id record, std::int64_t posted,
                          std::int64_t reversed) {
  const auto [first, last] = batches.equal_range(record);
  const auto found = std::find_if(first, last, [&](const auto& each) {
    return posted <= each.second.settled && (reversed == 0 || reversed > each.second.settled);
  });
  return found == last ? nullptr : &found->second;
}

std::string folded(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept), [](char c) { return c != ' ' && c != '\t'; });
  return kept;
}

}  // namespace

Movement movement_of_posting(const store::Rows& rows) {
  return {.id = rows.integer(0),
          .on = date_from_iso(rows.text(1)),
          .amount = Money{rows.integer(2)},
          .register_ = std::string(rows.text(3)),
          .record = rows.integer(4),
          .voucher = rows.integer(5)};
}

std::vector<Movement> book_entries(store::Reader& reader, const registers::Catalogue& catalogue, Date from, Date to) {
  const std::multimap<Id, PaidBatch> batches = batches_by_record(reader);
  std::vector<Movement> entries;
  std::map<Id, std::size_t> place_of_batch;
  const Standing stands = standing(catalogue);
  const std::string first = to_string(from), last = to_string(to);
  const std::vector<store::Parameter> parameters = parameters_of(stands, {first, last});
  auto rows = reader.query_with("SELECT " + std::string(posting_columns) +
                                    ", p.position, COALESCE(p.reverses, 0), COALESCE(r.position, 0)" +
                                    std::string(bank_postings) + "p.posted_on >= ? AND p.posted_on <= ? AND " +
                                    stands.sql + " ORDER BY p.posted_on, p.id",
                                std::span(parameters));
  while (rows.next()) {
    Movement entry = movement_of_posting(rows);
    const bool is_reversal = rows.integer(7) != 0;
    const PaidBatch* batch = is_reversal ? nullptr : batch_of(batches, entry.record, rows.integer(6), rows.integer(8));
    if (!batch) {
      entries.push_back(std::move(entry));
      continue;
    }
    const auto [known, is_new] = place_of_batch.try_emplace(batch->id, entries.size());
    if (!is_new) {
      entries[known->second].amount += entry.amount;
      continue;
    }
    entry.id = entry.record = batch->id;
    entry.register_ = "payment_batch";
    entry.words = entry.name = batch->code;
    entry.is_batch = true;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::optional<Money> amount_in_book(store::Reader& reader, const registers::Catalogue& catalogue, bool is_batch,
                                    Id entry) {
  const auto money_in = [](store::Rows rows) {
    return rows.next() && !rows.is_null(0) ? std::optional(Money{rows.integer(0)}) : std::nullopt;
  };
  if (is_batch)
    return money_in(reader.query("SELECT -total FROM payment_batch WHERE id = ?1 AND state = 'paid'", entry));
  const Standing stands = standing(catalogue);
  const std::vector<store::Parameter> parameters = parameters_of(stands, {entry});
  return money_in(reader.query_with(
      "SELECT CAST(SUM(l.debit - l.credit) AS BIGINT)" + std::string(bank_postings) + "p.id = ? AND " + stands.sql,
      std::span(parameters)));
}

bool is_of_batch(store::Reader& reader, Id posting) {
  std::int64_t posted = 0, reversed = 0;
  Id record = 0;
  {
    auto rows = reader.query(
        "SELECT p.record, p.position, COALESCE(r.position, 0) FROM posting p LEFT JOIN reversal v ON v.posting = p.id "
        "LEFT JOIN posting r ON r.id = v.reversed_by WHERE p.id = ?1 AND p.reverses IS NULL",
        posting);
    if (!rows.next()) return false;
    record = rows.integer(0);
    posted = rows.integer(1);
    reversed = rows.integer(2);
  }
  return batch_of(batches_by_record(reader, record), record, posted, reversed) != nullptr;
}

void name_payees(store::Reader& reader, const registers::Registers& registers, std::vector<Movement>& entries) {
  registers::Texts texts(registers, reader);
  for (Movement& entry : entries) {
    const registers::Register* of = entry.is_batch ? nullptr : registers.catalogue().find_register(entry.register_);
    if (!of) continue;
    if (const auto record = registers.read(reader, *of, entry.record)) entry.name = payee_of(texts, *of, *record);
  }
}

bool names_agree(const std::string& name, const std::string& other) {
  const std::string one = folded(name), two = folded(other);
  return !one.empty() && !two.empty() && (one.starts_with(two) || two.starts_with(one));
}

}  // namespace zhijia::finance
