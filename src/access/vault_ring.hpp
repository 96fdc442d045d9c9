#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cipher.hpp"

/// The data keys of one database.
namespace zhijia::access {

struct RingKey {
  DataKey key;
  std::string made_at, retired_at;
};

struct Ring {
  std::vector<RingKey> keys;  ///< by number; never empty

  const DataKey& latest() const { return keys.back().key; }
  const RingKey* find(int number) const {
    for (const RingKey& each : keys)
      if (each.key.number() == number) return &each;
    return nullptr;
  }
};

struct Vault::Shared {
  store::Store* store = nullptr;  ///< null: one key, kept in a file
  std::optional<DataKey> master;
  std::atomic<std::shared_ptr<const Ring>> ring;
};

/// Problems: vault.wrong_master.
Result<std::shared_ptr<const Ring>> load_ring(store::Reader& reader, const DataKey& master);
void insert_key(store::Transaction& transaction, const DataKey& master, int number, Suite suite);

}  // namespace zhijia::access
