#include <fmt/format.h>

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/files.hpp"
#include "api/money.hpp"
#include "api/once.hpp"
#include "asked.hpp"
#include "base/text.hpp"
#include "finance/batches.hpp"
#include "registers/columns.hpp"
#include "sights.hpp"

/// Payment batches: what waits to be paid, the batch made of it, its list for the bank, and paying all of it.
namespace zhijia::http {

namespace json = boost::json;
using registers::Operation;
using registers::Register;

namespace {

constexpr std::size_t code_bytes_max = 100, words_bytes_max = 300;

const Register& batches_of(const Services& services) {
  return *services.registers.catalogue().find_register("payment_batch");
}

Response list_payable(const Services& services, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    json::array all;
    for (const finance::Payable& payable : finance::payables(services.registers.catalogue())) {
      if (reading_reach(request, *payable.of).is_none()) continue;
      const auto waiting = finance::waiting(reader, services.registers, payable, grants_of(request));
      if (!waiting) return refusal(waiting.error());
      if (waiting->records > 0)
        all.push_back(json::object{{"register", payable.of->name},
                                   {"title", titled(payable.of->title)},
                                   {"step", titled(payable.step->title)},
                                   {"records", waiting->records},
                                   {"amount", to_string(waiting->amount)}});
    }
    return json_answer(all);
  });
}

Response list_due(const Services& services, const Register& of, const Request& request) {
  const finance::Payable payable = finance::payable(services.registers.catalogue(), of.name);
  if (!payable.of) return not_found();
  if (reading_reach(request, of).is_none()) return refusal(not_permitted().error());
  return services.store.read([&](store::Reader& reader) {
    const auto due = finance::due(reader, services.registers, payable, grants_of(request));
    if (!due) return refusal(due.error());
    json::array items;
    for (const finance::Due& each : *due)
      items.push_back(json::object{{"id", std::to_string(each.record)},
                                   {"payee", each.payee},
                                   {"programme", each.programme},
                                   {"amount", to_string(each.amount)},
                                   {"has_card", !each.card.empty()}});
    return json_answer(json::object{{"items", std::move(items)}});
  });
}

Result<std::vector<Id>> asked_ids(const json::object& body) {
  const json::value* ids = body.if_contains("ids");
  std::vector<Id> found;
  if (ids && ids->is_array())
    for (const json::value& each : ids->get_array())
      found.push_back(each.is_string() ? parse_id(each.get_string()) : 0);
  if (found.empty() || found.size() > finance::batch_records_max || std::ranges::find(found, Id{0}) != found.end())
    return std::unexpected(
        Problems{bad_parameter("ids", "应为 1 至 500 个记录编号。", "1 to 500 ids of records are wanted.")});
  return found;
}

Response make_batch(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"register", "ids", "code", "made_on", "account", "purpose"});
  if (!body) return refusal(body.error());
  const auto ids = asked_ids(*body);
  if (!ids) return refusal(ids.error());
  const finance::Payable payable = finance::payable(services.registers.catalogue(), text_of(*body, "register"));
  if (!payable.of)
    return refusal(Problems{
        bad_parameter("register", "应为经银行付款的登记簿。", "A register that is paid by the bank is wanted.")});
  const auto made_on = parse_date(text_of(*body, "made_on"));
  if (!made_on) return refusal(made_on.error());
  const finance::BatchHead head{text_of(*body, "code"), *made_on, text_of(*body, "account"), text_of(*body, "purpose")};
  const auto is_long = [](const std::string& text) {
    return text.size() > words_bytes_max || text.find('\0') != std::string::npos;
  };
  if (head.code.empty() || head.code.size() > code_bytes_max || is_long(head.code) || is_long(head.account) ||
      is_long(head.purpose))
    return refusal(
        Problems{bad_parameter("code", "请填写批次号，各项不宜过长。", "A code is wanted, and no text too long.")});
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    if (reach_for(request, batches_of(services), Operation::create).is_none()) return not_permitted();
    const auto batch = finance::make_batch(transaction, services.registers, payable, head, *ids, grants_of(request),
                                           actor_of(request));
    if (!batch) return std::unexpected(batch.error());
    if (!registers::covers(transaction, services.registers, batches_of(services), batch->id,
                           reach_for(request, batches_of(services), Operation::create)))
      return not_permitted();
    Response response = json_answer(json::object{{"id", std::to_string(batch->id)}});
    response.status = 201;
    return response;
  });
}

/// Those who read the batch. Problems: 404 as for any record.
Result<finance::BatchView> asked_batch(const Services& services, store::Reader& reader, const Request& request) {
  const Id id = parse_id(request["id"]);
  if (!registers::covers(reader, services.registers, batches_of(services), id,
                         reading_reach(request, batches_of(services))))
    return std::unexpected(beyond_reach());
  return finance::read_batch(reader, services.registers, id);
}

std::string batch_text(const Services& services, const finance::BatchView& view, std::string_view name) {
  return registers::text_in(batches_of(services), view.batch, name);
}

Response show_batch(const Services& services, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto view = asked_batch(services, reader, request);
    if (!view) return refusal(view.error());
    json::array items;
    Money total;
    for (const finance::BatchItem& item : view->items) {
      total += item.amount;
      items.push_back(json::object{{"id", std::to_string(item.id)},
                                   {"record", std::to_string(item.record)},
                                   {"payee", item.payee},
                                   {"has_card", !item.card.empty()},
                                   {"amount", to_string(item.amount)},
                                   {"is_paid", item.is_paid},
                                   {"fits", item.fits}});
    }
    return json_answer(json::object{{"id", std::to_string(view->batch.id)},
                                    {"code", batch_text(services, *view, "code")},
                                    {"state", batch_text(services, *view, "state")},
                                    {"register", view->payable.of->name},
                                    {"title", titled(view->payable.of->title)},
                                    {"made_on", batch_text(services, *view, "made_on")},
                                    {"total", to_string(total)},
                                    {"items", std::move(items)}});
  });
}

Response bank_list(const std::string& code, const std::string& purpose, const finance::BatchView& view, Moment made_at,
                   bool is_clear) {
  using Format = exchange::SheetWriter::Format;
  std::vector<std::vector<std::string>> rows;
  for (const finance::BatchItem& item : view.items)
    rows.push_back({std::to_string(rows.size() + 1), item.payee, is_clear ? item.card : mask_number(item.card),
                    to_string(item.amount), purpose.empty() ? code : purpose + " " + code});
  return made_workbook("bank-list.xlsx", "代发清单",
                       {{"序号", Format::number, 6},
                        {"收款人户名", Format::text, 20},
                        {"收款账号", Format::text, 26},
                        {"金额", Format::money},
                        {"附言", Format::text, 30}},
                       made_at, rows);
}

/// Cards in clear are for who may reveal them, for a reason that the log has before the list leaves. A list whose
/// amounts are no longer those of the records would pay what nobody approved.
Response give_bank_list(const Services& services, const Request& request) {
  const auto reason = asked_reason(request);
  if (!reason) return refusal(reason.error());
  const bool is_clear = reason->has_value();
  const auto view = services.store.write([&](store::Transaction& transaction) -> Result<finance::BatchView> {
    auto read = asked_batch(services, transaction, request);
    if (!read) return read;
    if (is_clear &&
        (!request.session || !registers::covers(transaction, services.registers, batches_of(services), read->batch.id,
                                                reach_for(request, batches_of(services), Operation::reveal))))
      return not_permitted();
    for (const finance::BatchItem& item : read->items)
      if (!item.fits)
        return fail("batch.amount", "“" + item.payee + "”的记录金额已变，请把该笔移出批次后重新编制。",
                    "The record of “" + item.payee + "” has another amount now; take it out of the batch.");
    transaction.log({.actor = request.session ? std::to_string(request.session->user.id) : "nobody",
                     .source = request.from,
                     .kind = is_clear ? "export_clear" : "export",
                     .register_ = "payment_batch",
                     .record = read->batch.id,
                     .body = json::serialize(is_clear ? json::object{{"format", "xlsx"}, {"reason", **reason}}
                                                      : json::object{{"format", "xlsx"}})});
    return read;
  });
  if (!view) return refusal(view.error());
  const auto made_on = date_from_iso(batch_text(services, *view, "made_on"));
  return bank_list(batch_text(services, *view, "code"), batch_text(services, *view, "purpose"), *view,
                   Moment{made_on.day}, is_clear);
}

/// The step of each record, each for itself; what is refused says why. Once all are paid, so is the batch.
Response pay_batch(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"paid_on"});
  if (!body) return refusal(body.error());
  const auto paid_on = parse_date(text_of(*body, "paid_on"));
  if (!paid_on) return refusal(paid_on.error());
  const auto view = services.store.read([&](store::Reader& reader) -> Result<finance::BatchView> {
    auto read = asked_batch(services, reader, request);
    if (!read) return read;
    if (!registers::covers(reader, services.registers, batches_of(services), read->batch.id,
                           reach_for(request, batches_of(services), Operation::create)))
      return not_permitted();
    return read;
  });
  if (!view) return refusal(view.error());
  if (batch_text(services, *view, "state") != "drafted")
    return refusal(409, {{"step.state",
                          {},
                          {"此批次已付讫或作废；请刷新，未付的另编批次。",
                           "The batch is paid or cancelled; load it again, and make another of what is not paid."}}});
  if (const Date made_on = date_from_iso(batch_text(services, *view, "made_on"));
      *paid_on < made_on || *paid_on > services.registers.clock().today())
    return refusal(
        Problems{bad_parameter("paid_on", "付款日期应在批次编制日期（" + to_string(made_on) + "）至今天之间。",
                               "The day must lie between the batch's own, " + to_string(made_on) + ", and today.")});
  const registers::StepInput input =
      finance::payment_input(view->payable, *paid_on, batch_text(services, *view, "code"));
  json::array taken, refused;
  for (const finance::BatchItem& item : view->items) {
    if (item.is_paid) continue;
    const auto paid = services.store.write([&](store::Transaction& transaction) -> Result<registers::Record> {
      if (!item.fits)
        return fail("batch.amount", "记录金额已变，请移出批次。",
                    "The record has another amount now; take it out of the batch.");
      return step_taken(services, transaction, *view->payable.of, request, item.record, view->payable.step->name,
                        input);
    });
    if (paid)
      taken.emplace_back(std::to_string(item.record));
    else
      refused.push_back(
          json::object{{"id", std::to_string(item.record)}, {"payee", item.payee}, {"problems", brief(paid.error())}});
  }
  const auto settled = services.store.write([&](store::Transaction& transaction) {
    return finance::settle(transaction, services.registers, view->batch.id, *paid_on);
  });
  if (!settled) return refusal(settled.error());
  return json_answer(
      json::object{{"taken", std::move(taken)}, {"refused", std::move(refused)}, {"is_settled", *settled}});
}

}  // namespace

void add_batches(Router& router, const Services& services) {
  const auto answering = [&services](Response (*answer)(const Services&, const Request&)) {
    return [services, answer](const Request& request) { return answer(services, request); };
  };
  const std::string ledger = "/api/v1/ledger/";
  router.add("GET", ledger + "payable", answering(list_payable));
  router.add("GET", ledger + "payable/{register}", of_register(services, list_due));
  router.add("GET", ledger + "batches/{id}", answering(show_batch));
  router.add("GET", ledger + "batches/{id}/bank-list.xlsx", answering(give_bank_list));
  if (!services.users) return;
  router.add("POST", ledger + "batches", answering(make_batch));
  router.add("POST", ledger + "batches/{id}/pay", answering(pay_batch));
}

}  // namespace zhijia::http
