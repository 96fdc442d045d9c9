#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/date.hpp"
#include "base/ids.hpp"
#include "base/money.hpp"
#include "registers/engine.hpp"

/// Bank reconciliation (银行对账): the bank's lines beside the book's account of the bank. Source of the statement's
/// form: common practice (银行存款余额调节表); of who makes it: internal control of public bodies (财会〔2012〕21号),
/// not the cashier.
namespace zhijia::finance {

/// One movement, as the bank or the book has it.
struct Movement {
  Id id = 0;  ///< of the bank's line, of the posting, or of the batch
  Date on;
  Money amount;       ///< received is positive, paid negative
  std::string name;   ///< whom it came from or went to
  std::string words;  ///< reference and narrative; of a batch its code
  bool is_batch = false;
  std::string register_;     ///< book only: what was posted
  Id record = 0;             ///< the same
  std::int64_t voucher = 0;  ///< the same: number of the (first) voucher
};

struct Pair {
  std::size_t line = 0, entry = 0;  ///< places in what was given
};
struct Doubt {
  std::size_t line = 0;
  std::vector<std::size_t> entries;  ///< of that amount within the days, nearest first
};
struct Matching {
  std::vector<Pair> exact;
  std::vector<Doubt> doubtful;
};

/// Exact: same amount, at most `days` apart, the names agree or the bank's words hold the batch's code, and neither
/// side has another such. Doubtful: amount and days agree, but not so. Every line and entry is in one exact pair at
/// most. Cost: lines times the entries of the same amount.
Matching match(std::span<const Movement> lines, std::span<const Movement> entries, int days);

/// A line of the bank whose balance does not follow from the line before: one is missing, or a figure is wrong.
struct BalanceMisfit {
  Movement line;
  Money told, expected;
};

struct Reconciliation {
  std::vector<Movement> lines, entries;  ///< without counterpart by the last day, oldest first
  Matching proposed;                     ///< among those that were matched with nothing at all
  Money book_balance;
  /// As the bank's lines tell it after the last of them (running_balance), all accounts together; nothing when they do
  /// not.
  std::optional<Money> bank_balance;
  std::optional<BalanceMisfit> balance_misfit;  ///< the first within the days
  Money book_received, book_paid;  ///< in the book and not at the bank (单位已收银行未收, 单位已付银行未付)
  Money bank_received, bank_paid;  ///< at the bank and not in the book (银行已收单位未收, 银行已付单位未付)
};

/// The federation's own book and all lines of the bank from `from` to `to`; what lies before is taken as agreed. A
/// batch that was paid is one movement. What was matched with something after the last day is still open on it.
Reconciliation reconcile(store::Reader& reader, const registers::Registers& registers, Date from, Date to, int days);

}  // namespace zhijia::finance
