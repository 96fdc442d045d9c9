#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <cstdio>

#include "http/server.hpp"
#include "support/database.hpp"

namespace zhijia::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

/// A certificate that signs itself, for the name union.example, and its key.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  EVP_PKEY* pair = EVP_EC_gen("P-256");
  X509* made = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3'600);
  X509_set_pubkey(made, pair);
  X509_NAME* name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("union.example"), -1, -1,
                             0);
  X509_set_issuer_name(made, name);
  ASSERT_GT(X509_sign(made, pair, EVP_sha256()), 0);
  std::FILE* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, made);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(made);
  EVP_PKEY_free(pair);
}

class Tls : public testing::Test {
 protected:
  Tls() {
    make_certificate(folder_.path / "cert.pem", folder_.path / "key.pem");
    server_ =
        Server::start(
            {.host = "127.0.0.1", .port = 0},
            [](const Request& request) {
              return Response{.body = request.is_secure ? "secure" : "plain",
                              .headers = {{"Set-Cookie", "zhijia_session=x; Path=/"}}};
            },
            {}, {.names = {"union.example"}, .certificate = folder_.path / "cert.pem", .key = folder_.path / "key.pem"})
            .value();
  }

  /// The answer to a GET over TLS of at most this version; nothing when the server would not speak it.
  std::optional<beast::http::response<beast::http::string_body>> ask(const char* host, int version = TLS1_3_VERSION) {
    asio::io_context context;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(tls.native_handle(), version);
    SSL_CTX_set_security_level(tls.native_handle(), 0);
    beast::ssl_stream<beast::tcp_stream> stream(context, tls);
    beast::get_lowest_layer(stream).socket().connect({asio::ip::make_address("127.0.0.1"), server_->port()});
    beast::error_code error;
    stream.handshake(asio::ssl::stream_base::client, error);
    if (error) return std::nullopt;
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, "/", 11);
    request.set("Host", host);
    beast::http::write(stream, request, error);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    beast::http::read(stream, buffer, response, error);
    return response;
  }

  const tests::TemporaryFolder folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(Tls, answers_by_tls_1_2_and_1_3_with_secure_cookies_and_hsts) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto answer = ask("union.example", version);
    ASSERT_TRUE(answer) << version;
    EXPECT_EQ(answer->body(), "secure");
    EXPECT_EQ((*answer)["Set-Cookie"], "__Host-zhijia_session=x; Path=/; Secure");
    EXPECT_TRUE((*answer)["Strict-Transport-Security"].starts_with("max-age=31536000"));
  }
}

TEST_F(Tls, refuses_older_versions) { EXPECT_FALSE(ask("union.example", TLS1_1_VERSION)); }

TEST_F(Tls, refuses_other_names) { EXPECT_EQ(ask("evil.example")->result_int(), 421u); }

}  // namespace
}  // namespace zhijia::http
