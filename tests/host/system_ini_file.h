// A SYSTEM.INI-style file of a test's own, which libwinmm reads while the object lives.
#pragma once

#include <filesystem>
#include <string>

namespace refwave::host::test {

class SystemIniFile {
 public:
  explicit SystemIniFile(const std::string& text);
  ~SystemIniFile();
  SystemIniFile(const SystemIniFile&) = delete;
  SystemIniFile& operator=(const SystemIniFile&) = delete;

  std::string path() const { return (folder_ / "system.ini").string(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace refwave::host::test
