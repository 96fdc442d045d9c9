#include <fmt/format.h>

#include <csignal>
#include <thread>

#include "base/pinyin.hpp"
#include "http/server.hpp"
#include "http/site.hpp"
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

}  // namespace

Result<void> serve(const OpenSite& site, const ServeOptions& options) {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (auto migrated = site.store->migrate(http::site_schemas()); !migrated) return migrated;
  access::Users users(*site.store, site.vault, system_clock());
  const http::Router router = http::routes({*site.store, *site.registers, options.year, &users});
  const auto server = http::Server::start({.host = options.host, .port = options.port},
                                          [&](const http::Request& request) { return router.answer(request); });
  if (!server) return std::unexpected(server.error());
  fmt::print(stderr, "http://{}:{}/  (Ctrl-C 停止 / stops)\n", options.host, (*server)->port());
  // Reading all characters takes a second or two of work: before somebody searches, not while he waits.
  const std::jthread readings([] { pinyin_initials("职"); });
  int signal = 0;
  sigwait(&signals, &signal);
  return {};
}

}  // namespace zhijia::app
