#include "api/files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/url.hpp>
#include <fstream>

#include "access/digest.hpp"
#include "answers.hpp"
#include "asked.hpp"

namespace zhijia::http {

using registers::Attachment;

namespace {

/// RFC 8187: the name in UTF-8, every byte that is not plain in per cent.
std::string encoded_name(std::string_view name) {
  std::string text;
  for (const unsigned char c : name) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    text += is_plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return text;
}

}  // namespace

std::string asked_file_name(const Request& request) {
  const auto name = boost::urls::make_pct_string_view(request.header("x-file-name"));
  if (!name) return {};
  std::string decoded;
  boost::urls::pct_string_view(*name).decode({}, boost::urls::string_token::assign_to(decoded));
  return decoded;
}

Request told_by_hash(const Request& request) {
  Request brief = request;
  brief.body = access::sha256_hex(request.body);
  return brief;
}

Response file_answer(const Services& services, const Attachment& attachment) {
  auto bytes = registers::bytes_of(services.registers, *services.files, attachment);
  if (!bytes) return refusal(bytes.error());
  return {.type = attachment.type,
          .body = std::move(*bytes),
          .headers = {{"Content-Disposition", "attachment; filename*=UTF-8''" + encoded_name(attachment.name)},
                      {"Content-Security-Policy", "sandbox; default-src 'none'"}}};
}

Result<Attachment> named_file(const registers::Stored& list, const Request& request) {
  const auto all = registers::attachments_of(list);
  const auto found = std::ranges::find(all, parse_id(request["attachment"]), &Attachment::id);
  if (found == all.end())
    return fail("attachment.not_found", "没有这个附件，可能已被移除。",
                "There is no such file; it may have been removed.");
  return *found;
}

Response no_such_file_field() {
  return refusal(404, {{"attachment.not_found",
                        {},
                        {"没有这个附件栏。", "There is no such register, or no such field for files in it."}}});
}

Response made_file(const std::string& name, const char* type,
                   const std::function<Result<void>(const std::string& path)>& write) {
  Upload made;  // removed at the end
  std::string path = (std::filesystem::temp_directory_path() / "made-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) throw std::runtime_error("no temporary file can be made");
  ::close(file);
  made.path = path;
  if (auto written = write(path); !written) return refusal(written.error());
  Response response{.type = type, .headers = {{"Content-Disposition", "attachment; filename=\"" + name + "\""}}};
  std::ifstream stream(path, std::ios::binary);
  response.body.assign(std::istreambuf_iterator<char>(stream), {});
  return response;
}

Response made_workbook(const std::string& name, std::string_view title,
                       const std::vector<exchange::SheetWriter::Column>& columns, Moment made_at,
                       const std::vector<std::vector<std::string>>& rows) {
  return made_file(name, workbook_type, [&](const std::string& path) -> Result<void> {
    auto sheet = exchange::SheetWriter::create(path, title, columns, made_at);
    if (!sheet) return std::unexpected(std::move(sheet.error()));
    for (const auto& row : rows) (*sheet)->add_row(row);
    return (*sheet)->finish();
  });
}

}  // namespace zhijia::http
