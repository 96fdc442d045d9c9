#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace zhijia::http {

/// A file of the built pages, in one of the encodings it is there in.
struct PagePart {
  std::string encoding;  ///< "identity", "gzip" or "br"
  std::string_view body;
};

struct PageFile {
  std::string type, etag;
  std::vector<PagePart> parts;  ///< as it is first, then smaller and smaller
};

/// What web/build/pack.mjs packed, by address ("/index.html"). The views are into `bytes`. Bytes that are no archive
/// throw: they are a fault of the build.
std::map<std::string, PageFile, std::less<>> read_archive(std::string_view bytes);

/// The archive that this program was built with; empty when the pages were not built.
std::string_view built_in_archive();

/// The last of the parts that an Accept-Encoding allows (RFC 9110, 12.5.3); what it weighs is not looked at but for 0.
const PagePart& part_for(const PageFile& file, std::string_view accept_encoding);

}  // namespace zhijia::http
