#include <fmt/format.h>

#include <algorithm>

#include "api/body.hpp"
#include "api/once.hpp"
#include "api/shown.hpp"
#include "asked.hpp"
#include "draw/draw.hpp"
#include "people/people.hpp"
#include "registers/listing.hpp"

/// Quizzes of the pack publicity: answering, and the draw among who passed.
namespace zhijia::http {

namespace json = boost::json;
using registers::Operation;
using registers::Record;
using registers::Register;

namespace {

constexpr std::size_t questions_max = 100;

struct Quizzes {
  const Register &quiz, &question, &entry;
};

std::optional<Quizzes> quizzes_of(const registers::Catalogue& catalogue) {
  const Register* quiz = catalogue.find_register("quiz");
  const Register* question = catalogue.find_register("quiz_question");
  const Register* entry = catalogue.find_register("quiz_entry");
  if (!quiz || !question || !entry) return std::nullopt;
  return Quizzes{*quiz, *question, *entry};
}

std::int64_t number_in(const Register& of, const Record& record, std::string_view field) {
  const auto* number = registers::value_in<std::int64_t>(of, record, field);
  return number ? *number : 0;
}

std::vector<Record> questions_of(const Services& services, store::Reader& reader, const Quizzes& of, Id quiz) {
  std::vector<Record> questions;
  auto rows = reader.query("SELECT id FROM quiz_question WHERE quiz = ? ORDER BY number LIMIT ?", quiz,
                           static_cast<std::int64_t>(questions_max));
  while (rows.next()) questions.push_back(services.registers.read(reader, of.question, rows.integer(0)).value());
  return questions;
}

std::optional<Id> entry_of(store::Reader& reader, Id quiz, Id person) {
  auto rows = reader.query("SELECT id FROM quiz_entry WHERE quiz = ? AND subject = ?", quiz, person);
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

json::object entry_json(const Services& services, store::Reader& reader, const Quizzes& of, Id id) {
  const auto entry = services.registers.read(reader, of.entry, id).value();
  return {{"ticket", std::to_string(id)},
          {"score", number_in(of.entry, entry, "score")},
          {"prize_place", number_in(of.entry, entry, "prize_place")}};
}

std::unexpected<Problems> not_open() {
  return fail("quiz.closed", "现在不能答题：活动未开始或已截止。", "The quiz is not open now.");
}

/// The quiz when it may be answered on that day.
Result<Record> open_quiz(const Services& services, store::Reader& reader, const Quizzes& of, Id id, Date today) {
  auto quiz = services.registers.read(reader, of.quiz, id);
  if (!quiz || registers::text_in(of.quiz, *quiz, "state") == "draft") return std::unexpected(beyond_reach());
  const std::string day = to_string(today);
  const bool is_open = registers::text_in(of.quiz, *quiz, "state") == "open" &&
                       registers::text_in(of.quiz, *quiz, "opens_on") <= day &&
                       day <= registers::text_in(of.quiz, *quiz, "closes_on");
  if (!is_open) return not_open();
  return quiz;
}

/// The questions without their answers, and how one fared when one has answered already.
Response show_quiz(const Services& services, const Quizzes& of, Id person, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const Id id = parse_id(request["id"]);
    const auto quiz = services.registers.read(reader, of.quiz, id);
    if (!quiz || registers::text_in(of.quiz, *quiz, "state") == "draft") return out_of_reach();
    json::array questions;
    for (const Record& question : questions_of(services, reader, of, id)) {
      json::array answers;
      for (const char* letter : {"a", "b", "c", "d"})
        if (const std::string text = registers::text_in(of.question, question, letter); !text.empty())
          answers.push_back(json::object{{"letter", letter}, {"text", text}});
      questions.push_back(json::object{{"number", number_in(of.question, question, "number")},
                                       {"question", registers::text_in(of.question, question, "question")},
                                       {"answers", std::move(answers)}});
    }
    json::value entry = nullptr;
    if (const auto found = entry_of(reader, id, person)) entry = entry_json(services, reader, of, *found);
    return json_answer(json::object{{"id", std::to_string(id)},
                                    {"name", registers::text_in(of.quiz, *quiz, "name")},
                                    {"state", registers::text_in(of.quiz, *quiz, "state")},
                                    {"pass_score", number_in(of.quiz, *quiz, "pass_score")},
                                    {"questions", std::move(questions)},
                                    {"entry", std::move(entry)}});
  });
}

/// Right answers in whole percent.
std::int64_t score_of(const Quizzes& of, const std::vector<Record>& questions, const json::object& answers) {
  std::int64_t right = 0;
  for (const Record& question : questions)
    right += text_of(answers, std::to_string(number_in(of.question, question, "number"))) ==
             registers::text_in(of.question, question, "right");
  return questions.empty() ? 0 : right * 100 / static_cast<std::int64_t>(questions.size());
}

Response answer_quiz(const Services& services, const Quizzes& of, Id person, const Request& request) {
  const auto body = asked_body(request, {"answers"});
  if (!body) return refusal(body.error());
  const json::value* answers = body->if_contains("answers");
  if (!answers || !answers->is_object())
    return refusal(Problems{bad_parameter("answers", "应为题号到选项的对照。", "Answers by number are wanted.")});
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const Id id = parse_id(request["id"]);
    const Date today = FixedClock(transaction.at()).today();
    const auto quiz = open_quiz(services, transaction, of, id, today);
    if (!quiz) return std::unexpected(quiz.error());
    if (entry_of(transaction, id, person))
      return fail("quiz.twice", "您已答过此题，每人一次。", "You have answered already; everyone answers once.");
    const auto found = people::find_person(transaction, person);
    const registers::Cells cells{
        {"quiz", registers::text_in(of.quiz, *quiz, "code")},
        {"subject.name", found.value().name},
        {"subject.identity_number",
         people::find_identity_number(transaction, services.registers.vault(), person).value()},
        {"score", std::to_string(score_of(of, questions_of(services, transaction, of, id), answers->get_object()))},
        {"entered_on", to_string(today)}};
    const auto entry = services.registers.create(transaction, of.entry, cells, actor_of(request));
    if (!entry) return std::unexpected(entry.error());
    Response response = json_answer(entry_json(services, transaction, of, entry->id));
    response.status = 201;
    return response;
  });
}

/// The list: tickets of who passed, in the order of their numbers.
std::vector<std::string> tickets(store::Reader& reader, Id quiz, std::int64_t pass_score) {
  std::vector<std::string> list;
  auto rows = reader.query("SELECT id FROM quiz_entry WHERE quiz = ? AND score >= ? ORDER BY id", quiz, pass_score);
  while (rows.next()) list.push_back(std::to_string(rows.integer(0)));
  return list;
}

/// The draw as it stands: the list only from its freezing on, the secret only once it is drawn.
draw::Sheet sheet_of(store::Reader& reader, const Quizzes& of, const Record& quiz) {
  const std::string state = registers::text_in(of.quiz, quiz, "state");
  draw::Sheet sheet{.title = registers::text_in(of.quiz, quiz, "name"),
                    .places = static_cast<std::size_t>(number_in(of.quiz, quiz, "places")),
                    .commitment = registers::text_in(of.quiz, quiz, "commitment"),
                    .randomness = registers::text_in(of.quiz, quiz, "randomness")};
  if (state != "frozen" && state != "drawn") return sheet;
  sheet.entries = tickets(reader, quiz.id, number_in(of.quiz, quiz, "pass_score"));
  sheet.entries_hash = registers::text_in(of.quiz, quiz, "entries_hash");
  if (state != "drawn") return sheet;
  sheet.secret = registers::text_in(of.quiz, quiz, "sealed");
  sheet.random_value = registers::text_in(of.quiz, quiz, "random_value");
  sheet.seed = registers::text_in(of.quiz, quiz, "seed");
  auto rows = reader.query("SELECT id FROM quiz_entry WHERE quiz = ? AND prize_place IS NOT NULL ORDER BY prize_place",
                           quiz.id);
  while (rows.next()) sheet.winners.push_back(std::to_string(rows.integer(0)));
  return sheet;
}

Response show_draw(const Services& services, const Quizzes& of, const Request& request) {
  return services.store.read([&](store::Reader& reader) {
    const auto quiz = services.registers.read(reader, of.quiz, parse_id(request["id"]));
    if (!quiz || registers::text_in(of.quiz, *quiz, "state") == "draft") return out_of_reach();
    return Response{.body = draw::write(sheet_of(reader, of, *quiz))};
  });
}

/// What a step of the quiz fills in before it is taken. Problems: draw.no_entries, draw.random_value,
/// draw.entries_hash.
Result<registers::Cells> prepare(store::Transaction& transaction, const Quizzes& of, const Record& quiz,
                                 std::string_view step, const std::string& random_value, draw::Sheet& drawn) {
  if (step == "open") {
    const std::string secret = draw::new_secret();
    return registers::Cells{{"sealed", secret}, {"commitment", draw::commitment_of(secret)}};
  }
  const auto list = tickets(transaction, quiz.id, number_in(of.quiz, quiz, "pass_score"));
  if (step == "freeze") {
    if (list.empty()) return fail("draw.no_entries", "没有达到分数的答题记录。", "Nobody has passed yet.");
    return registers::Cells{{"entries_hash", draw::hash_of(list)}, {"entries_count", std::to_string(list.size())}};
  }
  if (!registers::text_in(of.quiz, quiz, "randomness").empty() && random_value.empty())
    return fail("draw.random_value", "请填写已公布的公开随机数：" + registers::text_in(of.quiz, quiz, "randomness"),
                "Fill in the public random value: " + registers::text_in(of.quiz, quiz, "randomness"),
                {.file = {}, .sheet = {}, .cell = {}, .record = {}, .field = "random_value"});
  drawn = sheet_of(transaction, of, quiz);
  if (draw::hash_of(drawn.entries) != drawn.entries_hash)
    return fail("draw.entries_hash", "名单与封存时不同，不能开奖；请先查明改动。",
                "The list is not the one that was frozen; find out what was changed first.");
  draw::draw(drawn, registers::text_in(of.quiz, quiz, "sealed"), random_value);
  return registers::Cells{{"random_value", random_value}, {"seed", drawn.seed}};
}

Result<void> give_prizes(const Services& services, store::Transaction& transaction, const Quizzes& of,
                         const draw::Sheet& drawn, const registers::Actor& actor) {
  for (std::size_t i = 0; i < drawn.winners.size(); ++i) {
    const auto entry = services.registers.read(transaction, of.entry, parse_id(drawn.winners[i]));
    if (!entry) return std::unexpected(entry.error());
    const auto changed = services.registers.change(transaction, of.entry, entry->id, entry->version,
                                                   {{"prize_place", std::to_string(i + 1)}}, actor);
    if (!changed) return std::unexpected(changed.error());
  }
  return {};
}

/// Steps of a quiz with what they compute: `open` commits to a secret, `freeze` fixes the list, `draw` draws.
Response take_draw_step(const Services& services, const Quizzes& of, const Request& request) {
  const auto body = asked_body(request, {"random_value"});
  if (!body) return refusal(body.error());
  const auto version = asked_version(request);
  if (!version) return refusal(version.error());
  const std::string step(request["step"]);
  return once(services, request, [&](store::Transaction& transaction) -> Result<Response> {
    const Id id = parse_id(request["id"]);
    const auto quiz = services.registers.read(transaction, of.quiz, id);
    if (!quiz || !registers::covers(transaction, services.registers, of.quiz, id, reading_reach(request, of.quiz)))
      return std::unexpected(beyond_reach());
    registers::Actor actor = actor_of(request);
    registers::add_roles(
        registers::grants_over(transaction, services.registers, of.quiz, id, request.session->user.grants), actor);
    const auto& steps = of.quiz.flow->steps;
    const auto declared = std::ranges::find_if(steps, [&](const registers::Step& each) {
      return each.name == step && each.from == registers::text_in(of.quiz, *quiz, "state");
    });
    if (declared == steps.end())
      return fail("step.state", "当前状态不能执行此步骤，请刷新。", "The step cannot be taken from the present state.");
    if (std::ranges::find(actor.roles, declared->by) == actor.roles.end())
      return fail("step.role", "此步骤须由“" + declared->by + "”执行。",
                  "The step is for the role “" + declared->by + "”.");
    draw::Sheet drawn;
    auto cells = prepare(transaction, of, *quiz, step, text_of(*body, "random_value"), drawn);
    if (!cells) return std::unexpected(std::move(cells.error()));
    const auto changed = services.registers.change(transaction, of.quiz, id, *version, *cells, actor);
    if (!changed) return std::unexpected(changed.error());
    if (auto given = give_prizes(services, transaction, of, drawn, actor); !given)
      return std::unexpected(std::move(given.error()));
    const auto taken = services.registers.take_step(transaction, of.quiz, id, step, actor);
    if (!taken) return std::unexpected(taken.error());
    Response response{.body = draw::write(sheet_of(transaction, of, *taken))};
    response.headers.emplace_back("ETag", fmt::format("\"{}\"", taken->version));
    return response;
  });
}

}  // namespace

void add_quizzes(Router& router, const Services& services) {
  const auto found = quizzes_of(services.registers.catalogue());
  if (!found || !services.users) return;
  const Quizzes of = *found;
  const auto for_worker = [services, of](Response (*answer)(const Services&, const Quizzes&, Id, const Request&)) {
    return [services, of, answer](const Request& request) {
      const auto person = asking_person(services, request);
      return person ? answer(services, of, *person, request) : refusal(person.error());
    };
  };
  router.add("GET", "/api/v1/me/quizzes/{id}", for_worker(show_quiz));
  router.add("POST", "/api/v1/me/quizzes/{id}", for_worker(answer_quiz));
  router.add("GET", "/api/v1/public/draws/{id}",
             [services, of](const Request& request) { return show_draw(services, of, request); });
  router.add("POST", "/api/v1/quizzes/{id}/steps/{step}",
             [services, of](const Request& request) { return take_draw_step(services, of, request); });
}

}  // namespace zhijia::http
