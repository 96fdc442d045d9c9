#pragma once

#include <filesystem>

namespace zhijia::tests {

/// The folder of the sources: packs, golden files, tables of cases. A function rather than a macro, so that what a
/// test program is compiled to does not depend on where it is compiled.
std::filesystem::path source_folder();

}  // namespace zhijia::tests
