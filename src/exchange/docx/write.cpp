#include <zip.h>

#include <memory>

#include "docx/parts.hpp"

namespace zhijia::exchange {

namespace {

/// Date and time of an entry as MS-DOS wrote them: local time, two seconds fine, from 1980 on.
std::pair<std::uint16_t, std::uint16_t> dos_time(Moment moment) {
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const Date date{day};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment - day).count();
  const int years = std::max(0, date.year() - 1980);
  return {static_cast<std::uint16_t>((seconds / 3600) << 11 | (seconds / 60 % 60) << 5 | seconds % 60 / 2),
          static_cast<std::uint16_t>(years << 9 | static_cast<int>(date.month()) << 5 |
                                     static_cast<int>(date.day_of_month()))};
}

}  // namespace

Result<void> write_docx(const std::filesystem::path& file, const Document& document) {
  const auto refused = [&](const std::string& reason) {
    return fail("document.write", "文档不能写入，请检查文件夹与磁盘空间：" + reason,
                "The document cannot be written, check its folder and the disk: " + reason,
                {.file = file.string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  };
  const auto parts = docx_parts(document);
  int error = 0;
  std::unique_ptr<zip_t, decltype(&zip_discard)> archive(zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error),
                                                         &zip_discard);
  if (!archive) {
    zip_error_t described;
    zip_error_init_with_code(&described, error);
    const std::string reason = zip_error_strerror(&described);
    zip_error_fini(&described);
    return refused(reason);
  }
  const auto [time, date] = dos_time(document.made_at);
  for (const auto& [name, xml] : parts) {
    zip_source_t* source = zip_source_buffer(archive.get(), xml.data(), xml.size(), 0);
    const zip_int64_t entry = source ? zip_file_add(archive.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (entry < 0) {
      zip_source_free(source);
      return refused(zip_strerror(archive.get()));
    }
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(entry), time, date, 0);
  }
  if (zip_close(archive.get()) != 0) return refused(zip_strerror(archive.get()));
  (void)archive.release();  // closing it freed it
  return {};
}

}  // namespace zhijia::exchange
