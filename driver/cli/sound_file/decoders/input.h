// Where the bytes of a sound come from: a file, a named pipe or standard input. A pipe's bytes are kept while
// the file is being opened, so that every library can look at its beginning. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

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
  /// Returns: bytes read, fewer than `count` only at the end.
  std::size_t read(void* bytes, std::size_t count);
  /// Effects: goes to that place. Returns: it; -1 if there is no way, as in a pipe once it is open.
  std::int64_t seek(std::int64_t place);
  std::int64_t position() const { return position_; }
  /// Returns: why the last bytes could not be read; empty if they could.
  const std::string& failure() const { return failure_; }
  /// Returns: its bytes; kUnknown in a pipe.
  std::int64_t size();
  static constexpr std::int64_t kUnknown = std::int64_t{1} << 58;

  /// Effects: makes this place its beginning.
  void begin_here();
  /// Effects: has `bytes` read at `place` instead of what is there.
  void replace(std::int64_t place, std::string bytes) { replaced_[place] = std::move(bytes); }
  /// Effects: until finish_opening(), who goes farther ahead than that in a pipe finds zeros there, and the
  /// pipe is not read up to there.
  void set_reach(std::int64_t bytes) { reach_ = bytes; }
  /// Effects: keeps no more bytes of a pipe.
  void finish_opening() { is_opening_ = false; }

 private:
  std::size_t read_kept(char* bytes, std::size_t count);
  std::size_t read_on(char* bytes, std::size_t count);

  std::string path_;
  int descriptor_ = -1;
  bool is_seekable_ = false;
  bool is_opening_ = true;
  std::int64_t base_ = 0;      // where its beginning is in a file
  std::int64_t position_ = 0;  // of the next byte
  std::int64_t reach_ = kUnknown;
  std::string failure_;
  std::string kept_;  // a pipe's first bytes
  std::map<std::int64_t, std::string> replaced_;
};

/// What differs by system. Returns: -1 on failure.
int open_descriptor(const std::string& path);
/// Returns: false for a pipe.
bool can_seek(int descriptor);

}  // namespace refwave::cli
