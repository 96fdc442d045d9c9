#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/problem.hpp"

namespace zhijia::demo {

/// Invents a city with Hanzhong's eleven counties and writes its registers as workbooks, OUT/REGISTER.xlsx, such as an
/// office keeps them. Every person is invented: identity numbers bear area code 610799, which is nobody's. The same
/// year gives the same bytes. Problems: those of SheetWriter.
Result<void> generate(int year, const std::filesystem::path& out,
                      const std::function<void(const std::string& register_name)>& progress = {});

}  // namespace zhijia::demo
