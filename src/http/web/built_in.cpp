#include "web/archive.hpp"

#ifdef ZHIJIA_PAGES
// The assembler reads the file into the program: no compiler has to read megabytes of numbers.
asm(".section .rodata\n"
    ".balign 16\n"
    "zhijia_pages_begin:\n"
    ".incbin \"" ZHIJIA_PAGES
    "\"\n"
    "zhijia_pages_end:\n"
    ".byte 0\n"
    ".text\n");
extern "C" const char zhijia_pages_begin[], zhijia_pages_end[];
#endif

namespace zhijia::http {

std::string_view built_in_archive() {
#ifdef ZHIJIA_PAGES
  return {zhijia_pages_begin, static_cast<std::size_t>(zhijia_pages_end - zhijia_pages_begin)};
#else
  return {};
#endif
}

}  // namespace zhijia::http
