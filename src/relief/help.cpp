#include "relief/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "decided.hpp"
#include "people/people.hpp"

namespace zhijia::relief {

using registers::Cases;
using registers::Register;

namespace {

constexpr const char *award_register = "help_award", *help_decision = "Help";
/// Inputs of help.dmn that are shown, or that a proposal further up the list adds to.
constexpr const char *paid = "Paid This Year", *paid_same = "Paid For The Same", *promised = "Promised This Year",
                     *promised_same = "Promised For The Same", *yearly_max = "Yearly Max";

using SqlValues = std::vector<std::variant<std::int64_t, std::string>>;

/// A condition over difficulty_file f and the values of its question marks.
struct Condition {
  std::string sql;
  SqlValues values;
};

Condition on_the_roll(const registers::Registers& registers, const HelpQuery& query) {
  const registers::Catalogue& catalogue = registers.catalogue();
  const auto reach = registers::reach_condition(catalogue, *catalogue.find_register(file_register), "f", query.reach);
  Condition condition{
      "EXISTS (SELECT 1 FROM difficulty_period p WHERE p.file = f.id AND p.state = 'open') AND " + reach.sql,
      reach.parameters};
  if (query.region.empty()) return condition;
  condition.sql += " AND f.region = ?";
  condition.values.emplace_back(query.region);
  return condition;
}

/// Files and programmes that may fit: FROM … WHERE, and the order in which they are proposed.
Condition fitting(const registers::Registers& registers, Date on, const HelpQuery& query) {
  const Condition files = on_the_roll(registers, query);
  Condition condition{
      " FROM difficulty_file f JOIN help_programme h ON h.starts_on <= ? AND h.ends_on >= ? WHERE (EXISTS (SELECT 1 "
      "FROM "
      "difficulty_file_needs n WHERE n.part_of = f.id AND n.need = h.need) OR h.cause = f.cause OR EXISTS (SELECT 1 "
      "FROM "
      "difficulty_file_causes c WHERE c.part_of = f.id AND c.cause = h.cause)) AND NOT EXISTS (SELECT 1 FROM "
      "help_award a "
      "WHERE a.subject = f.subject AND a.programme = h.id) AND " +
          files.sql,
      {to_string(on), to_string(on)}};
  condition.values.insert(condition.values.end(), files.values.begin(), files.values.end());
  return condition;
}

constexpr const char* in_order = "f.id, CASE WHEN h.cause IS NULL THEN 1 ELSE 0 END, h.code, h.id";

store::Rows query_with(store::Reader& reader, const std::string& sql, const SqlValues& values) {
  std::vector<store::Parameter> parameters;
  for (const auto& value : values) std::visit([&](const auto& held) { parameters.emplace_back(held); }, value);
  return reader.query_with(sql, std::span<const store::Parameter>(parameters));
}

std::vector<Proposal> read_proposals(store::Reader& reader, const Condition& fits) {
  auto rows =
      query_with(reader,
                 "SELECT f.id, h.id, f.code, (SELECT p.name FROM household o JOIN person p ON p.id = o.head WHERE "
                 "o.id = f.subject), f.region, f.kind, f.cause, h.code, h.name, h.need" +
                     fits.sql + " ORDER BY " + in_order,
                 fits.values);
  std::vector<Proposal> proposals;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  while (rows.next())
    proposals.push_back({.file = rows.integer(0),
                         .programme = rows.integer(1),
                         .code = text(2),
                         .head = text(3),
                         .region = text(4),
                         .kind = text(5),
                         .cause = text(6),
                         .programme_code = text(7),
                         .programme_name = text(8),
                         .need = text(9)});
  return proposals;
}

std::vector<Unanswered> read_unanswered(store::Reader& reader, const Condition& files, Date on) {
  SqlValues values = files.values;
  values.insert(values.end(), {to_string(on), to_string(on)});
  auto rows =
      query_with(reader,
                 "SELECT f.id, f.code, (SELECT p.name FROM household o JOIN person p ON p.id = o.head WHERE o.id = "
                 "f.subject), f.region, n.need FROM difficulty_file f JOIN difficulty_file_needs n ON n.part_of = "
                 "f.id WHERE " +
                     files.sql +
                     " AND NOT EXISTS (SELECT 1 FROM help_programme h WHERE h.need = n.need AND h.starts_on <= ? "
                     "AND h.ends_on >= ?) ORDER BY f.id, n.id",
                 values);
  std::vector<Unanswered> unanswered;
  while (rows.next())
    unanswered.push_back({rows.integer(0), std::string(rows.text(1)), std::string(rows.text(2)),
                          std::string(rows.text(3)), std::string(rows.text(4))});
  return unanswered;
}

Money money_of(const feel::Value* value) {
  if (!value || !value->is(feel::Kind::number)) return {};
  return parse_money(feel::text(*value)).value_or(Money{});
}

/// Works out the proposals one after the other, each beside those further up for the same family.
class Allotment {
 public:
  Allotment(const registers::Registers& registers, const Register& awards, const Cases& cases)
      : registers_(registers), awards_(awards), cases_(cases) {}

  Result<void> work_out(std::size_t at, Proposal& proposal, const std::string& programme_kind) {
    if (proposal.file != family_) {
      family_ = proposal.file;
      proposed_ = {};
      proposed_of_kind_.clear();
    }
    const dmn::Model* model = registers::find_model(registers_, awards_, cases_.models[at]);
    if (!model)
      return fail("recheck.no_model", "业务包里没有帮扶核定模型。", "The pack holds no model that works out help.");
    dmn::Inputs inputs = registers::inputs_of(cases_.columns, at);
    proposal.promised = add(inputs, promised, proposed_);
    proposal.promised_same = add(inputs, promised_same, proposed_of_kind_[programme_kind]);
    proposal.paid = add(inputs, paid, {});
    proposal.paid_same = add(inputs, paid_same, {});
    proposal.yearly_max = add(inputs, yearly_max, {});
    const feel::Value given = model->evaluate(help_decision, inputs).value;
    if (given.is(feel::Kind::context)) {
      proposal.amount = money_of(given.find("amount"));
      if (const feel::Value* reason = given.find("reason")) proposal.reason = feel::text(*reason);
    }
    proposed_ += proposal.amount;
    proposed_of_kind_[programme_kind] += proposal.amount;
    return {};
  }

 private:
  /// The input of the name with so much more; the sum.
  static Money add(dmn::Inputs& inputs, std::string_view name, Money more) {
    for (dmn::Input& input : inputs) {
      if (input.name != name) continue;
      const Money sum = money_of(&input.value) + more;
      if (more.fen != 0) input.value = feel::Value::of(feel::Number::parse(to_string(sum)));
      return sum;
    }
    return {};
  }

  const registers::Registers& registers_;
  const Register& awards_;
  const Cases& cases_;
  Id family_ = 0;
  Money proposed_;
  std::map<std::string, Money> proposed_of_kind_;
};

std::map<Id, std::string> programme_kinds(store::Reader& reader) {
  std::map<Id, std::string> kinds;
  auto rows = reader.query("SELECT id, kind FROM help_programme");
  while (rows.next()) kinds.emplace(rows.integer(0), rows.text(1));
  return kinds;
}

Problem nothing(const Pick& pick, const Proposal* proposal) {
  const std::string named = proposal ? proposal->code + " / " + proposal->programme_code
                                     : std::to_string(pick.first) + " / " + std::to_string(pick.second);
  const std::string why = proposal ? proposal->reason : "no such proposal on this day";
  return {"help.nothing",
          {.record = named},
          {"按规定不能发放：" + named + "（" + why + "）。请重新列出后再选。",
           "The rule gives nothing: " + named + " (" + why + "). Make the list anew, and choose again."}};
}

}  // namespace

Result<HelpList> propose_help(store::Reader& reader, const registers::Registers& registers, Date on,
                              const HelpQuery& query) {
  const Register& awards = *registers.catalogue().find_register(award_register);
  const Condition fits = fitting(registers, on, query);
  registers::CaseSource source{
      .sql = std::string("SELECT ROW_NUMBER() OVER (ORDER BY ") + in_order +
             ") AS id, f.id AS file, h.id AS programme, f.subject AS subject, CAST(? AS TEXT) AS "
             "due_on, CAST(NULL AS BIGINT) AS cost" +
             fits.sql,
      .parameters = {to_string(on)}};
  source.parameters.insert(source.parameters.end(), fits.values.begin(), fits.values.end());
  const auto cases = registers::read_cases(reader, registers, awards, source);
  if (!cases) return std::unexpected(cases.error());
  if (const auto without = std::ranges::find(cases->policies, 0); without != cases->policies.end())
    return no_policy(*cases);
  HelpList list{.on = on, .proposals = {}, .unanswered = read_unanswered(reader, on_the_roll(registers, query), on)};
  const auto kinds = programme_kinds(reader);
  Allotment allotment(registers, awards, *cases);
  std::vector<Proposal> read = read_proposals(reader, fits);
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (query.only && !query.only->contains({read[i].file, read[i].programme})) continue;
    if (auto done = allotment.work_out(i, read[i], kinds.at(read[i].programme)); !done)
      return std::unexpected(std::move(done.error()));
    list.proposals.push_back(std::move(read[i]));
  }
  return list;
}

Result<std::vector<Id>> draft_help(store::Transaction& transaction, const registers::Registers& registers, Date on,
                                   const std::vector<Pick>& picks, const registers::Reach& reach,
                                   const registers::Actor& actor) {
  if (picks.size() > drafts_max)
    return fail("help.too_many", fmt::format("一次最多生成 {} 条。", drafts_max),
                fmt::format("At most {} at once.", drafts_max));
  const std::set<Pick> only(picks.begin(), picks.end());
  const auto list = propose_help(transaction, registers, on, {.reach = reach, .only = &only});
  if (!list) return std::unexpected(list.error());
  Problems problems;
  std::map<Pick, const Proposal*> found;
  for (const Proposal& each : list->proposals) found[{each.file, each.programme}] = &each;
  for (const Pick& pick : only) {
    const auto at = found.find(pick);
    const Proposal* proposal = at == found.end() ? nullptr : at->second;
    if (!proposal || proposal->amount.fen == 0) problems.push_back(nothing(pick, proposal));
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  const registers::Catalogue& catalogue = registers.catalogue();
  const Register &awards = *catalogue.find_register(award_register), &files = *catalogue.find_register(file_register);
  const auto subject = files.place("subject");
  std::vector<Id> made;
  for (const Proposal& each : list->proposals) {
    const auto file = registers.read(transaction, files, each.file);
    if (!file) return std::unexpected(file.error());
    const auto head =
        people::find_head_identity(transaction, registers.vault(), std::get<std::int64_t>(file->values[subject]));
    const auto award = registers.create(transaction, awards,
                                        {{"subject.name", head->name},
                                         {"subject.identity_number", head->number},
                                         {"file", each.code},
                                         {"programme", each.programme_code},
                                         {"due_on", to_string(on)},
                                         {"amount", to_string(each.amount)}},
                                        actor);
    if (!award) return std::unexpected(award.error());
    made.push_back(award->id);
  }
  return made;
}

}  // namespace zhijia::relief
