#pragma once

#include <openssl/evp.h>

#include <memory>
#include <span>
#include <string_view>

#include "store/change_log.hpp"

namespace zhijia::store {

/// The hashes of RFC 9162: a leaf's begins with the byte 0, a node's with 1, so that neither passes for the other.
/// One thread at a time.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  Hash leaf(std::string_view bytes);
  Hash node(const Hash& left, const Hash& right);
  Hash empty();  ///< the root of no leaves
  Hash file(std::string_view bytes) { return of({bytes}); }

 private:
  Hash of(std::initializer_list<std::string_view> parts);
  struct Free {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD, Free> digest_;
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

inline std::string_view view(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }
/// Throws DatabaseError when the bytes are not as many as a hash has.
Hash hash_from(std::string_view bytes);

}  // namespace zhijia::store
