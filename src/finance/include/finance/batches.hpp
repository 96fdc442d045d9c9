#pragma once

#include <string>
#include <vector>

#include "registers/engine.hpp"
#include "registers/texts.hpp"

/// Payment batches (支付批次, the pack `finance`): what any pack has approved and not paid, put together for one
/// transfer.
namespace zhijia::finance {

/// The account of the bank in the books; steps that credit it pay through the bank.
constexpr const char* bank_account = "银行存款";
/// The bank's lists, and a step of many records at once, hold as many.
constexpr std::size_t batch_records_max = 500;

/// A register whose records are paid through the bank, the step that pays them, and what it posts.
struct Payable {
  const registers::Register* of = nullptr;
  const registers::Step* step = nullptr;
  const registers::PostingRule* rule = nullptr;
  /// Takes the payment back in red when the bank sends it back (退汇); null where the pack has no such step.
  const registers::Step* bounce = nullptr;
};

/// In the order of the catalogue.
std::vector<Payable> payables(const registers::Catalogue& catalogue);
/// Null `of` for a register that is not paid so.
Payable payable(const registers::Catalogue& catalogue, std::string_view register_);

/// A record that waits to be paid.
struct Due {
  Id record = 0;
  std::string payee;      ///< the person or household, else what the record is called
  std::string programme;  ///< empty where there is none
  std::string card;       ///< in clear; of the record, else of the record that it refers to; empty where there is none
  Money amount;
};

/// Who is paid by the record.
std::string payee_of(registers::Texts& texts, const registers::Register& of, const registers::Record& record);

/// How much waits to be paid in all, however many batches it takes, without opening anybody's card.
struct Waiting {
  std::size_t records = 0;
  Money amount;
};
Result<Waiting> waiting(store::Reader& reader, const registers::Registers& registers, const Payable& payable,
                        const std::vector<access::Grant>* grants);

/// What waits to be paid within the reach of the grants (null: everything) and lies in no batch to be paid, oldest
/// first; at most batch_records_max. Problems: those of registers::list.
Result<std::vector<Due>> due(store::Reader& reader, const registers::Registers& registers, const Payable& payable,
                             const std::vector<access::Grant>* grants);

struct BatchHead {
  std::string code;
  Date made_on;
  std::string account, purpose;  ///< may be empty
};

/// Makes a batch of records that are due. Problems: batch.not_due (one of them is not, or lies in another batch),
/// batch.size, and those of Registers::create (the code is taken).
Result<registers::Record> make_batch(store::Transaction& transaction, const registers::Registers& registers,
                                     const Payable& payable, const BatchHead& head, const std::vector<Id>& records,
                                     const std::vector<access::Grant>* grants, const registers::Actor& actor);

/// A payment of a batch beside its record as it stands now.
struct BatchItem {
  Id id = 0, record = 0;
  std::string payee, card;  ///< the card in clear
  Money amount;
  bool is_paid = false;
  bool fits = false;  ///< the record is there and its amount is the item's
};

/// Its register, and what it pays, in the order entered. Problems: record.not_found, batch.register (the pack is gone).
struct BatchView {
  registers::Record batch;
  Payable payable;
  std::vector<BatchItem> items;
  bool is_all_paid() const;
};
Result<BatchView> read_batch(store::Reader& reader, const registers::Registers& registers, Id batch);

/// What comes with the step that pays a record of the batch: the day, and the batch's code where a receipt is asked
/// for.
registers::StepInput payment_input(const Payable& payable, Date paid_on, const std::string& code);

/// Marks the batch as paid once each of its records is; nothing otherwise. By the program. Problems: those of
/// Registers::take_step.
Result<bool> settle(store::Transaction& transaction, const registers::Registers& registers, Id batch, Date paid_on);

}  // namespace zhijia::finance
