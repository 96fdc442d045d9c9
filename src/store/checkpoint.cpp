#include "checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <optional>

#include "base/text.hpp"
#include "hasher.hpp"

namespace zhijia::store {

namespace {

constexpr std::string_view signature_mark = "\u2014 ";  // the signed note's em dash and blank
constexpr std::size_t hint_bytes = 4, signature_bytes = 64;
constexpr char ed25519_mark = 1;  // C2SP signed-note's number for Ed25519

struct CloseFile {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

std::string to_base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) < 0)
    return std::nullopt;
  // OpenSSL counts the padding as zero bytes.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(bytes.size() - padding);
  // Only one spelling of the same bytes is taken.
  return to_base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

std::string signed_text(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, to_base64(view(checkpoint.root)));
}

std::unexpected<Problems> key_problem(const std::filesystem::path& file, std::string_view zh, std::string_view en) {
  Place place;
  place.file = file.string();
  return fail("store.key", zh, en, std::move(place));
}

std::unexpected<Problems> no_checkpoint() {
  return fail("store.checkpoint", "这不是检查点文件：应有来源、条数、根散列和签名各一行",
              "this is no checkpoint: it needs a line each for origin, size, root and signature");
}

}  // namespace

std::string Checkpoint::note() const {
  return fmt::format("{}\n{}{} {}\n", signed_text(*this), signature_mark, origin, to_base64(signature));
}

Result<Checkpoint> Checkpoint::parse(std::string_view note) {
  const auto lines = split(note, '\n');
  if (lines.size() < 5 || !lines[3].empty() || lines[0].empty()) return no_checkpoint();
  Checkpoint checkpoint;
  checkpoint.origin = lines[0];
  const auto [end, error] = std::from_chars(lines[1].begin(), lines[1].end(), checkpoint.size);
  const auto root = from_base64(lines[2]);
  const std::string before = fmt::format("{}{} ", signature_mark, checkpoint.origin);
  if (error != std::errc{} || end != lines[1].end() || checkpoint.size < 0 || !root ||
      root->size() != checkpoint.root.size() || !lines[4].starts_with(before))
    return no_checkpoint();
  const auto signature = from_base64(lines[4].substr(before.size()));
  if (!signature || signature->size() != hint_bytes + signature_bytes) return no_checkpoint();
  checkpoint.root = hash_from(*root);
  checkpoint.signature = *signature;
  return checkpoint;
}

Result<SigningKey> SigningKey::load_or_make(const std::filesystem::path& file) {
  if (file.empty())
    return key_problem(file, "没有指定检查点签名密钥文件，请在配置中写明",
                       "no key file for checkpoints is configured; name one");
  if (!std::filesystem::exists(file)) {
    const SigningKey made(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    const File out(descriptor < 0 ? nullptr : fdopen(descriptor, "w"));
    if (!made.key_ || !out ||
        PEM_write_PrivateKey(out.get(), made.key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
      return key_problem(file, "无法写入检查点签名密钥文件，请检查目录权限",
                         "the key file for checkpoints cannot be written; check the folder's permissions");
  }
  const File in(fopen(file.c_str(), "r"));
  EVP_PKEY* key = in ? PEM_read_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr;
  SigningKey loaded(key);
  if (!key || EVP_PKEY_is_a(key, "ED25519") != 1)
    return key_problem(file, "检查点签名密钥文件读不出 Ed25519 私钥（PEM）",
                       "the key file for checkpoints holds no Ed25519 private key (PEM)");
  return loaded;
}

std::string SigningKey::public_bytes() const {
  std::string bytes(32, '\0');
  std::size_t length = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length) != 1)
    throw std::runtime_error("OpenSSL could not give the public key");
  return bytes;
}

std::string SigningKey::hint(std::string_view origin) const {
  std::string bytes = fmt::format("{}\n{}{}", origin, ed25519_mark, public_bytes());
  unsigned char digest[EVP_MAX_MD_SIZE];
  if (EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL could not hash");
  return {reinterpret_cast<const char*>(digest), hint_bytes};
}

std::string SigningKey::verifier_key(std::string_view origin) const {
  std::string hex;
  for (unsigned char byte : hint(origin)) hex += fmt::format("{:02x}", byte);
  return fmt::format("{}+{}+{}", origin, hex, to_base64(ed25519_mark + public_bytes()));
}

void SigningKey::sign(Checkpoint& checkpoint) const {
  const std::string text = signed_text(checkpoint);
  std::string signature(signature_bytes, '\0');
  std::size_t length = signature.size();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    throw std::runtime_error("OpenSSL could not sign");
  checkpoint.signature = hint(checkpoint.origin) + signature;
}

bool SigningKey::has_signed(const Checkpoint& checkpoint) const {
  if (checkpoint.signature.size() != hint_bytes + signature_bytes ||
      !checkpoint.signature.starts_with(hint(checkpoint.origin)))
    return false;
  const std::string text = signed_text(checkpoint);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(),
                          reinterpret_cast<const unsigned char*>(checkpoint.signature.data()) + hint_bytes,
                          signature_bytes, reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

}  // namespace zhijia::store
