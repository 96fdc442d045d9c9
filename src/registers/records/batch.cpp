#include <algorithm>

#include "records/cell.hpp"
#include "records/closure.hpp"
#include "records/flow.hpp"
#include "records/parts.hpp"
#include "registers/publicity.hpp"

namespace zhijia::registers {
namespace {

const std::vector<LimitUse>* limits_of(const std::map<std::string, std::vector<LimitUse>, std::less<>>& limits,
                                       const Register& of) {
  const auto found = limits.find(of.name);
  return found == limits.end() ? nullptr : &found->second;
}

}  // namespace

Batch::Parts::Parts(const Registers::Parts& engine_, store::Transaction& transaction_, const Register& of_,
                    Actor actor_, Rules rules_)
    : engine(engine_),
      transaction(transaction_),
      of(of_),
      actor(std::move(actor_)),
      rules(std::move(rules_)),
      expressions(engine.expressions.at(of.name)),
      columns(engine.layouts.at(of.name).columns),
      codes(engine.layouts.at(of.name).codes),
      state_place(engine.layouts.at(of.name).state_place),
      table(engine.layouts.at(of.name).table),
      inserter(table.inserter(transaction)),
      had_rows(table.has_rows(transaction)),
      people(transaction, engine.vault, engine.ids, actor.id, actor.source),
      journal(transaction, engine.ids),
      links(engine.catalogue, engine.layouts, engine.vault, transaction, table, people),
      limits(of, limits_of(engine.limits, of), transaction),
      budgets(engine.catalogue, of, transaction, engine.clock.today()) {
  if (!of.key.empty()) key.emplace(table, of.key, had_rows);
  for (const Field& field : of.fields)
    if (field.unique) uniques.emplace_back(table, Unique{.fields = {field.name}}, had_rows);
  for (const Unique& unique : of.uniques) uniques.emplace_back(table, unique, had_rows);
  if (rules.grants) permits.emplace(transaction, engine.catalogue, of, *rules.grants);
}

const Batch::Parts::Predecessor& Batch::Parts::predecessor_of(const Record& record) {
  std::string sought = key ? key->signature(record) : std::string();
  if (predecessor_ && predecessor_->key == sought) return *predecessor_;
  predecessor_.emplace(Predecessor{.key = std::move(sought), .ids = {}, .record = {}});
  if (key) {
    const auto own = key->written(predecessor_->key);
    predecessor_->is_of_batch = own.has_value();
    predecessor_->ids = own ? std::vector{*own} : key->find_stored(transaction, record);
  }
  if (predecessor_->ids.size() == 1) predecessor_->record = table.load(transaction, predecessor_->ids.front());
  return *predecessor_;
}

void Batch::Parts::note_key(const Record& record) {
  if (key) key->note_written(record);
  predecessor_.reset();
}

Problems Batch::Parts::refusals(Record& record, const Record* before, std::span<const Taken> steps) {
  Problems problems;
  if (!permits) return problems;
  if ((before && !permits->may_change(*before)) ||
      !(before ? permits->may_change(record) : permits->may_create(record)))
    problems.push_back({"record.reach",
                        {},
                        {"这条记录不在您的权限范围内，请由有权限的同事导入。",
                         "This record is not within your reach; ask a colleague who may write it."}});
  if (before) {
    std::vector<std::string> changed;
    for (std::size_t i = 0; i < of.fields.size(); ++i)
      if (i != state_place && of.fields[i].computed_as.empty() && before->values[i] != record.values[i])
        changed.push_back(of.fields[i].name);
    const std::string* state = state_of(*before);
    if (!changed.empty())
      for (Problem& problem :
           refused_changes(of, permits->roles_over(*before), state ? *state : std::string(), changed))
        problems.push_back(std::move(problem));
  }
  const auto taken_before = [&](const Step& last, const std::string& name) {
    for (const Taken& each : steps) {
      if (each.step == &last) break;
      if (each.step->name == name) return true;
    }
    return before ? has_taken(transaction, of, before->id, name, actor.id) : name == creating;
  };
  for (const Taken& each : steps) {
    const Step* const step = each.step;
    const Title& title = step->title;
    if (!step->by.empty() && !permits->has_role(step->by, record, step->at))
      problems.push_back(problem_at(
          of.fields[*state_place], "step.role", "“" + title.zh + "”须由“" + step->by + "”执行，不能导入为此状态。",
          "“" + title.en + "” is for the role “" + step->by + "”, so it cannot be imported in this state."));
    if (step->needs_reason)
      problems.push_back(problem_at(of.fields[*state_place], "step.reason",
                                    "“" + title.zh + "”须说明理由，不能导入为此状态。",
                                    "“" + title.en + "” wants a reason, so it cannot be imported in this state."));
    if (before && *state_of(*before) == step->from) {
      if (const auto waits = awaits_publicity(*before, *step); !waits)
        problems.insert(problems.end(), waits.error().begin(), waits.error().end());
    } else if (of.flow->publicity(step->from)) {
      problems.push_back(
          problem_at(of.fields[*state_place], "step.publicity", "须先公示，不能导入为此状态。",
                     "It is to stand on the public list first, so it cannot be imported in this state."));
    }
    if (!step->never_by.empty() && taken_before(*step, step->never_by))
      problems.push_back(
          problem_at(of.fields[*state_place], "step.never_by",
                     "登记或办过前一步骤的人不能执行“" + title.zh + "”，请先导入到前一状态，由他人办理。",
                     "Who took “" + step->never_by + "” may not take “" + title.en +
                         "”: import the state before it, and ask a colleague."));
    if (!expressions.allows(static_cast<std::size_t>(step - of.flow->steps.data()), of, record,
                            [&](const Field& link, Id linked) { return links.follow(link, linked); }))
      problems.push_back(problem_at(of.fields[*state_place], "step.guard",
                                    "不满足“" + title.zh + "”的条件：" + step->guard,
                                    "The condition of “" + title.en + "” does not hold: " + step->guard));
  }
  return problems;
}

void Batch::Parts::keep_attachments(const Record& before, Record& record) const {
  for (std::size_t i = 0; i < of.fields.size(); ++i)
    if (of.fields[i].type == FieldType::attachment) record.values[i] = before.values[i];
}

const std::string* Batch::Parts::state_of(const Record& record) const {
  return state_place ? std::get_if<std::string>(&record.values[*state_place]) : nullptr;
}

Problems Batch::Parts::clashes(const Record& record, const Record* before) {
  Problems problems;
  for (UniqueRule& unique : uniques)
    if (unique.is_broken_by(transaction, record, before)) problems.push_back(unique.problem());
  return problems;
}

Result<std::vector<Taken>> Batch::Parts::steps_between(const Record* before, const Record& record) const {
  std::vector<Taken> taken;
  if (!of.flow) return taken;
  const std::string& from = before ? *state_of(*before) : of.flow->start;
  const std::string& to = *state_of(record);
  if (const auto steps = way(*of.flow, from, to)) {
    for (const Step* step : *steps) taken.push_back({.step = step, .by = actor.id});
    return taken;
  }
  return std::unexpected(
      Problems{problem_at(of.fields[*state_place], "record.unreachable", "没有步骤从“" + from + "”通向“" + to + "”。",
                          "No steps lead from “" + from + "” to “" + to + "”.")});
}

const PostingRule* Batch::Parts::rule_of(const Step& step) const {
  const auto rule = std::ranges::find(of.postings, step.posting, &PostingRule::name);
  return rule == of.postings.end() ? nullptr : &*rule;
}

Problems Batch::Parts::altered_postings(const Record& before, const Record& record) const {
  Problems problems;
  if (!of.flow) return problems;
  const auto made = way(*of.flow, of.flow->start, *state_of(before));
  for (const Step* step : made.value_or(std::vector<const Step*>{})) {
    const PostingRule* rule = rule_of(*step);
    if (!rule) continue;
    for (const std::string& name : {rule->amount, rule->on})
      if (!name.empty() && before.values[of.place(name)] != record.values[of.place(name)])
        problems.push_back(problem_at(*of.field(name), "record.posted", "已经记账，不能更改；请冲销后重新登记。",
                                      "It is posted and cannot change; reverse it and enter it anew."));
  }
  return problems;
}

Result<void> Batch::Parts::store(Record& record, const Record* before, std::span<const Taken> taken,
                                 const std::string& kind) {
  if (!before && of.takes_objections)
    if (auto open = publicity_runs(record); !open) return open;
  Problems beyond = limits.exceeded(record, before, [this](const feel::Expression& expression, const Record& asked) {
    return expressions.evaluate(expression, of, asked,
                                [this](const Field& link, Id id) { return links.follow(link, id); });
  });
  // What a bank sent back is so, whatever the budget of that day has left.
  const bool takes_back = std::ranges::any_of(taken, [](const Taken& each) { return !each.step->reverses_on.empty(); });
  if (beyond.empty() && !takes_back) beyond = budgets.exceeded(record, before);
  if (!beyond.empty()) return std::unexpected(std::move(beyond));
  if (!before) record.id = engine.ids.next();
  record.version = before ? before->version + 1 : 1;
  record.position = transaction.log({.actor = actor.id,
                                     .source = actor.source,
                                     .kind = kind,
                                     .register_ = of.name,
                                     .record = record.id,
                                     .body = table.log_body(record, before, taken.empty() ? Taken{} : taken.back())});
  if (before)
    table.update(transaction, record);
  else
    table.insert(inserter, record);
  // Whom a record is returned to is asked of the steps before this one.
  follow_state(record, before, taken);
  for (const Taken& each : taken) {
    if (!steps_) steps_ = &step_inserter(transaction);
    note_step(*steps_, engine.ids, of, record, each);
    if (const PostingRule* rule = rule_of(*each.step))
      if (auto posted = post(*rule, record); !posted) return posted;
    if (!each.step->reverses_on.empty())
      if (auto reversed = reverse(*each.step, record, each.reason); !reversed) return reversed;
  }
  for (UniqueRule& unique : uniques) unique.note_written(record, before);
  note_part(record, before);
  note_key(record);  // which forgets the predecessor that `before` may be
  if (permits) permits->note_written(record);
  if (transaction.is_rehearsal()) links.note_rehearsed(record);
  if (of.name == "union" && of.field("parent"))
    if (auto placed = place_in_closure(record); !placed) return placed;
  for (const Taken& each : taken)
    if (auto written = write_elsewhere(*each.step, record); !written) return written;
  return rules.defers_totals ? Result<void>{} : settle_owners();
}

Result<void> Batch::Parts::post(const PostingRule& rule, const Record& record) {
  const auto* on = std::get_if<std::string>(&record.values[of.place(rule.on)]);
  const auto* fen = rule.amount.empty() ? nullptr : std::get_if<std::int64_t>(&record.values[of.place(rule.amount)]);
  if (!on || (!fen && rule.lines.empty()))
    return std::unexpected(Problems{problem_at(*of.field(on ? rule.amount : rule.on), "field.required",
                                               "记账需要此项，请填写。", "It is needed for the posting; fill it in.")});
  const auto* organisation = of.scoped ? std::get_if<std::int64_t>(&record.values[of.place("organisation")]) : nullptr;
  const Id book = organisation ? *organisation : 0;
  const Date day = date_from_iso(*on);
  auto lines = fen ? std::vector<ledger::Line>{{rule.debit, ledger::Line::Side::debit, Money{*fen}},
                                               {rule.credit, ledger::Line::Side::credit, Money{*fen}}}
                   : lines_of(rule, record, day, book);
  if (!lines) return std::unexpected(std::move(lines.error()));
  const auto posted = journal.post({.on = day,
                                    .register_ = of.name,
                                    .record = record.id,
                                    .position = record.position,
                                    .lines = std::move(*lines),
                                    .organisation = book,
                                    .narrative = of.title.zh});
  if (posted) return {};
  Problems problems = posted.error();
  for (Problem& problem : problems) problem.place.field = rule.amount;
  return std::unexpected(std::move(problems));
}

Result<std::vector<ledger::Line>> Batch::Parts::lines_of(const PostingRule& rule, const Record& record, Date on,
                                                         Id book) {
  // What a book has already is carried on by itself; opened once more it would count twice.
  if (rule.opens) {
    auto earlier = transaction.query(
        "SELECT p.posted_on FROM posting p WHERE p.organisation = ? AND p.posted_on <= ? AND p.reverses IS NULL AND "
        "NOT EXISTS "
        "(SELECT 1 FROM reversal r WHERE r.posting = p.id) ORDER BY p.posted_on LIMIT 1",
        book, to_string(on));
    if (earlier.next()) {
      const std::string first(earlier.text(0));
      return fail("posting.opening",
                  "账簿自 " + first + " 起已有凭证，余额自动结转，不必再录期初；期初录错的，先冲销原期初再录。",
                  "The book has postings since " + first +
                      ", and its balances carry on by themselves; reverse the opening that was wrong before you enter "
                      "another.");
    }
  }
  const Register& lines_register = *engine.catalogue.find_register(of.name + "_" + rule.lines);
  std::vector<ledger::Line> lines;
  auto rows = transaction.query(
      "SELECT account, side, amount FROM " + store::quoted_name(lines_register.name) + " WHERE part_of = ? ORDER BY id",
      record.id);
  while (rows.next())
    lines.push_back({std::string(rows.text(0)),
                     rows.text(1) == "debit" ? ledger::Line::Side::debit : ledger::Line::Side::credit,
                     Money{rows.integer(2)}});
  return lines;
}

Result<void> Batch::Parts::reverse(const Step& step, const Record& record, const std::string& reason) {
  const auto* on = std::get_if<std::string>(&record.values[of.place(step.reverses_on)]);
  if (!on)
    return std::unexpected(
        Problems{problem_at(*of.field(step.reverses_on), "field.required", "冲销凭证需要此日期，请填写。",
                            "It is the day of the reversal; fill it in.")});
  std::vector<Id> postings;
  {
    auto rows = transaction.query(
        "SELECT id FROM posting WHERE register = ? AND record = ? AND reverses IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM reversal WHERE reversal.posting = posting.id) ORDER BY id",
        of.name, record.id);
    while (rows.next()) postings.push_back(rows.integer(0));
  }
  for (const Id posting : postings)
    if (auto red =
            journal.reverse(posting, date_from_iso(*on), record.position, reason.empty() ? step.title.zh : reason);
        !red)
      return std::unexpected(std::move(red.error()));
  return {};
}

/// An objection is taken while its record stands on the public list, or has stood there and was not decided yet.
Result<void> Batch::Parts::publicity_runs(const Record& record) const {
  const auto* about = std::get_if<std::int64_t>(&record.values[of.place("part_of")]);
  const Register& owner = *engine.catalogue.find_register(of.part_of);
  if (about && standing_of(transaction, owner, *about, engine.clock.today()) != Standing::none) return {};
  return std::unexpected(Problems{problem_at(*of.field("part_of"), "publicity.not_open", "此记录不在公示期内。",
                                             "The record is not being publicised.")});
}

Result<void> Batch::Parts::place_in_closure(const Record& record) {
  const auto* parent = std::get_if<std::int64_t>(&record.values[of.place("parent")]);
  return place_union(transaction, record.id, parent ? std::optional<Id>(*parent) : std::nullopt);
}

Batch::Batch(const Registers& registers, store::Transaction& transaction, const Register& of, Actor actor, Rules rules)
    : parts_(std::make_unique<Parts>(*registers.parts_, transaction, of, std::move(actor), std::move(rules))) {}
Batch::~Batch() = default;

Result<void> Batch::finish() { return parts_->settle_owners(); }

Result<Batch::Outcome> Batch::add(Record& record) {
  Parts& parts = *parts_;
  const Record* before = nullptr;
  if (parts.key) {
    const auto& predecessor = parts.predecessor_of(record);
    const Title titles = parts.key->titles();
    if (predecessor.ids.size() > 1)
      return std::unexpected(Problems{problem_at(
          parts.key->first_field(), "record.key_ambiguous", "已有多条记录的“" + titles.zh + "”与此相同，请先清理。",
          "Several records have this “" + titles.en + "”; tidy them up first.")});
    if (predecessor.is_of_batch)
      return std::unexpected(Problems{problem_at(
          parts.key->first_field(), "record.key_twice", "“" + titles.zh + "”在本次导入中出现两次，请只留一条。",
          "“" + titles.en + "” occurs twice in this import; keep one of them.")});
    if (predecessor.record) before = &*predecessor.record;
    if (before) parts.keep_attachments(*before, record);
  }
  record.id = before ? before->id : 0;
  const auto steps = parts.steps_between(before, record);
  Problems problems = steps ? parts.set_on_way(*steps, record, before) : steps.error();
  if (steps)
    for (Problem& problem : parts.refusals(record, before, *steps)) problems.push_back(std::move(problem));
  for (Problem& problem : parts.clashes(record, before)) problems.push_back(std::move(problem));
  if (before)
    for (Problem& problem : parts.altered_postings(*before, record)) problems.push_back(std::move(problem));
  if (!problems.empty()) return std::unexpected(std::move(problems));

  if (before && before->values == record.values) {
    record = *before;
    parts.note_key(record);
    return Outcome::unchanged;
  }
  if (auto stored = parts.store(record, before, *steps, before ? "change" : "create"); !stored)
    return std::unexpected(std::move(stored.error()));
  return before ? Outcome::changed : Outcome::created;
}

}  // namespace zhijia::registers
