#include "hasher.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "store/statement.hpp"

namespace zhijia::store {

Hasher::Hasher(HashAlgorithm algorithm)
    : digest_(EVP_MD_fetch(nullptr, algorithm == HashAlgorithm::sm3 ? "SM3" : "SHA256", nullptr)),
      context_(EVP_MD_CTX_new()) {
  if (!digest_ || !context_) throw std::runtime_error("OpenSSL lacks the hash of the change log");
}

Hash Hasher::of(std::initializer_list<std::string_view> parts) {
  Hash hash;
  bool done = EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1;
  for (std::string_view part : parts) done = done && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
  if (!done || EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) != 1)
    throw std::runtime_error("OpenSSL could not hash");
  return hash;
}

Hash Hasher::leaf(std::string_view bytes) { return of({std::string_view("\0", 1), bytes}); }
Hash Hasher::node(const Hash& left, const Hash& right) { return of({"\1", view(left), view(right)}); }
Hash Hasher::empty() { return of({}); }

Hash hash_from(std::string_view bytes) {
  Hash hash;
  if (bytes.size() != hash.size()) throw DatabaseError("a stored hash has the wrong length");
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

std::string to_hex(const Hash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : hash) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace zhijia::store
