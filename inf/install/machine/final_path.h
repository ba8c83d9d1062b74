// The names that GetFinalPathNameByHandleW gives to files, as programs write them.
// Windows documentation: "GetFinalPathNameByHandleW function", "Naming Files, Paths, and Namespaces".
#pragma once

#include <string>

namespace refwave::install {

/// Returns: the name without \\?\, and with \\server for \\?\UNC\server. Other names are returned as they
/// are. Pure; any thread.
std::wstring without_prefix(const std::wstring& final_path);

}  // namespace refwave::install
