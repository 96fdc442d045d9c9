#include "http/site.hpp"

#include "answers.hpp"
#include "api/api.hpp"
#include "api/money.hpp"
#include "api/once.hpp"
#include "api/relief.hpp"
#include "api/views.hpp"
#include "gate.hpp"
#include "pages/page.hpp"
#include "rates.hpp"
#include "web/web.hpp"

namespace zhijia::http {

namespace {

/// Every file that a request brings is shown to the scanner, whatever its address makes of it.
FileCheck scanned_by(const registers::VirusScanner& scanner) {
  return [&scanner](const Request& request) -> std::optional<Response> {
    auto scanned = request.upload ? scanner.scan_file(request.upload->path) : scanner.scan(request.body);
    if (scanned) return std::nullopt;
    for (Problem& problem : scanned.error()) {
      problem.place.file = request.parameter("name");
      problem.place.field = request["field"];
    }
    return refusal(scanned.error());
  };
}

std::vector<store::TableSchema> site_schemas() {
  std::vector<store::TableSchema> schemas = exchange::ImportJobs::schemas();
  schemas.push_back(idempotency_schema());
  schemas.push_back(view_schema());
  for (auto& schema : relief::RecheckJobs::schemas()) schemas.push_back(std::move(schema));
  return schemas;
}

}  // namespace

Result<void> migrate_site(store::Store& store, const access::Vault& vault) {
  if (auto migrated = store.migrate(site_schemas()); !migrated) return migrated;
  return seal_views(store, vault);
}

std::vector<access::SealedColumn> sealed_site_columns() { return {sealed_view_column()}; }

Router routes(const Services& services) {
  Router router;
  if (services.users) router.guard(with_rates(gate_of(*services.users), services.costly_a_minute));
  if (services.scanner) router.check_files(scanned_by(*services.scanner));
  router.add("GET", "/healthz", [](const Request&) { return Response{.body = R"({"status":"ok"})"}; });
  add_catalogue(router, services);
  add_session(router, services);
  add_sign_on(router, services);
  add_accounts(router, services);
  add_records(router, services);
  add_writing(router, services);
  add_workers(router, services);
  add_self(router, services);
  add_openings(router, services);
  add_quizzes(router, services);
  add_publicity(router, services);
  add_work(router, services);
  add_views(router, services);
  add_attachments(router, services);
  add_imports(router, services);
  add_exports(router, services);
  add_figures(router, services);
  add_doubles(router, services);
  add_groups(router, services);
  add_search(router, services);
  add_relief(router, services);
  add_money(router, services);
  add_models(router, services);
  add_batches(router, services);
  add_reconciliation(router, services);
  add_description(router, services);
  add_pages(router, services);
  add_sign_in_pages(router, services);
  add_register_pages(router, services);
  add_web(router);
  return router;
}

}  // namespace zhijia::http
