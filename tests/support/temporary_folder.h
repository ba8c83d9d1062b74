// A folder of a test's own, gone with the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>

namespace refwave::test {

/// Returns: where a folder in memory may be: on Linux, if there is a gigabyte of room.
inline std::filesystem::path memory_path() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const bool has_room = std::filesystem::space(memory, error).available >= 1U << 30U && !error;
  return has_room ? memory : std::filesystem::temp_directory_path();
}

/// Returns: the bytes of this file; none if it cannot be read.
inline std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& where = std::filesystem::temp_directory_path()) {
    std::random_device random;
    const std::string name = "refwave-test-" + std::to_string(random()) + "-" + std::to_string(random());
    path_ = where / name;
    if (!std::filesystem::create_directory(path_))
      throw std::runtime_error("there already is a " + path_.string());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace refwave::test
