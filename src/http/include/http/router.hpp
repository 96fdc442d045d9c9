#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace zhijia::http {

/// Answers a request; may be called from many threads at once. What it throws becomes status 500.
using Handler = std::function<Response(const Request&)>;

/// Looks at a request before its handler does; what it answers, if anything, is the answer.
using Gate = std::function<std::optional<Response>(Request&)>;

/// Looks at the file that a request brings, before anything reads or keeps it; what it answers, if anything, is the
/// answer.
using FileCheck = std::function<std::optional<Response>(const Request&)>;

/// What is known of a request by its head, before its body is read.
struct Admission {
  std::optional<Response> refused = {};          ///< the answer, when the body is not worth reading
  std::optional<std::uint64_t> upload_max = {};  ///< bytes that may come as an Upload; none: an ordinary body
  bool is_question = false;                      ///< whatever its method, it is answered by reading alone
};
using Admit = std::function<Admission(Request& head)>;

/// Finds the handler of a request by its method and path.
class Router {
 public:
  /// `pattern`: "/registers/{register}/records/{id}". A literal segment goes before a {place}.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  /// As add, for a POST whose body holds the terms of a question: it is answered by who reads, and waits for no writer.
  void add_question(std::string_view pattern, Handler handler);

  /// As add, for a route whose body is a file: it comes to the handler when the check of files has nothing against it.
  void add_file(std::string_view method, std::string_view pattern, Handler handler);

  /// As add_file, for a body that goes to the disk: Request::upload. The gate is asked before any of it is read.
  void add_upload(std::string_view method, std::string_view pattern, std::uint64_t bytes_max, Handler handler);
  Admission admit(Request& head) const;

  void guard(Gate gate) { gate_ = std::move(gate); }

  /// Of every route that takes a file, and once who asks has passed the gate.
  void check_files(FileCheck check) { file_check_ = std::move(check); }

  /// Answers what no route has, instead of 404.
  void otherwise(Handler handler) { otherwise_ = std::move(handler); }

  /// 404 for a path that no route has, unless otherwise() is set; 405, with Allow, for a method that the path has not.
  Response answer(Request request) const;

  /// "GET /registers/{register}", for the description of the interface.
  std::vector<std::string> patterns() const;

 private:
  struct Route {
    std::string method, pattern;
    std::vector<std::string> segments;
    Handler handler;
    bool takes_file = false;
    bool is_question = false;
    std::uint64_t upload_max = 0;
  };
  void add_route(Route route);
  Response find_and_answer(Request& request) const;

  std::vector<Route> routes_;
  Gate gate_;
  FileCheck file_check_;
  Handler otherwise_;
};

}  // namespace zhijia::http
