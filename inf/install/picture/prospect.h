// What a program would do with a winmm.dll beside it, as far as files say. Only reads; any system.
#pragma once

#include <filesystem>
#include <string>

namespace refwave::install {

struct Prospect {
  bool is_used;      // certainly or probably
  std::string text;  // one line for the user, which begins with the program's name
};

/// Looks at the program's imports, at those of the DLLs beside it that it imports, and at the text in all
/// DLLs beside it. `is_known_dll`: Windows always takes its own winmm.
Prospect prospect_of(const std::filesystem::path& program, bool is_known_dll);

/// Returns: whether it is in a folder of packaged programs, which Windows alone may write.
bool is_of_a_package(const std::filesystem::path& folder);

}  // namespace refwave::install
