#pragma once

#include <map>
#include <string>

namespace zhijia::http {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Sends the bytes to 127.0.0.1 and reads one answer; status 0 when the server closed without one.
Answer exchange_raw(unsigned short port, const std::string& bytes, bool is_head = false);

/// GET with an ordinary Host.
Answer get(unsigned short port, const std::string& target);

}  // namespace zhijia::http
