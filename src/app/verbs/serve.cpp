#include <fmt/format.h>

#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/own_log.hpp"
#include "base/pinyin.hpp"
#include "http/server.hpp"
#include "http/site.hpp"
#include "json.hpp"
#include "registers/attachments.hpp"
#include "registers/schedule.hpp"
#include "store/rights.hpp"
#include "vault.hpp"
#include "verbs.hpp"

namespace zhijia::app {

namespace {

/// Waits for Ctrl-C or a service manager's SIGTERM. To be blocked before threads begin, which inherit it.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// The change log's head, signed, as a line of the program's own log: once it is with another machine's syslog, nobody
/// can write the log anew unseen (docs/audit.md). Nothing when it stands where it stood.
class Checkpoints {
 public:
  /// Problems: those of store::Store::checkpoint.
  Result<void> send(store::Store& store) {
    if (store.read([](store::Reader& reader) { return reader.position(); }) == size_) return {};
    const auto checkpoint = store.checkpoint();
    if (!checkpoint) return std::unexpected(checkpoint.error());
    size_ = checkpoint->size;
    log_line(Severity::notice, "checkpoint " + json_text(checkpoint->note()));
    return {};
  }

 private:
  std::int64_t size_ = -1;
};

/// Runs the schedule at once and every hour, until it is destroyed; sends checkpoints, if there are any to be sent.
class Schedule {
 public:
  Schedule(const OpenSite& site, Checkpoints* checkpoints)
      : checkpoints_(checkpoints), thread_([this, &site](std::stop_token stop) { run(site, stop); }) {}

 private:
  void run(const OpenSite& site, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        if (const auto ticked = registers::tick(*site.store, *site.registers); !ticked)
          report(ticked.error());
        else
          report(ticked->refused);
        if (checkpoints_)
          if (const auto sent = checkpoints_->send(*site.store); !sent) report(sent.error());
      } catch (const std::exception& fault) {
        log_line(Severity::error,
                 std::string("定时任务故障 / fault of the schedule: ") + fault.what());  // the next hour may do better
      }
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, std::chrono::hours(1), [] { return false; });
    }
  }

  static void report(const Problems& problems) {
    for (const Problem& problem : problems) log_line(Severity::warning, describe(problem));
  }

  Checkpoints* checkpoints_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // last: it uses the others
};
/// Papers of a record; everything else is small.
std::size_t file_bytes_max(std::string_view target) {
  return target.find("/attachments/") == std::string_view::npos ? 0 : registers::attachment_bytes_max;
}

http::SignOn sign_on_of(const ServeOptions& options) {
  http::SignOn sign_on = options.sign_on;
  std::ifstream secret(options.sign_on_secret_file);
  std::getline(secret, sign_on.client_secret);
  sign_on.address = options.front.is_local() ? "http://localhost:" + std::to_string(options.port)
                                             : "https://" + options.front.names.front();
  if (options.front.has_tls() && options.port != 443) sign_on.address += ":" + std::to_string(options.port);
  return sign_on;
}

}  // namespace

Result<void> serve(const OpenSite& site, const ServeOptions& options) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (!options.allows_superuser)
    if (auto checked = site.store->read([](store::Reader& reader) { return store::check_rights(reader); }); !checked)
      return checked;
  if (auto migrated = http::migrate_site(*site.store, site.vault); !migrated) return migrated;
  Checkpoints checkpoints;
  if (!options.syslog.empty()) {
    if (auto listens = send_log_to(options.syslog); !listens) return listens;
    if (auto sent = checkpoints.send(*site.store); !sent) return sent;
  }
  access::Policy policy = options.policy;
  policy.breached_passwords = site.breached_passwords;
  access::Users users(*site.store, site.vault, system_clock(), policy);
  const std::filesystem::path uploads =
      options.uploads.empty() ? std::filesystem::path(site.files.folder().string() + ".uploads") : options.uploads;
  exchange::ImportJobs imports(*site.store, *site.registers, users, system_clock(), uploads);
  http::Services services{*site.store, *site.registers,         options.year,       &users,
                          &site.files, options.costly_a_minute, sign_on_of(options)};
  services.imports = &imports;
  std::optional<registers::VirusScanner> scanner;
  if (!options.virus_scanner.empty()) {
    auto answering = registers::VirusScanner::at(options.virus_scanner);
    if (!answering) return std::unexpected(std::move(answering.error()));
    services.scanner = &scanner.emplace(std::move(*answering));
  }
  relief::RecheckJobs rechecks(*site.store, *site.registers, system_clock());
  services.rechecks = &rechecks;
  const http::Router router = http::routes(services);
  if (!options.front.is_local() && !users.any())
    return fail("serve.no_accounts", "对外提供服务前须先建立账号：zhijia user add。",
                "Make accounts before others are served: zhijia user add.");
  const auto server = http::Server::start(
      {.host = options.host, .port = options.port},
      [&](const http::Request& request) { return router.answer(request); },
      {.file_bytes_max = &file_bytes_max, .upload_folder = uploads}, options.front,
      [&](http::Request& head) { return router.admit(head); });
  if (!server) return std::unexpected(server.error());
  const Schedule schedule(site, options.syslog.empty() ? nullptr : &checkpoints);
  fmt::print(stderr, "{}://{}:{}/  (Ctrl-C 停止 / stops)\n", options.front.has_tls() ? "https" : "http", options.host,
             (*server)->port());
  // A rotation that was cut off is gone on with, beside all else.
  std::jthread resealing;
  if (site.vault.is_rotating())
    resealing = std::jthread([&](const std::stop_token& stop) {
      try {
        site.vault.reseal(sealed_columns(site), "system", stop);
      } catch (const std::exception& fault) {
        log_line(Severity::error, std::string("vault: ") + fault.what());  // the next start goes on with it
      }
    });
  // Reading all characters takes a second or two of work: before somebody searches, not while he waits.
  const std::jthread readings([] { pinyin_initials("职"); });
  int signal = 0;
  sigwait(&signals, &signal);
  return {};
}

}  // namespace zhijia::app
