// The bytes of a file, a named pipe or standard input. A pipe's bytes are kept until it is open, so that each
// library can probe its beginning. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
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
  bool is_seekable() const { return is_seekable_; }
  /// Returns: whether it can be opened only once, as standard input.
  bool is_pipe() const;
  /// Returns: the bytes read, fewer than `count` only at the end.
  std::size_t read(void* bytes, std::size_t count);
  /// The same after a seek to `place`.
  std::string read_at(std::int64_t place, std::size_t count);
  /// Effects: as fseek(). Returns: the new place; -1 if it cannot seek: a pipe once it is open.
  std::int64_t seek(std::int64_t offset, int whence = SEEK_SET);
  std::int64_t position() const { return position_; }
  bool is_at_end() const { return is_at_end_; }
  /// Returns: why the last bytes could not be read; empty if they could.
  const std::string& failure() const { return failure_; }
  /// Returns: its bytes; kUnknown of a pipe.
  std::int64_t size() const;
  /// Returns: its stated end, whether or not the file was cut; kUnknown or more if none is stated.
  std::int64_t stated_end() const { return end_; }
  static constexpr std::int64_t kUnknown = std::int64_t{1} << 58;

  /// Effects: it now consists of `header` and of `bytes` after `place`, which was read before.
  void begin_at(std::int64_t place, const std::string& header = {}, std::int64_t bytes = kUnknown);
  /// Effects: until finish_opening(), a read farther ahead than that in a pipe finds the end, and is not
  /// made.
  void set_reach(std::int64_t bytes) { reach_ = bytes; }
  /// Effects: continues from here, and keeps no more bytes of a pipe.
  void finish_opening();

 private:
  void keep(std::int64_t end);
  std::size_t read_on(char* bytes, std::size_t count);

  std::string path_;
  int descriptor_ = -1;
  bool is_seekable_ = false;
  bool is_opening_ = true;
  std::string kept_;           // the first bytes: a replaced header, and what is kept of a pipe
  std::int64_t base_ = 0;      // where a file continues after these
  std::int64_t position_ = 0;  // of the next byte
  std::int64_t end_ = kUnknown;
  std::int64_t reach_ = kUnknown;
  bool is_at_end_ = false;
  std::string failure_;
};

/// What differs by system. Returns: -1 on failure.
int open_descriptor(const std::string& path);
/// Returns: false for a pipe.
bool can_seek(int descriptor);
/// Effects: waits until a pipe that does not block has bytes, has ended, or is interrupted. Returns: false if
/// it cannot.
bool await_more(int descriptor);

}  // namespace refwave::cli
