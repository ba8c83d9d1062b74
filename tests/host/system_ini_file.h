// A SYSTEM.INI-style file of a test's own, which libwinmm reads while the object lives.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temporary_folder.h"

namespace refwave::host::test {

class SystemIniFile {
 public:
  explicit SystemIniFile(const std::string& text) {
    std::ofstream(path(), std::ios::binary) << text;
    setenv("REFWAVE_SYSTEM_INI", path().c_str(), 1);
  }
  ~SystemIniFile() { unsetenv("REFWAVE_SYSTEM_INI"); }

  std::string path() const { return (folder() / "system.ini").string(); }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  const refwave::test::TemporaryFolder folder_;
};

}  // namespace refwave::host::test
