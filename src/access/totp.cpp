#include "access/totp.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "password.hpp"

namespace zhijia::access {

std::int64_t totp_step(Moment at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count() / 30;
}

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * (7 - i)));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(), message.size(), digest.data(),
           &size) == nullptr)
    throw std::runtime_error("OpenSSL refused an HMAC");
  const std::size_t offset = digest[size - 1] & 15U;  // RFC 4226, 5.3
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | digest[offset + i];
  return fmt::format("{:06}", (number & 0x7FFFFFFFU) % 1'000'000U);
}

std::optional<std::int64_t> accepted_step(std::string_view secret, std::string_view code, Moment at,
                                          std::int64_t after) {
  const std::int64_t now = totp_step(at);
  for (const std::int64_t step : {now, now - 1, now + 1})
    if (step > after && is_same(totp_code(secret, step), code)) return step;
  return std::nullopt;
}

std::string base32(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char byte : bytes) {
    held = (held << 8U) | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) text += letters[(held >> static_cast<unsigned>(bits - 5)) & 31U];
  }
  if (bits > 0) text += letters[(held << static_cast<unsigned>(5 - bits)) & 31U];
  return text;
}

}  // namespace zhijia::access
