#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "http/site.hpp"
#include "server/target.hpp"
#include "support/database.hpp"
#include "support/source.hpp"

namespace zhijia::http {

/// The project's own packs over an empty database of either kind; nothing is open where the kind is missing.
class SmallCity : public testing::Test {
 protected:
  explicit SmallCity(const std::string& kind = "sqlite")
      : database_(kind), vault_(access::Vault::from_file(folder_.path / "vault").value()) {
    if (!database_.missing().empty()) return;
    store_ = store::Store::open(database_.url(), clock_, {.durable = false}).value();
    registers_ = registers::Registers::open(*store_, registers::load_packs(tests::source_folder() / "packs").value(),
                                            vault_, clock_)
                     .value();
    EXPECT_TRUE(migrate_site(*store_, vault_));
  }

  Id create(const std::string& name, const registers::Cells& cells) {
    const auto made = store_->write([&](store::Transaction& transaction) {
      return registers_->create(transaction, *registers_->catalogue().find_register(name), cells,
                                {.id = "test", .source = "test", .roles = {}});
    });
    if (!made)
      for (const Problem& problem : made.error()) ADD_FAILURE() << describe(problem);
    return made ? made->id : 0;
  }

  /// A request as a browser makes it: a body as JSON, or a file that is brought.
  Request request_of(const std::string& method, const std::string& target, const boost::json::value& body = nullptr,
                     const std::string* upload = nullptr) const {
    Request request{.method = method};
    EXPECT_TRUE(read_target(target, request)) << target;
    if (!body.is_null()) {
      request.headers["content-type"] = "application/json";
      request.body = boost::json::serialize(body);
    }
    if (upload) {
      auto file = std::make_shared<Upload>();
      file->path = folder_.path / "upload";
      std::ofstream(file->path, std::ios::binary) << *upload;
      request.upload = file;
    }
    return request;
  }

  const tests::TestDatabase database_;
  const tests::TemporaryFolder& folder_ = database_.folder;
  FixedClock clock_{Date::of(2021, 1, 10)};
  access::Vault vault_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<registers::Registers> registers_;
  store::Files files_{folder_.path / "files"};
};

}  // namespace zhijia::http
