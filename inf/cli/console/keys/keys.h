// The keys that steer what plays or is shown, where standard input is a terminal. While a Keys lives, and its
// job is in the foreground, the terminal gives each key at once and shows none. It is as before at the end,
// after a signal, and while the command is stopped (Ctrl-Z) or in the background. One at a time; main thread.
// One source file for each system implements it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

namespace refwave::cli {

enum class Key : std::uint8_t { pause, back, ahead, up, down, enter, anew, help, quit };

class Keys {
 public:
  Keys();
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// Returns: the next key that was pressed; nothing if there is none. Never waits.
  std::optional<Key> next();
  /// Returns: whether `q` was pressed, even if next() has not come to it yet. A `q` also ends the pipe that
  /// is being read (platform.h).
  bool has_quit() const;

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;  // null if there is nothing to listen to
};

}  // namespace refwave::cli
