#include "finance/bounces.hpp"
#include "finance/reconcile.hpp"

#include "api/api.hpp"
#include "api/body.hpp"
#include "api/money.hpp"
#include "api/relief.hpp"
#include "asked.hpp"

/// The bank's lines beside the book: proposals, what stands on one side only, and the statement of both balances.
namespace zhijia::http {

namespace json = boost::json;

namespace {

constexpr std::int64_t days_apart = 3, days_apart_max = 31;
constexpr std::size_t pairs_max = 500;
/// Of each list, so many are told; the sums are of all.
constexpr std::size_t movements_max = 500;

json::object movement_json(const finance::Movement& movement, bool is_line) {
  json::object written{{"id", std::to_string(movement.id)},
                       {"on", to_string(movement.on)},
                       {"amount", to_string(movement.amount)},
                       {"name", movement.name},
                       {"words", movement.words}};
  if (is_line) return written;
  written["id"] = (movement.is_batch ? "batch:" : "posting:") + std::to_string(movement.id);
  written.emplace("register", movement.register_);
  written.emplace("record", std::to_string(movement.record));
  written.emplace("voucher", movement.voucher);
  return written;
}

json::array movements_json(const std::vector<finance::Movement>& movements, bool are_lines) {
  json::array written;
  for (const finance::Movement& each : movements)
    if (written.size() < movements_max) written.push_back(movement_json(each, are_lines));
  return written;
}

json::object proposals_json(const finance::Reconciliation& made) {
  json::array exact, doubtful;
  for (const finance::Pair& pair : made.proposed.exact)
    exact.push_back(json::object{{"line", movement_json(made.lines[pair.line], true)},
                                 {"entry", movement_json(made.entries[pair.entry], false)}});
  for (const finance::Doubt& doubt : made.proposed.doubtful) {
    json::array entries;
    for (const std::size_t entry : doubt.entries)
      if (entries.size() < 20) entries.push_back(movement_json(made.entries[entry], false));
    doubtful.push_back(
        json::object{{"line", movement_json(made.lines[doubt.line], true)}, {"entries", std::move(entries)}});
  }
  return {{"exact", std::move(exact)}, {"doubtful", std::move(doubtful)}};
}

json::value misfit_json(const std::optional<finance::BalanceMisfit>& misfit) {
  if (!misfit) return nullptr;
  return json::object{{"line", movement_json(misfit->line, true)},
                      {"told", to_string(misfit->told)},
                      {"expected", to_string(misfit->expected)}};
}

Result<std::optional<Money>> asked_balance(const Request& request) {
  if (request.parameter("bank_balance").empty()) return std::nullopt;
  std::string_view text = request.parameter("bank_balance");
  const bool is_below = text.starts_with('-');
  const auto money = parse_money(text.substr(is_below ? 1 : 0));
  if (!money) return std::unexpected(money.error());
  return Money{is_below ? -money->fen : money->fen};
}

Response show_reconciliation(const Services& services, const Request& request) {
  const auto to = asked_day(request, "to", services.registers.clock().today());
  if (!to) return refusal(to.error());
  const auto from = asked_day(request, "from", Date::of(to->year(), to->month(), 1));
  if (!from) return refusal(from.error());
  const auto days = asked_number(request, "days", 0, days_apart_max);
  if (!days) return refusal(days.error());
  const auto told = asked_balance(request);
  if (!told) return refusal(told.error());
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const auto made =
        finance::reconcile(reader, services.registers, *from, *to, static_cast<int>(days->value_or(days_apart)));
    const std::optional<Money> bank = *told ? *told : made.bank_balance;
    const Money book_adjusted = made.book_balance + made.bank_received - made.bank_paid;
    json::object answer{{"from", to_string(*from)},
                        {"to", to_string(*to)},
                        {"book_balance", to_string(made.book_balance)},
                        {"book_received", to_string(made.book_received)},
                        {"book_paid", to_string(made.book_paid)},
                        {"bank_received", to_string(made.bank_received)},
                        {"bank_paid", to_string(made.bank_paid)},
                        {"book_adjusted", to_string(book_adjusted)},
                        {"lines_total", made.lines.size()},
                        {"entries_total", made.entries.size()},
                        {"lines", movements_json(made.lines, true)},
                        {"entries", movements_json(made.entries, false)},
                        {"proposed", proposals_json(made)}};
    const std::optional<Money> bank_adjusted =
        bank ? std::optional(*bank + made.book_received - made.book_paid) : std::nullopt;
    const auto or_null = [](const std::optional<Money>& money) {
      return money ? json::value(to_string(*money)) : json::value(nullptr);
    };
    answer.emplace("bank_balance", or_null(bank));
    answer.emplace("balance_misfit", misfit_json(made.balance_misfit));
    answer.emplace("bank_adjusted", or_null(bank_adjusted));
    answer.emplace("difference", or_null(bank_adjusted ? std::optional(*bank_adjusted - book_adjusted) : std::nullopt));
    return json_answer(answer);
  });
}

struct AskedPair {
  Id line = 0, entry = 0;
  bool is_batch = false;
};

Result<std::vector<AskedPair>> asked_pairs(const json::object& body) {
  const auto wrong = [] {
    return std::unexpected(Problems{bad_parameter("pairs", "应为 1 至 500 项，每项含 line 和 entry。",
                                                  "1 to 500 items are wanted, each with line and entry.")});
  };
  const json::value* pairs = body.if_contains("pairs");
  if (!pairs || !pairs->is_array() || pairs->get_array().empty() || pairs->get_array().size() > pairs_max)
    return wrong();
  std::vector<AskedPair> asked;
  for (const json::value& each : pairs->get_array()) {
    if (!each.is_object()) return wrong();
    const std::string entry = text_of(each.get_object(), "entry");
    const bool is_batch = entry.starts_with("batch:"), is_posting = entry.starts_with("posting:");
    const AskedPair pair{parse_id(text_of(each.get_object(), "line")),
                         parse_id(std::string_view(entry).substr(std::min(entry.size(), entry.find(':') + 1))),
                         is_batch};
    if ((!is_batch && !is_posting) || pair.line == 0 || pair.entry == 0) return wrong();
    asked.push_back(pair);
  }
  return asked;
}

registers::StepInput matched_with(bool is_batch, Id entry) {
  return {.reason = {},
          .cells = {is_batch ? registers::Cells::value_type{"batch", "#" + std::to_string(entry)}
                             : registers::Cells::value_type{"voucher", std::to_string(entry)}}};
}

const registers::Register& lines_of(const Services& services) {
  return *services.registers.catalogue().find_register("bank_line");
}

/// A step of each line, each for itself: of one amount with what it is matched with, which no other line has.
Response match_lines(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"pairs"});
  if (!body) return refusal(body.error());
  const auto pairs = asked_pairs(*body);
  if (!pairs) return refusal(pairs.error());
  json::array taken, refused;
  for (const AskedPair& pair : *pairs) {
    const auto matched = services.store.write([&](store::Transaction& transaction) -> Result<registers::Record> {
      return step_taken(services, transaction, lines_of(services), request, pair.line, "match",
                        matched_with(pair.is_batch, pair.entry));
    });
    if (matched)
      taken.emplace_back(std::to_string(pair.line));
    else
      refused.push_back(json::object{{"id", std::to_string(pair.line)}, {"problems", brief(matched.error())}});
  }
  return json_answer(json::object{{"taken", std::move(taken)}, {"refused", std::move(refused)}});
}

Response list_bounced(const Services& services, const Request& request) {
  const Id line = parse_id(request.parameter("line"));
  if (line == 0)
    return refusal(Problems{bad_parameter("line", "应为流水的编号。", "The id of a line of the bank is wanted.")});
  if (!reading_reach(request).all) return refusal(not_for_all());
  return services.store.read([&](store::Reader& reader) {
    const auto offered = finance::likely_bounced(reader, services.registers, line);
    if (!offered) return refusal(offered.error());
    json::array items;
    for (const finance::Offered& each : *offered) {
      json::object item = movement_json(each.payment, false);
      item.emplace("is_named", each.is_named);
      items.push_back(std::move(item));
    }
    return json_answer(json::object{{"items", std::move(items)}});
  });
}

/// The payment is taken back by the step of its own register, and the line is matched with the voucher in red: both or
/// neither, each with the roles that its pack asks for.
Response bounce(const Services& services, const Request& request) {
  const auto body = asked_body(request, {"line", "entry"});
  if (!body) return refusal(body.error());
  const std::string entry = text_of(*body, "entry"), prefix = "posting:";
  const Id line = parse_id(text_of(*body, "line"));
  const Id posting = entry.starts_with(prefix) ? parse_id(std::string_view(entry).substr(prefix.size())) : 0;
  if (line == 0 || posting == 0)
    return refusal(Problems{bad_parameter("entry", "应给出流水 line 和原付款 entry（posting:编号）。",
                                          "The line, and as entry the payment, posting:ID, are wanted.")});
  if (!reading_reach(request).all) return refusal(not_for_all());
  const auto bounced = services.store.write([&](store::Transaction& transaction) -> Result<json::object> {
    const auto found = finance::bounce_of(transaction, services.registers, line, posting);
    if (!found) return std::unexpected(found.error());
    const auto back = step_taken(services, transaction, *found->of, request, found->record, found->step, found->input);
    if (!back) return std::unexpected(back.error());
    const Id red = finance::reversal_of(transaction, posting);
    const auto matched =
        step_taken(services, transaction, lines_of(services), request, line, "match", matched_with(false, red));
    if (!matched) return std::unexpected(matched.error());
    return json::object{
        {"register", found->of->name}, {"record", std::to_string(found->record)}, {"voucher", std::to_string(red)}};
  });
  return bounced ? json_answer(*bounced) : refusal(bounced.error());
}

}  // namespace

void add_reconciliation(Router& router, const Services& services) {
  router.add("GET", "/api/v1/ledger/reconciliation",
             [services](const Request& request) { return show_reconciliation(services, request); });
  router.add("GET", "/api/v1/ledger/bounces",
             [services](const Request& request) { return list_bounced(services, request); });
  if (!services.users) return;
  router.add("POST", "/api/v1/ledger/bounces",
             [services](const Request& request) { return bounce(services, request); });
  router.add("POST", "/api/v1/ledger/matches",
             [services](const Request& request) { return match_lines(services, request); });
}

}  // namespace zhijia::http
