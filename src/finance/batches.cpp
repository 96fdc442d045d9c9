#include "finance/batches.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "registers/columns.hpp"
#include "registers/listing.hpp"

namespace zhijia::finance {

using registers::Field;
using registers::FieldType;
using registers::Record;
using registers::Register;
using registers::Registers;
using registers::text_in;
using registers::value_in;

namespace {

constexpr const char* items_name = "payment_batch_items";

std::string first_card(const Register& of, const Record& record) {
  for (const Field& field : of.fields)
    if (field.type == FieldType::bank_card)
      if (std::string card = text_in(of, record, field.name); !card.empty()) return card;
  return {};
}

/// Of the record itself, else of one that it refers to: the family's file has the card of its awards.
std::string card_of(store::Reader& reader, const Registers& registers, const Register& of, const Record& record) {
  if (std::string card = first_card(of, record); !card.empty()) return card;
  for (const Field& field : of.fields) {
    if (field.type != FieldType::ref) continue;
    const Register& target = *registers.catalogue().find_register(field.target);
    const auto* id = value_in<std::int64_t>(of, record, field.name);
    if (!id || std::ranges::none_of(target.fields, [](const Field& each) { return each.type == FieldType::bank_card; }))
      continue;
    if (const auto other = registers.read(reader, target, *id))
      if (std::string card = first_card(target, *other); !card.empty()) return card;
  }
  return {};
}

/// The record behind the first link to a register with a budget.
std::string programme_of(registers::Texts& texts, const Registers& registers, const Register& of,
                         const Record& record) {
  for (const Field& field : of.fields) {
    if (field.type != FieldType::ref) continue;
    const Register& target = *registers.catalogue().find_register(field.target);
    const auto* id = value_in<std::int64_t>(of, record, field.name);
    if (id && target.field("budget")) return texts.label(target, *id);
  }
  return {};
}

std::string where_waiting(const Payable& payable) {
  std::string where;
  for (const registers::Step& step : payable.of->flow->steps)
    if (step.name == payable.step->name) where += (where.empty() ? "state = \"" : " or state = \"") + step.from + "\"";
  return where;
}

std::set<Id> batched(store::Reader& reader) {
  std::set<Id> records;
  auto rows = reader.query(
      "SELECT i.record FROM payment_batch_items i JOIN payment_batch b ON b.id = i.part_of WHERE b.state = 'drafted'");
  while (rows.next()) records.insert(parse_id(rows.text(0)));
  return records;
}

Money amount_of(const Payable& payable, const Record& record) {
  return Money{*value_in<std::int64_t>(*payable.of, record, payable.rule->amount)};
}

/// As due(), the oldest `most`; what has no amount cannot be paid.
Result<std::vector<Record>> waiting_records(store::Reader& reader, const Registers& registers, const Payable& payable,
                                            const std::vector<access::Grant>* grants,
                                            std::size_t most = batch_records_max) {
  const std::set<Id> taken = batched(reader);
  std::vector<Record> records;
  registers::ListQuery query{.where = where_waiting(payable), .limit = registers::list_limit_max, .grants = grants};
  do {
    auto page = registers::list(reader, registers, *payable.of, query);
    if (!page) return std::unexpected(std::move(page.error()));
    for (Record& record : page->records)
      if (!taken.contains(record.id) && records.size() < most) records.push_back(std::move(record));
    query.after = page->next;
  } while (!query.after.empty() && records.size() < most);
  std::erase_if(records, [&](const Record& record) {
    return !value_in<std::int64_t>(*payable.of, record, payable.rule->amount);
  });
  return records;
}

Due due_of(store::Reader& reader, registers::Texts& texts, const Registers& registers, const Payable& payable,
           const Record& record) {
  return {record.id, payee_of(texts, *payable.of, record), programme_of(texts, registers, *payable.of, record),
          card_of(reader, registers, *payable.of, record), amount_of(payable, record)};
}

std::unexpected<Problems> not_due(Id record) {
  return fail(
      "batch.not_due", "记录 " + std::to_string(record) + " 不在待支付之列，或已在另一批次中，请刷新后重选。",
      "The record " + std::to_string(record) + " does not wait to be paid, or lies in another batch; list again.");
}

}  // namespace

std::vector<Payable> payables(const registers::Catalogue& catalogue) {
  std::vector<Payable> found;
  for (const Register& of : catalogue.registers) {
    if (!of.flow) continue;
    for (const registers::Step& step : of.flow->steps) {
      const auto rule = std::ranges::find(of.postings, step.posting, &registers::PostingRule::name);
      if (step.posting.empty() || rule == of.postings.end() || rule->credit != bank_account) continue;
      const auto bounce = std::ranges::find_if(of.flow->steps, [&](const registers::Step& each) {
        return each.from == step.to && each.to == step.from && !each.reverses_on.empty();
      });
      found.push_back({&of, &step, &*rule, bounce == of.flow->steps.end() ? nullptr : &*bounce});
      break;
    }
  }
  return found;
}

Payable payable(const registers::Catalogue& catalogue, std::string_view register_) {
  for (const Payable& each : payables(catalogue))
    if (each.of->name == register_) return each;
  return {};
}

std::string payee_of(registers::Texts& texts, const Register& of, const Record& record) {
  for (std::size_t i = 0; i < of.fields.size(); ++i)
    if (of.fields[i].type == FieldType::person || of.fields[i].type == FieldType::household)
      if (std::string name = texts.value(of, i, record); !name.empty()) return name;
  return texts.label(of, record.id);
}

Result<Waiting> waiting(store::Reader& reader, const Registers& registers, const Payable& payable,
                        const std::vector<access::Grant>* grants) {
  const auto records = waiting_records(reader, registers, payable, grants, std::numeric_limits<std::size_t>::max());
  if (!records) return std::unexpected(records.error());
  Waiting waiting{.records = records->size(), .amount = {}};
  for (const Record& record : *records) waiting.amount += amount_of(payable, record);
  return waiting;
}

Result<std::vector<Due>> due(store::Reader& reader, const Registers& registers, const Payable& payable,
                             const std::vector<access::Grant>* grants) {
  const auto records = waiting_records(reader, registers, payable, grants);
  if (!records) return std::unexpected(records.error());
  std::vector<Due> found;
  registers::Texts texts(registers, reader);
  for (const Record& record : *records) found.push_back(due_of(reader, texts, registers, payable, record));
  return found;
}

Result<Record> make_batch(store::Transaction& transaction, const Registers& registers, const Payable& payable,
                          const BatchHead& head, const std::vector<Id>& records,
                          const std::vector<access::Grant>* grants, const registers::Actor& actor) {
  if (records.empty() || records.size() > batch_records_max)
    return fail("batch.size", "一个批次应有 1 至 500 笔。", "A batch has 1 to 500 payments.");
  const auto waiting_ones = waiting_records(transaction, registers, payable, grants);
  if (!waiting_ones) return std::unexpected(waiting_ones.error());
  std::vector<Due> picked;
  Money total;
  registers::Texts texts(registers, transaction);
  for (const Id id : std::set<Id>(records.begin(), records.end())) {
    const auto found = std::ranges::find(*waiting_ones, id, &Record::id);
    if (found == waiting_ones->end()) return not_due(id);
    picked.push_back(due_of(transaction, texts, registers, payable, *found));
    total += picked.back().amount;
  }
  const Register& batches = *registers.catalogue().find_register("payment_batch");
  auto batch = registers.create(transaction, batches,
                                {{"code", head.code},
                                 {"made_on", to_string(head.made_on)},
                                 {"account", head.account},
                                 {"pays", payable.of->name},
                                 {"purpose", head.purpose},
                                 {"count", std::to_string(picked.size())},
                                 {"total", to_string(total)}},
                                actor);
  if (!batch) return batch;
  const Register& items = *registers.catalogue().find_register(items_name);
  for (const Due& each : picked)
    if (auto item = registers.create(transaction, items,
                                     {{"part_of", "#" + std::to_string(batch->id)},
                                      {"record", std::to_string(each.record)},
                                      {"payee", each.payee},
                                      {"bank_card", each.card},
                                      {"amount", to_string(each.amount)}},
                                     actor);
        !item)
      return item;
  return batch;
}

bool BatchView::is_all_paid() const {
  return !items.empty() && std::ranges::all_of(items, [](const BatchItem& item) { return item.is_paid; });
}

Result<BatchView> read_batch(store::Reader& reader, const Registers& registers, Id id) {
  const Register& batches = *registers.catalogue().find_register("payment_batch");
  const Register& items = *registers.catalogue().find_register(items_name);
  auto batch = registers.read(reader, batches, id);
  if (!batch) return std::unexpected(std::move(batch.error()));
  const Payable paid = payable(registers.catalogue(), text_in(batches, *batch, "pays"));
  if (!paid.of)
    return fail("batch.register", "批次所付的业务已停用；请先恢复该业务包，或作废批次。",
                "What the batch pays is no register that is paid by the bank any more: put its pack back, or cancel "
                "the batch.");
  BatchView view{std::move(*batch), paid, {}};
  std::vector<Record> rows;
  registers::ListQuery query{.limit = registers::list_limit_max, .part_of = id};
  do {
    auto page = registers::list(reader, registers, items, query);
    if (!page) return std::unexpected(std::move(page.error()));
    std::ranges::move(page->records, std::back_inserter(rows));
    query.after = page->next;
  } while (!query.after.empty());
  for (const Record& row : rows) {
    BatchItem item{.id = row.id, .payee = text_in(items, row, "payee"), .card = text_in(items, row, "bank_card")};
    item.record = parse_id(text_in(items, row, "record"));
    if (const auto* fen = value_in<std::int64_t>(items, row, "amount")) item.amount = Money{*fen};
    if (const auto record = registers.read(reader, *paid.of, item.record)) {
      const auto* fen = value_in<std::int64_t>(*paid.of, *record, paid.rule->amount);
      item.fits = fen && Money{*fen} == item.amount;
      item.is_paid = text_in(*paid.of, *record, "state") == paid.step->to;
    }
    view.items.push_back(std::move(item));
  }
  return view;
}

registers::StepInput payment_input(const Payable& payable, Date paid_on, const std::string& code) {
  registers::StepInput input;
  if (payable.step->sets(payable.rule->on)) input.cells[payable.rule->on] = to_string(paid_on);
  for (const std::string& name : payable.step->needs_fields)
    if (payable.of->field(name)->type == FieldType::text) input.cells[name] = code;
  return input;
}

Result<bool> settle(store::Transaction& transaction, const Registers& registers, Id batch, Date paid_on) {
  const auto view = read_batch(transaction, registers, batch);
  if (!view) return std::unexpected(view.error());
  const Register& batches = *registers.catalogue().find_register("payment_batch");
  if (text_in(batches, view->batch, "state") != "drafted" || !view->is_all_paid()) return false;
  const auto taken =
      registers.take_step(transaction, batches, batch, "settle",
                          {.id = registers::system_role, .source = "rule:payment_batch.settle", .roles = {}},
                          {.reason = {}, .cells = {{"paid_on", to_string(paid_on)}}});
  if (!taken) return std::unexpected(taken.error());
  return true;
}

}  // namespace zhijia::finance
