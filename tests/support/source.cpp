#include "support/source.hpp"

namespace zhijia::tests {

std::filesystem::path source_folder() { return ZHIJIA_SOURCE_DIR; }

}  // namespace zhijia::tests
