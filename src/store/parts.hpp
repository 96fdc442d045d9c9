#pragma once

#include <functional>
#include <mutex>

#include "writer.hpp"

namespace zhijia::store {

/// What a Store owns. The writer goes first when it closes, while all that it uses still stands.
struct Store::Parts {
  Database database = Database::sqlite;
  const Clock* clock = nullptr;
  Options options;
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  std::function<std::unique_ptr<Connection>()> connect;
  std::mutex readers_mutex;
  std::vector<std::unique_ptr<Connection>> idle_readers;
  std::unique_ptr<Writer> writer;
};

}  // namespace zhijia::store
