// A fresh folder each, named by mkdtemp.
#include "tests/host/system_ini_file.h"

#include <cstdlib>
#include <fstream>

namespace refwave::host::test {

SystemIniFile::SystemIniFile(const std::string& text) {
  std::string name = (std::filesystem::temp_directory_path() / "refwave-host-XXXXXX").string();
  folder_ = mkdtemp(name.data());
  std::ofstream(path(), std::ios::binary) << text;
  setenv("REFWAVE_SYSTEM_INI", path().c_str(), 1);
}

SystemIniFile::~SystemIniFile() {
  unsetenv("REFWAVE_SYSTEM_INI");
  std::filesystem::remove_all(folder_);
}

}  // namespace refwave::host::test
