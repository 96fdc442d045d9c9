#pragma once

#include "exchange/sheet_writer.hpp"
#include "http/site.hpp"
#include "registers/attachments.hpp"

/// Files of records as requests bring and answers carry them, for staff's addresses and for workers' own.
namespace zhijia::http {

/// "%E5%8F%91%E7%A5%A8.pdf" in X-File-Name, in clear: headers carry no Chinese. Empty when absent or malformed.
std::string asked_file_name(const Request& request);

/// The request as `once` keeps it: its body is the body's hash, for megabytes are not kept for the sake of a
/// repetition.
Request told_by_hash(const Request& request);

/// To be kept, never to be run: whatever a browser thinks it is, it may load nothing and is no page of ours. Problems:
/// attachment.damaged.
Response file_answer(const Services& services, const registers::Attachment& attachment);

/// The file of the list whose id the path names. Problems: attachment.not_found.
Result<registers::Attachment> named_file(const registers::Stored& list, const Request& request);

/// A file that `write` makes at a path, as an attachment of that name.
Response made_file(const std::string& name, const char* type,
                   const std::function<Result<void>(const std::string& path)>& write);

constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// A workbook of one sheet with these rows; the same rows and moment give the same bytes.
Response made_workbook(const std::string& name, std::string_view title,
                       const std::vector<exchange::SheetWriter::Column>& columns, Moment made_at,
                       const std::vector<std::vector<std::string>>& rows);

/// Problem for a path that names no field for files.
Response no_such_file_field();

}  // namespace zhijia::http
