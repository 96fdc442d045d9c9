#include "finance/bounces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "book.hpp"
#include "finance/batches.hpp"
#include "ledger/ledger.hpp"

namespace zhijia::finance {

namespace {

struct Line {
  Date on;
  Money received;
  std::string name, words;
  bool is_open = false;
};

Result<Line> read_line(store::Reader& reader, const registers::Registers& registers, Id id) {
  const registers::Register& of = *registers.catalogue().find_register("bank_line");
  const auto record = registers.read(reader, of, id);
  if (!record) return std::unexpected(record.error());
  const auto* received = registers::value_in<std::int64_t>(of, *record, "received");
  return Line{date_from_iso(registers::text_in(of, *record, "booked_on")), Money{received ? *received : 0},
              registers::text_in(of, *record, "counterparty"), registers::text_in(of, *record, "summary"),
              registers::text_in(of, *record, "state") == "open"};
}

/// A payment through the bank that stands, of a register whose payments can come back.
std::optional<Movement> payment_of(const registers::Catalogue& catalogue, const store::Rows& rows) {
  Movement payment = movement_of_posting(rows);
  const bool can_bounce = payment.amount < Money{} && payable(catalogue, payment.register_).bounce;
  return can_bounce ? std::optional(std::move(payment)) : std::nullopt;
}

const std::string standing_payments =
    "SELECT " + std::string(posting_columns) +
    " FROM posting p "
    "JOIN posting_line l ON l.posting = p.id JOIN account a ON a.id = l.account "
    "WHERE a.path = ?1 AND l.measure = ?2 AND p.organisation = ?3 AND p.reverses IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM reversal v WHERE v.posting = p.id) AND ";

std::vector<Movement> payments_before(store::Reader& reader, const registers::Catalogue& catalogue, const Line& line) {
  std::vector<Movement> payments;
  auto rows =
      reader.query(standing_payments + "l.credit = ?4 AND p.posted_on >= ?5 AND p.posted_on <= ?6 ORDER BY p.id",
                   bank_account, ledger::money_measure, own_book, line.received.fen,
                   to_string(line.on + std::chrono::days{-bounce_days_max}), to_string(line.on));
  while (rows.next())
    if (auto payment = payment_of(catalogue, rows)) payments.push_back(std::move(*payment));
  return payments;
}

bool names(const Line& line, const std::string& payee) {
  return names_agree(line.name, payee) || (!payee.empty() && line.words.find(payee) != std::string::npos);
}

}  // namespace

Result<std::vector<Offered>> likely_bounced(store::Reader& reader, const registers::Registers& registers, Id id) {
  const auto line = read_line(reader, registers, id);
  if (!line) return std::unexpected(line.error());
  std::vector<Offered> offered;
  if (!line->is_open || line->received == Money{}) return offered;
  std::vector<Movement> payments = payments_before(reader, registers.catalogue(), *line);
  name_payees(reader, registers, payments);
  for (Movement& payment : payments) {
    const bool is_named = names(*line, payment.name);
    offered.push_back({std::move(payment), is_named});
  }
  std::ranges::stable_sort(offered, [](const Offered& a, const Offered& b) {
    return a.is_named != b.is_named ? a.is_named : a.payment.on > b.payment.on;
  });
  if (offered.size() > bounces_offered_max) offered.resize(bounces_offered_max);
  return offered;
}

Result<Bounce> bounce_of(store::Reader& reader, const registers::Registers& registers, Id id, Id posting) {
  const auto line = read_line(reader, registers, id);
  if (!line) return std::unexpected(line.error());
  if (!line->is_open || line->received == Money{})
    return fail("bounce.line", "只有未对账的收入流水可以登记为退汇。",
                "Only an open line that came in can be a payment sent back.");
  std::optional<Movement> payment;
  {
    auto rows = reader.query(standing_payments + "p.id = ?4", bank_account, ledger::money_measure, own_book, posting);
    if (rows.next()) payment = payment_of(registers.catalogue(), rows);
  }
  if (!payment)
    return fail(
        "bounce.entry", "账面没有这笔可退汇的银行付款，或已登记退汇，请刷新后另选。",
        "The book has no such payment through the bank that can come back, or it came back already; list again.");
  if (const Money paid{-payment->amount.fen}; paid != line->received)
    return fail("bounce.amount",
                fmt::format("银行退回 {} 元，原付款为 {} 元，金额须一致，请另选。", to_display(line->received),
                            to_display(paid)),
                fmt::format("The bank sent ¥{} back and the payment was ¥{}; they must be the same, so choose another.",
                            to_display(line->received), to_display(paid)));
  if (payment->on > line->on)
    return fail("bounce.day", "退汇早于付款（" + to_string(payment->on) + "），请另选。",
                "It came in before it was paid (" + to_string(payment->on) + "); choose another.");
  const Payable paid = payable(registers.catalogue(), payment->register_);
  return Bounce{paid.of,
                payment->record,
                paid.bounce->name,
                {.reason = line->words.empty() ? paid.bounce->title.zh : paid.bounce->title.zh + "：" + line->words,
                 .cells = {{paid.bounce->reverses_on, to_string(line->on)}}}};
}

Id reversal_of(store::Reader& reader, Id posting) {
  auto rows = reader.query("SELECT reversed_by FROM reversal WHERE posting = ?1", posting);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace zhijia::finance
