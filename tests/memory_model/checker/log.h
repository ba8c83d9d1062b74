// The steps of one execution, kept while a failing execution is repeated, and printed with their lines of
// source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/memory_model/checker/memory.h"

namespace refwave::memory_model {

struct LogLine {
  const char* what = "";
  Operation operation;
  std::uint64_t value = 0;
  std::size_t age = 0;  // how many stores are newer than the one read, or come after the one made
  std::size_t thread = 0;
};

void note(LogLine step);
/// Effects: forgets the steps so far; from now on steps are kept, or not.
void keep_log(bool keep);
/// Returns: the steps in order, one a line, the newest `most` of them.
std::string log_text(std::size_t most);

}  // namespace refwave::memory_model
