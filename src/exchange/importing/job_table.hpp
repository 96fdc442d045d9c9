#pragma once

#include <boost/json.hpp>

#include "exchange/import_jobs.hpp"

/// Import jobs as the database keeps them.
namespace zhijia::exchange {

std::string_view name_of(SheetColumn::By by);

void insert_job(store::Transaction& transaction, const ImportJob& job, const std::string& source);
std::optional<ImportJob> load_job(store::Reader& reader, Id id);
std::vector<ImportJob> load_jobs(store::Reader& reader, Id user, const std::string& register_name);
/// Where the job's user asked from: for the change log.
std::string source_of(store::Reader& reader, Id id);

/// All but who, what file and when made. False, and nothing written, when the job is in another state than `from`.
bool update_job(store::Transaction& transaction, const ImportJob& job, JobState from);

/// What was chosen for a workbook with these headers, by place of the column.
std::vector<Choice> remembered(store::Reader& reader, const std::string& register_name, const std::string& fingerprint);
void remember(store::Transaction& transaction, const std::string& register_name, const Mapping& mapping, Id user);

}  // namespace zhijia::exchange
