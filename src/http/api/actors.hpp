#pragma once

#include <map>
#include <string>

#include "registers/pack.hpp"
#include "store/store.hpp"

namespace zhijia::http {

/// Who did something, which the change log keeps as an account's id or as a word: colleagues by the title that they are
/// known by, a worker as such (his name may be masked from who reads), the program and the public in both languages.
class Actors {
 public:
  explicit Actors(store::Reader& reader) : reader_(reader) {}
  const registers::Title& title(const std::string& actor);

 private:
  store::Reader& reader_;
  std::map<std::string, registers::Title, std::less<>> known_;
};

}  // namespace zhijia::http
