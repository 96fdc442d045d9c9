#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia::exchange {

/// Writes a zip archive (APPNOTE 6.3.10) from first byte to last, without going back: sizes follow the data. Entries
/// are below 4 GiB, compressed as fast as zlib can. Bytes go to the sink in pieces.
class ZipStream {
 public:
  /// `sink` is told false by returning it: nothing more is wanted, and goes_on() is false from then on.
  explicit ZipStream(std::function<bool(std::string)> sink);
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;
  ~ZipStream();

  void begin(std::string name);
  void write(std::string_view bytes);
  void end();
  /// begin, write, end.
  void add(std::string name, std::string_view bytes);
  void finish();

  bool goes_on() const { return goes_on_; }

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc = 0, packed = 0, size = 0, offset = 0;
  };

  void deflate_all(std::string_view bytes, int flush);
  void put(std::string bytes);

  std::function<bool(std::string)> sink_;
  std::vector<Entry> entries_;
  z_stream stream_{};
  std::string packed_;
  std::uint64_t written_ = 0;
  bool goes_on_ = true;
};

}  // namespace zhijia::exchange
