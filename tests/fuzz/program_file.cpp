#include "inf/install/picture/program_file.h"

#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

void program_file(Bytes input) {
  const MemoryFile file(input);
  const auto read = install::read_program_file(file.path());
  require(install::same_contents(file.path(), file.path()), "a file equals itself");
  if (!read) return;
  for (const std::string& text : {read->product, read->version})
    require(text.size() <= input.size(), "a text comes from the file");
}

}  // namespace refwave::fuzz
