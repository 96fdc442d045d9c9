#pragma once

#include "exchange/import_jobs.hpp"
#include "http/router.hpp"
#include "http/sign_on.hpp"
#include "registers/engine.hpp"
#include "registers/virus_scanner.hpp"
#include "relief/recheck_jobs.hpp"
#include "store/files.hpp"
#include "store/store.hpp"

namespace zhijia::http {

/// What the pages and the interface speak for. All of it must outlive the router, and may be used from many threads.
struct Services {
  store::Store& store;
  const registers::Registers& registers;
  int year = 0;                    ///< the review that is shown when no year is asked for
  access::Users* users = nullptr;  ///< null, or without any account: all may be read by anyone, and nothing changed
  const store::Files* files = nullptr;  ///< of attachments; null: none are taken or given
  int costly_a_minute = 300;            ///< requests of an account for what costs much; see with_rates()
  SignOn sign_on = {};                  ///< where people may sign in besides here
  const Clock& clock = system_clock();
  exchange::ImportJobs* imports = nullptr;           ///< null: nothing is imported over the interface
  relief::RecheckJobs* rechecks = nullptr;           ///< null: no re-check is written over the interface
  const registers::VirusScanner* scanner = nullptr;  ///< null: files are not scanned
};

/// Makes the tables that the interface keeps for itself, and seals what an earlier version kept in clear there; to be
/// done before routes() with users.
Result<void> migrate_site(store::Store& store, const access::Vault& vault);

/// What is sealed in them.
std::vector<access::SealedColumn> sealed_site_columns();

/// The JSON interface below /api/v1 (described at /api/openapi.json), the console and phone pages that web/ was built
/// into, and below /plain pages that need no script: the review, its figures, the records behind them. Secrets are
/// masked, but for who asks for one with a reason.
Router routes(const Services& services);

}  // namespace zhijia::http
