// Where the bytes of a sound come from: a file, a named pipe or standard input. One source file for each
// system implements it. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace refwave::cli {

class Input {
 public:
  /// `path`: UTF-8, or kStandardStream. Throws: Failure.
  explicit Input(std::string path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const std::string& path() const { return path_; }
  int descriptor() const { return descriptor_; }
  bool is_seekable() const { return is_seekable_; }
  /// Effects: waits for the first four bytes, and leaves them to be read. Returns: them, fewer if there are
  /// no more; nothing if this system cannot tell for this input.
  std::optional<std::string> beginning() const;
  /// Returns: bytes read; 0 at the end; -1 on failure.
  std::ptrdiff_t read(void* bytes, std::size_t count);
  /// `whence`: SEEK_SET and so on. Returns: the new position; -1 on failure, and always in a pipe.
  std::int64_t seek(std::int64_t offset, int whence);

 private:
  std::string path_;
  int descriptor_ = -1;
  bool is_seekable_ = false;
};

}  // namespace refwave::cli
