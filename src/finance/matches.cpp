#include "finance/matches.hpp"

#include <fmt/format.h>

#include "book.hpp"

namespace zhijia::finance {

namespace {

std::optional<Money> amount_at_bank(store::Reader& reader, Id line) {
  auto rows = reader.query("SELECT coalesce(received, 0) - coalesce(paid, 0) FROM bank_line WHERE id = ?1", line);
  return rows.next() ? std::optional(Money{rows.integer(0)}) : std::nullopt;
}

bool is_taken(store::Reader& reader, Id line, bool is_batch, Id entry) {
  const std::string matched = "SELECT 1 FROM bank_line WHERE state = 'matched' AND id <> ?1 AND ";
  return (is_batch ? reader.query(matched + "batch = ?2", line, entry)
                   : reader.query(matched + "voucher = ?2", line, std::to_string(entry)))
      .next();
}

std::string said_zh(Money amount) {
  return fmt::format("{} {} 元", amount < Money{} ? "支出" : "收入", to_display(Money{std::abs(amount.fen)}));
}
std::string said_en(Money amount) {
  return fmt::format("¥{} {}", to_display(Money{std::abs(amount.fen)}), amount < Money{} ? "paid" : "received");
}

/// The batch that a cell names: by id as "#5", or by its code.
Id batch_of(store::Reader& reader, const std::string& cell) {
  if (cell.starts_with('#')) return parse_id(std::string_view(cell).substr(1));
  auto rows = reader.query("SELECT id FROM payment_batch WHERE code = ?1", cell);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

Result<void> may_match(store::Reader& reader, const registers::Catalogue& catalogue, Id line, bool is_batch, Id entry) {
  const auto at_bank = amount_at_bank(reader, line), in_book = amount_in_book(reader, catalogue, is_batch, entry);
  if (!at_bank || !in_book)
    return fail(
        "match.entry", "账面没有这笔银行收付，或已冲销，或批次尚未付讫，请另选。",
        "The book has no such entry of the bank, or it was reversed, or the batch is not paid; choose another.");
  if (*at_bank != *in_book)
    return fail("match.amount",
                fmt::format("银行流水为{}，账面为{}，金额和方向须一致，请另选。", said_zh(*at_bank), said_zh(*in_book)),
                fmt::format("The bank's line is {} and the book's entry is {}; amount and direction must agree, so "
                            "choose another.",
                            said_en(*at_bank), said_en(*in_book)));
  if (!is_batch && is_of_batch(reader, entry))
    return fail("match.in_batch", "该笔付款在支付批次中，请与批次整体对账。",
                "A batch paid it: match the line with the batch as a whole.");
  if (is_taken(reader, line, is_batch, entry))
    return fail(
        "match.taken", "该笔账已与另一条流水对上；请先撤销那一条的对账，或另选一笔。",
        "Another line of the bank is matched with it already; take that match back first, or choose another entry.");
  return {};
}

Result<void> may_take(store::Reader& reader, const registers::Catalogue& catalogue, const registers::Register& of,
                      Id record, std::string_view step, const registers::StepInput& input) {
  if (of.name != "bank_line" || step != "match") return {};
  for (const auto& [field, cell] : input.cells) {
    if (cell.empty() || (field != "batch" && field != "voucher")) continue;
    const bool is_batch = field == "batch";
    if (auto fits = may_match(reader, catalogue, record, is_batch, is_batch ? batch_of(reader, cell) : parse_id(cell));
        !fits)
      return fits;
  }
  return {};
}

}  // namespace zhijia::finance
