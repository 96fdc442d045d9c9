#pragma once

#include <functional>

#include "http/site.hpp"

namespace zhijia::http {

/// Answers to writes that came with an Idempotency-Key.
store::TableSchema idempotency_schema();

/// Runs the work in one transaction and answers what it answers. With the header Idempotency-Key, the same request of
/// the same user within a day is answered as the first time and changes nothing again, also after a crash: answer and
/// change are stored together. What was refused changed nothing, and is tried anew. Problems: those of the work,
/// http.key (1 to 200 printable ASCII characters), http.key_reused (with another request).
Response once(const Services& services, const Request& request,
              const std::function<Result<Response>(store::Transaction&)>& work);

}  // namespace zhijia::http
