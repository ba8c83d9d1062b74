// Command lines and file names as Windows parses and returns them. Pure; any thread. Windows documentation:
// "CommandLineToArgvW function", "GetFinalPathNameByHandleW function", "Naming Files, Paths, and Namespaces".
#pragma once

#include <string>
#include <vector>

namespace refwave::install {

/// Returns: a command line that CommandLineToArgvW splits into `arguments`; without the program's name.
std::string line_of(const std::vector<std::string>& arguments);

/// Returns: a name of GetFinalPathNameByHandleW without \\?\, and with \\server for \\?\UNC\server; other
/// names unchanged.
std::wstring without_prefix(const std::wstring& final_path);

}  // namespace refwave::install
