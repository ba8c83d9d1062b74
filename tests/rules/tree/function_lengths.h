// Where the functions of a C++ file begin and end, by its braces: enough for files that clang-format has laid
// out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace refwave::test {

struct Function {
  std::string head;       // what stands before its brace, in one line
  std::size_t line = 0;   // of its head, from 0
  std::size_t lines = 0;  // with its head and its last brace
};

/// Returns: the functions that lie in no other function, in order. What lies inside one is part of its lines.
std::vector<Function> functions_of(const std::vector<std::string>& lines);

}  // namespace refwave::test
