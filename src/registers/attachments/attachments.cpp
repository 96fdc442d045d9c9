#include "registers/attachments.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "records/cell.hpp"
#include "records/parts.hpp"

namespace zhijia::registers {

namespace json = boost::json;

namespace {

constexpr std::size_t name_characters_max = 150;

Stored stored(const std::vector<Attachment>& attachments) {
  if (attachments.empty()) return {};
  json::array list;
  for (const Attachment& each : attachments) {
    json::object described{{"id", std::to_string(each.id)},
                           {"name", each.name},
                           {"type", each.type},
                           {"size", each.size},
                           {"hash", each.hash}};
    if (!each.key.empty()) described.emplace("key", each.key);
    list.push_back(std::move(described));
  }
  return json::serialize(list);
}

/// The last part of a path, of one line, with the ending of what the file is: "..\invoice.exe" that is a picture
/// becomes "invoice.exe.jpg".
std::string safe_name(std::string_view given, const FileType& type) {
  std::string name = tidy(is_utf8(given) ? given : std::string_view());
  if (const auto slash = name.find_last_of("/\\"); slash != std::string::npos) name.erase(0, slash + 1);
  std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"'; });
  if (name.empty() || name.starts_with('.') || code_points(name) > name_characters_max) name = "附件";
  std::string small = name;
  std::ranges::transform(small, small.begin(), [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
  const std::string ending = "." + std::string(type.ending);
  if (small.ends_with(ending) || (type.ending == "jpg" && small.ends_with(".jpeg"))) return name;
  return name + ending;
}

}  // namespace

std::vector<Attachment> attachments_of(const Stored& value) {
  std::vector<Attachment> attachments;
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return attachments;
  const json::value list = json::parse(*text);
  for (const json::value& each : list.as_array()) {
    const json::object& described = each.as_object();
    const json::value* key = described.if_contains("key");
    attachments.push_back({.id = std::stoll(std::string(described.at("id").as_string())),
                           .name = std::string(described.at("name").as_string()),
                           .type = std::string(described.at("type").as_string()),
                           .size = described.at("size").as_int64(),
                           .hash = std::string(described.at("hash").as_string()),
                           .key = key ? std::string(key->as_string()) : std::string()});
  }
  return attachments;
}

Result<Attachment> take_in(const Registers& registers, const store::Files& files, const Field& field,
                           std::string_view file_name, std::string_view bytes) {
  const auto refuse = [&](std::string_view code, std::string_view zh, std::string_view en) {
    return std::unexpected(Problems{problem_at(field, code, zh, en)});
  };
  if (bytes.empty()) return refuse("attachment.empty", "文件是空的。", "The file is empty.");
  if (bytes.size() > attachment_bytes_max)
    return refuse("attachment.size", "文件超过 20 MB，请压缩或分开上传。",
                  "The file is larger than 20 MB; make it smaller or split it.");
  const auto type = file_type(bytes);
  if (!type)
    return refuse(
        "attachment.type", "只接受 JPEG、PNG、WebP 图片和 PDF、OFD、Word（docx）、Excel（xlsx）文件，不含宏。",
        "Only JPEG, PNG and WebP pictures and PDF, OFD, Word (docx) and Excel (xlsx) files without macros are "
        "taken.");
  Attachment attachment{.id = registers.ids().next(),
                        .name = safe_name(file_name, *type),
                        .type = std::string(type->media_type),
                        .size = static_cast<std::int64_t>(bytes.size())};
  if (is_sealed(field)) {
    access::SealedFile sealed = registers.vault().seal_file(bytes);
    attachment.hash = files.put(sealed.bytes);
    attachment.key = std::move(sealed.key);
  } else {
    attachment.hash = files.put(bytes);
  }
  return attachment;
}

Result<std::string> bytes_of(const Registers& registers, const store::Files& files, const Attachment& attachment) {
  auto bytes = files.get(attachment.hash);
  if (!bytes)
    return fail("attachment.damaged", "文件已损坏或丢失，请从备份恢复：" + attachment.hash,
                "The file is damaged or gone; bring it back from a backup: " + attachment.hash);
  if (attachment.key.empty()) return std::move(*bytes);
  return registers.vault().open_file(*bytes, attachment.key);
}

Result<Record> Registers::set_attachments(store::Transaction& transaction, const Register& of, Id id,
                                          const Field& field, const std::vector<Attachment>& attachments,
                                          std::string_view kind, const Actor& actor) const {
  Batch batch(*this, transaction, of, actor);
  Batch::Parts& parts = *batch.parts_;
  const auto before = parts.table.load(transaction, id);
  if (!before)
    return fail("record.not_found", "没有这条记录，可能已被删除。",
                "There is no such record; it may have been removed.");
  Record record = *before;
  record.values[of.place(field)] = stored(attachments);
  parts.compute(record);
  if (auto written = parts.store(record, &*before, {}, std::string(kind)); !written)
    return std::unexpected(std::move(written.error()));
  return record;
}

Result<Record> Registers::attach(store::Transaction& transaction, const Register& of, Id id, const Field& field,
                                 const Attachment& attachment, const Actor& actor) const {
  const auto record = read(transaction, of, id);
  if (!record) return record;
  auto attachments = attachments_of(record->values[of.place(field)]);
  if (attachments.size() >= attachments_max)
    return std::unexpected(Problems{problem_at(field, "attachment.count", "附件太多（最多 50 个），请先移除旧的。",
                                               "It has 50 files, as many as there may be; remove some first.")});
  attachments.push_back(attachment);
  return set_attachments(transaction, of, id, field, attachments, "attach", actor);
}

Result<Record> Registers::detach(store::Transaction& transaction, const Register& of, Id id, const Field& field,
                                 Id attachment, const Actor& actor) const {
  const auto record = read(transaction, of, id);
  if (!record) return record;
  auto attachments = attachments_of(record->values[of.place(field)]);
  if (std::erase_if(attachments, [&](const Attachment& each) { return each.id == attachment; }) == 0)
    return fail("attachment.not_found", "没有这个附件，可能已被移除。",
                "There is no such file; it may have been removed.");
  return set_attachments(transaction, of, id, field, attachments, "detach", actor);
}

}  // namespace zhijia::registers
