// Texts that Windows takes apart or gives, in the form that programs write. Pure; any thread. Windows
// documentation: "CommandLineToArgvW function", "GetFinalPathNameByHandleW function", "Naming Files, Paths,
// and Namespaces".
#pragma once

#include <string>
#include <vector>

namespace refwave::install {

/// Returns: a command line that CommandLineToArgvW takes apart into `arguments` again: quotes around what
/// needs them, backslashes doubled before a quote; without the program's own name.
std::string line_of(const std::vector<std::string>& arguments);

/// Returns: the name that GetFinalPathNameByHandleW gives to a file without \\?\, and with \\server for
/// \\?\UNC\server. Other names are returned as they are.
std::wstring without_prefix(const std::wstring& final_path);

}  // namespace refwave::install
