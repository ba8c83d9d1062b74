// Keys pressed on the terminal of standard input. While a Keys exists and its job is in the foreground, the
// terminal passes on each key unbuffered, without echo. Its mode is restored at the end, by signals, and
// while the job is stopped or in the background. One object at a time; main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

namespace refwave::cli {

enum class Key : std::uint8_t { pause, back, ahead, quit };

class Keys {
 public:
  Keys();
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// Returns: the next key; nothing if none was pressed.
  std::optional<Key> next();
  /// Returns: whether `q` was pressed, ahead of next(). A `q` also ends the pipe that is being read
  /// (platform.h).
  bool has_quit() const;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;  // null if there is nothing to listen to
};

}  // namespace refwave::cli
