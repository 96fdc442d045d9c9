#include "registers/virus_scanner.hpp"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "support/clamd.hpp"

namespace zhijia::registers {
namespace {

using testing::HasSubstr;

std::string code_of(const auto& result) { return result ? "" : result.error().front().code; }

class Scanner : public testing::Test {
 protected:
  static void SetUpTestSuite() { clamd_ = std::make_unique<tests::Clamd>(); }
  static void TearDownTestSuite() { clamd_.reset(); }
  void SetUp() override {
    if (!clamd_->missing().empty()) GTEST_SKIP() << clamd_->missing();
  }
  static std::unique_ptr<tests::Clamd> clamd_;
};
std::unique_ptr<tests::Clamd> Scanner::clamd_;

TEST_F(Scanner, tells_what_it_found_by_a_socket_and_by_a_port) {
  for (const std::string& address : {clamd_->socket(), clamd_->port()}) {
    const VirusScanner scanner = VirusScanner::at(address).value();
    EXPECT_EQ(code_of(scanner.scan("%PDF-1.4 a page")), "") << address;
    EXPECT_EQ(code_of(scanner.scan("")), "");
    const auto found = scanner.scan("%PDF-1.4 " + std::string(tests::Clamd::virus) + " and more");
    ASSERT_EQ(code_of(found), "attachment.infected") << address;
    EXPECT_THAT(found.error().front().message.zh, HasSubstr("Zhijia.Planted"));
    EXPECT_THAT(found.error().front().message.en, HasSubstr("Zhijia.Planted"));
  }
}

TEST_F(Scanner, finds_what_lies_across_pieces) {
  const VirusScanner scanner = VirusScanner::at(clamd_->socket()).value();
  std::string file(65'536 - 10, 'x');
  file += tests::Clamd::virus;
  EXPECT_EQ(code_of(scanner.scan(file)), "attachment.infected");
  file.assign(300'000, 'x');
  EXPECT_EQ(code_of(scanner.scan(file)), "");
}

TEST_F(Scanner, what_is_too_large_for_clamd_counts_as_not_scanned) {
  EXPECT_EQ(code_of(VirusScanner::at(clamd_->socket()).value().scan(std::string(3'000'000, 'x'))),
            "attachment.not_scanned");
}

TEST_F(Scanner, lets_nothing_pass_once_clamd_has_gone) {
  auto passing = std::make_unique<tests::Clamd>();
  const VirusScanner scanner = VirusScanner::at(passing->socket()).value();
  EXPECT_EQ(code_of(scanner.scan("a page")), "");
  passing.reset();
  EXPECT_EQ(code_of(scanner.scan("a page")), "attachment.not_scanned");
}

/// Something that takes connections and says nothing, as a clamd that loads its signatures.
TEST(Scanners, one_that_does_not_answer_in_time_has_not_scanned) {
  const tests::TemporaryFolder folder;
  const std::string path = (folder.path / "silent").string();
  const int listening = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listening, 5), 0);
  EXPECT_EQ(code_of(VirusScanner::at(path, std::chrono::seconds(1))), "attachment.not_scanned");
  close(listening);
}

struct Address {
  const char *name, *address, *problem;
  friend void PrintTo(const Address& each, std::ostream* out) { *out << each.name; }
};

const Address addresses[] = {{"another_machine", "10.0.0.8:3310", "scanner.address"},
                             {"a_name", "scanner.example:3310", "scanner.address"},
                             {"no_port", "127.0.0.1", "scanner.address"},
                             {"a_port_that_is_none", "127.0.0.1:99999", "scanner.address"},
                             {"nothing", "", "scanner.address"},
                             {"nobody_at_home", "/nowhere/clamd.ctl", "attachment.not_scanned"},
                             {"nobody_at_the_port", "localhost:1", "attachment.not_scanned"},
                             {"nobody_at_the_port_of_version_6", "[::1]:1", "attachment.not_scanned"}};

class ScannerAddress : public testing::TestWithParam<Address> {};
TEST_P(ScannerAddress, is_told_when_it_is_wrong) {
  EXPECT_EQ(code_of(VirusScanner::at(GetParam().address)), GetParam().problem);
}
INSTANTIATE_TEST_SUITE_P(Registers, ScannerAddress, testing::ValuesIn(addresses),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace zhijia::registers
