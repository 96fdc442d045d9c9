#include <fmt/format.h>

#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/pinyin.hpp"
#include "http/server.hpp"
#include "http/site.hpp"
#include "registers/attachments.hpp"
#include "registers/schedule.hpp"
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

/// Runs the schedule at once and every hour, until it is destroyed.
class Schedule {
 public:
  explicit Schedule(const OpenSite& site) : thread_([this, &site](std::stop_token stop) { run(site, stop); }) {}

 private:
  void run(const OpenSite& site, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        if (const auto ticked = registers::tick(*site.store, *site.registers); !ticked)
          report(ticked.error());
        else
          report(ticked->refused);
      } catch (const std::exception& fault) {
        fmt::print(stderr, "定时任务故障 / fault of the schedule: {}\n", fault.what());  // the next hour may do better
      }
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, std::chrono::hours(1), [] { return false; });
    }
  }

  static void report(const Problems& problems) {
    for (const Problem& problem : problems) fmt::print(stderr, "{}\n", describe(problem));
  }

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
  if (auto migrated = site.store->migrate(http::site_schemas()); !migrated) return migrated;
  access::Users users(*site.store, site.vault, system_clock(), options.policy);
  const std::filesystem::path uploads = options.uploads.empty() ? std::filesystem::path(site.files.folder().string() + ".uploads")
                                                                : options.uploads;
  exchange::ImportJobs imports(*site.store, *site.registers, users, system_clock(), uploads);
  http::Services services{*site.store, *site.registers, options.year, &users, &site.files,
                          options.costly_a_minute, sign_on_of(options)};
  services.imports = &imports;
  relief::RecheckJobs rechecks(*site.store, *site.registers, system_clock());
  services.rechecks = &rechecks;
  const http::Router router = http::routes(services);
  if (!options.front.is_local() && !users.any())
    return fail("serve.no_accounts", "对外提供服务前须先建立账号：zhijia user add。",
                "Make accounts before others are served: zhijia user add.");
  const auto server = http::Server::start({.host = options.host, .port = options.port},
                                          [&](const http::Request& request) { return router.answer(request); },
                                          {.file_bytes_max = &file_bytes_max, .upload_folder = uploads},
                                          options.front, [&](http::Request& head) { return router.admit(head); });
  if (!server) return std::unexpected(server.error());
  const Schedule schedule(site);
  fmt::print(stderr, "{}://{}:{}/  (Ctrl-C 停止 / stops)\n", options.front.has_tls() ? "https" : "http", options.host,
             (*server)->port());
  // A rotation that was cut off is gone on with, beside all else.
  std::jthread resealing;
  if (site.vault.is_rotating())
    resealing = std::jthread([&](const std::stop_token& stop) {
      try {
        site.vault.reseal(sealed_columns(site), "system", stop);
      } catch (const std::exception& fault) {
        fmt::print(stderr, "vault: {}\n", fault.what());  // the next start goes on with it
      }
    });
  // Reading all characters takes a second or two of work: before somebody searches, not while he waits.
  const std::jthread readings([] { pinyin_initials("职"); });
  int signal = 0;
  sigwait(&signals, &signal);
  return {};
}

}  // namespace zhijia::app
