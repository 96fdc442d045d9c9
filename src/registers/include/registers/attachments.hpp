#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registers/engine.hpp"
#include "store/files.hpp"

/// Papers beside a record: scans, photographs, documents.
///
/// A field of type `attachment` holds a list of them. What the record keeps of each is its name, type, size and hash;
/// the bytes lie in store::Files. As a value of the record it has its versions, stands in the change log, and is sealed
/// where the field is secret; the bytes of a secret one are sealed with a key of their own, which the value holds.
namespace zhijia::registers {

struct Attachment {
  Id id = 0;
  std::string name;  ///< as who added it called the file; its ending fits the type
  std::string type;  ///< "image/jpeg" …, as found in the bytes
  std::int64_t size = 0;
  std::string hash;  ///< name in store::Files
  std::string key;   ///< of a secret one; to be shown to nobody
};

/// A scan of a page is some 300 KB, a photograph of a telephone up to 12 MB.
constexpr std::size_t attachment_bytes_max = 20'000'000;
/// In one field of one record.
constexpr std::size_t attachments_max = 50;

struct FileType {
  std::string_view media_type;
  std::string_view ending;
};

/// What the bytes are, by their shape and not by what somebody called them: JPEG, PNG, WebP, PDF, Word, Excel (without
/// macros) or OFD (GB/T 33190). Nothing for anything else, and for what only begins like one.
std::optional<FileType> file_type(std::string_view bytes);

/// Every type that file_type may find.
std::vector<FileType> file_types();

/// The list in a field's value; empty when absent.
std::vector<Attachment> attachments_of(const Stored& value);

/// Puts the bytes among the files; to be done before the transaction that attaches them, for it takes its time. What
/// comes from strangers is shown to a VirusScanner before, for a sealed file is not found out about afterwards.
/// Problems: attachment.empty, attachment.size, attachment.type.
Result<Attachment> take_in(const Registers& registers, const store::Files& files, const Field& field,
                           std::string_view file_name, std::string_view bytes);

/// The bytes in clear. Problems: attachment.damaged (gone from the folder, or altered).
Result<std::string> bytes_of(const Registers& registers, const store::Files& files, const Attachment& attachment);

}  // namespace zhijia::registers
