#include "support/client.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace zhijia::http {

Answer exchange_raw(unsigned short port, const std::string& bytes, bool is_head) {
  namespace asio = boost::asio;
  namespace beast = boost::beast;
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  beast::error_code error;
  asio::write(socket, asio::buffer(bytes), error);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(100'000'000);
  parser.skip(is_head);
  beast::http::read(socket, buffer, parser, error);
  Answer answer;
  if (error) return answer;
  answer.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.headers[name] = std::string(field.value());
  }
  answer.body = parser.get().body();
  return answer;
}

Answer get(unsigned short port, const std::string& target) {
  return exchange_raw(port, "GET " + target + " HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n\r\n");
}

}  // namespace zhijia::http
