// Kills the program at random moments while eight threads write, and looks at what is left: no acknowledged write may
// be lost, the change log must verify, and every posting must balance. Usage: crash [KILLS]
//
// A kill shows that commits are whole and acknowledged in order; that they reached the disk and not only the kernel's
// memory is SQLite's synchronous=FULL, which a power cut would show.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "ledger/ledger.hpp"
#include "support/database.hpp"

namespace zhijia {
namespace {

using ledger::Line;

constexpr int threads = 8;
constexpr int kills_default = 1000;
constexpr int full_check_every = 100;  // kills; the whole log is read each time
constexpr int life_ms_max = 60;        // long enough to open and to commit dozens of groups

const store::TableSchema visit{
    .name = "visit",
    .columns = {{"id", store::Type::integer, true}, {"position", store::Type::integer, true}},
    .primary_key = {"id"}};

std::unique_ptr<store::Store> open(const std::string& url) {
  auto store = store::Store::open(url, system_clock()).value();
  auto schemas = ledger::schemas();
  schemas.push_back(visit);
  store->migrate(schemas).value();
  return store;
}

Result<void> write_visit(store::Transaction& transaction, IdSource& ids, Id id) {
  const auto position = transaction.log({"1", "10.0.0.1", "create", "visit", id, R"({"amount":100})"});
  transaction.execute("INSERT INTO visit (id, position) VALUES (?, ?)", id, position);
  const auto posted = ledger::Journal(transaction, ids)
                          .post({.on = Date::of(2020, 1, 20),
                                 .register_ = "visit",
                                 .record = id,
                                 .position = position,
                                 .lines = {{"职工帮扶支出/冬送温暖", Line::Side::debit, Money{100}},
                                           {"银行存款", Line::Side::credit, Money{100}}}});
  if (!posted) return std::unexpected(posted.error());
  return {};
}

/// Writes until it is killed; tells each id through the pipe once the write is acknowledged, never before.
[[noreturn]] void write_for_ever(const std::string& url, int acknowledged) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto store = open(url);
  IdSource ids(system_clock(), 0);
  std::vector<std::jthread> writers;
  for (int i = 0; i < threads; ++i)
    writers.emplace_back([&] {
      for (;;) {
        const Id id = ids.next();
        store->write([&](store::Transaction& transaction) { return write_visit(transaction, ids, id); }).value();
        if (write(acknowledged, &id, sizeof id) != sizeof id) _exit(1);
      }
    });
  for (;;) pause();
}

std::vector<Id> acknowledged_before_kill(const std::string& url, std::chrono::milliseconds life) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_for_ever(url, ends[1]);
  }
  close(ends[1]);
  std::jthread killer([&] {
    std::this_thread::sleep_for(life);
    kill(child, SIGKILL);
  });
  std::vector<Id> ids;
  for (Id id = 0; read(ends[0], &id, sizeof id) == sizeof id;) ids.push_back(id);
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return ids;
}

std::int64_t number(store::Reader& reader, std::string_view sql) {
  auto rows = reader.query(sql);
  rows.next();
  return rows.integer(0);
}

/// What is wrong with the database, or an empty text.
std::string fault(store::Store& store, const std::vector<Id>& acknowledged) {
  return store.read([&](store::Reader& reader) -> std::string {
    for (Id id : acknowledged) {
      auto rows = reader.query(
          "SELECT 1 FROM visit v JOIN change_log c ON c.position = v.position AND c.record = v.id "
          "JOIN posting p ON p.record = v.id AND p.register = 'visit' WHERE v.id = ?",
          id);
      if (!rows.next()) return fmt::format("acknowledged write {} is lost", id);
    }
    return {};
  });
}

std::string deep_fault(store::Store& store) {
  const auto verified = store.verify().value();
  if (!verified.problems.empty()) return describe(verified.problems.front());
  return store.read([](store::Reader& reader) -> std::string {
    if (number(reader,
               "SELECT count(*) FROM (SELECT posting FROM posting_line GROUP BY posting "
               "HAVING sum(debit) <> sum(credit) OR count(*) <> 2)") != 0)
      return "a posting does not balance";
    if (number(reader, "SELECT count(*) FROM posting_line WHERE posting NOT IN (SELECT id FROM posting)") != 0)
      return "a line has no posting";
    if (number(reader, "SELECT max(voucher_number) - count(*) FROM posting") != 0) return "vouchers have a gap";
    const std::int64_t visits = number(reader, "SELECT count(*) FROM visit");
    // Each posting has an entry of its own beside its record's.
    if (visits != number(reader, "SELECT count(*) FROM posting") || 2 * visits != reader.position())
      return "rows, postings and log entries are not as many";
    return {};
  });
}

int run(int kills) {
  const tests::TestDatabase database("sqlite");
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> life_us(0, life_ms_max * 1000);
  fmt::print("{} kills, seed {}\n", kills, seed);
  std::size_t acknowledged_total = 0;
  for (int round = 1; round <= kills; ++round) {
    const auto acknowledged =
        acknowledged_before_kill(database.url(), std::chrono::milliseconds(life_us(random) / 1000));
    acknowledged_total += acknowledged.size();
    const auto store = open(database.url());
    std::string found = fault(*store, acknowledged);
    if (found.empty() && (round % full_check_every == 0 || round == kills)) found = deep_fault(*store);
    if (!found.empty()) {
      fmt::print("after kill {}: {}\n", round, found);
      return 1;
    }
    if (round % full_check_every == 0)
      fmt::print("{} kills, {} acknowledged writes, all there\n", round, acknowledged_total);
  }
  fmt::print("crash: {} kills, {} acknowledged writes, none lost; the log verifies; every posting balances\n", kills,
             acknowledged_total);
  return 0;
}

}  // namespace
}  // namespace zhijia

int main(int count, char** arguments) {
  return zhijia::run(count > 1 ? std::stoi(arguments[1]) : zhijia::kills_default);
}
