#include "exporting/zip_stream.hpp"

#include <stdexcept>
#include <utility>

namespace zhijia::exchange {

namespace {

constexpr std::size_t piece_bytes = 1 << 17;
constexpr std::uint16_t version = 20, deflated = 8;
constexpr std::uint16_t flags = 1 << 3 | 1 << 11;  // sizes follow the data; names are UTF-8
constexpr std::uint32_t day = 1 << 5 | 1;          // 1 January 1980, the earliest: equal lists give equal bytes
constexpr std::uint64_t archive_bytes_max = UINT32_MAX;

class Bytes {
 public:
  Bytes& two(std::uint32_t value) { return put(value, 2); }
  Bytes& four(std::uint32_t value) { return put(value, 4); }
  Bytes& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Bytes& put(std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 255);
    return *this;
  }
  std::string bytes_;
};

}  // namespace

ZipStream::ZipStream(std::function<bool(std::string)> sink) : sink_(std::move(sink)) {
  constexpr int raw = -15, memory = 9;
  if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, raw, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib could not begin");
}

ZipStream::~ZipStream() { deflateEnd(&stream_); }

void ZipStream::put(std::string bytes) {
  written_ += bytes.size();
  if (written_ > archive_bytes_max) throw std::runtime_error("an exported workbook would be larger than 4 GiB");
  if (goes_on_ && !bytes.empty()) goes_on_ = sink_(std::move(bytes));
}

void ZipStream::begin(std::string name) {
  entries_.push_back({.name = std::move(name), .offset = static_cast<std::uint32_t>(written_)});
  const Entry& entry = entries_.back();
  put(Bytes()
          .four(0x04034b50)
          .two(version)
          .two(flags)
          .two(deflated)
          .two(0)
          .two(day)
          .four(0)
          .four(0)
          .four(0)
          .two(static_cast<std::uint32_t>(entry.name.size()))
          .two(0)
          .text(entry.name)
          .take());
  deflateReset(&stream_);
}

void ZipStream::write(std::string_view bytes) { deflate_all(bytes, Z_NO_FLUSH); }

void ZipStream::deflate_all(std::string_view bytes, int flush) {
  Entry& entry = entries_.back();
  // Of no bytes, zlib takes a null pointer for the wish to begin anew.
  if (!bytes.empty())
    entry.crc = static_cast<std::uint32_t>(
        crc32(entry.crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  entry.size += static_cast<std::uint32_t>(bytes.size());
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  for (int state = Z_OK; goes_on_ && (stream_.avail_in > 0 || (flush == Z_FINISH && state != Z_STREAM_END));) {
    const std::size_t held = packed_.size();
    packed_.resize(held + piece_bytes);
    stream_.next_out = reinterpret_cast<Bytef*>(packed_.data() + held);
    stream_.avail_out = piece_bytes;
    state = deflate(&stream_, flush);
    packed_.resize(packed_.size() - stream_.avail_out);
    entry.packed += static_cast<std::uint32_t>(packed_.size() - held);
    if (packed_.size() >= piece_bytes || flush == Z_FINISH) put(std::exchange(packed_, {}));
  }
}

void ZipStream::end() {
  deflate_all({}, Z_FINISH);
  const Entry& entry = entries_.back();
  put(Bytes().four(0x08074b50).four(entry.crc).four(entry.packed).four(entry.size).take());
}

void ZipStream::add(std::string name, std::string_view bytes) {
  begin(std::move(name));
  write(bytes);
  end();
}

void ZipStream::finish() {
  const std::uint64_t begins_at = written_;
  for (const Entry& entry : entries_)
    put(Bytes()
            .four(0x02014b50)
            .two(version)
            .two(version)
            .two(flags)
            .two(deflated)
            .two(0)
            .two(day)
            .four(entry.crc)
            .four(entry.packed)
            .four(entry.size)
            .two(static_cast<std::uint32_t>(entry.name.size()))
            .two(0)
            .two(0)
            .two(0)
            .two(0)
            .four(0)
            .four(entry.offset)
            .text(entry.name)
            .take());
  const auto count = static_cast<std::uint32_t>(entries_.size());
  const auto size = static_cast<std::uint32_t>(written_ - begins_at);
  put(Bytes()
          .four(0x06054b50)
          .two(0)
          .two(0)
          .two(count)
          .two(count)
          .four(size)
          .four(static_cast<std::uint32_t>(begins_at))
          .two(0)
          .take());
}

}  // namespace zhijia::exchange
