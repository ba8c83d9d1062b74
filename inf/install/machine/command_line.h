// A command line for Windows, written so that CommandLineToArgvW takes it apart into the same words again.
// Pure; any thread. Windows documentation: "CommandLineToArgvW function".
#pragma once

#include <string>
#include <vector>

namespace refwave::install {

/// Returns: `arguments`, each in quotes, backslashes doubled before a quote; without the program's own name.
std::string line_of(const std::vector<std::string>& arguments);

}  // namespace refwave::install
