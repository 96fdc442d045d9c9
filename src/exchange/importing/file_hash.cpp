#include <openssl/evp.h>

#include <fstream>
#include <memory>
#include <stdexcept>

#include "exchange/import.hpp"

namespace zhijia::exchange {

Result<std::string> file_hash(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !std::filesystem::is_regular_file(file))
    return fail("sheet.open", "找不到这个文件；请核对文件名", "there is no such file; check its name",
                {.file = file.filename().string(), .sheet = {}, .cell = {}, .record = {}, .field = {}});
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  bool is_well = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::string piece(1 << 18, '\0');
  while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0)
    is_well = is_well && EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(stream.gcount())) == 1;
  unsigned char hash[32] = {};
  if (!is_well || EVP_DigestFinal_ex(context.get(), hash, nullptr) != 1)
    throw std::runtime_error("OpenSSL could not hash");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : hash) (text += digits[byte >> 4]) += digits[byte & 15];
  return text;
}

}  // namespace zhijia::exchange
