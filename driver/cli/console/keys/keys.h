// The keys that steer what plays, where standard input is a terminal. While a Keys lives, the terminal gives
// each key at once and shows none. It is as before at the end, after a signal, and while the command is
// stopped (Ctrl-Z). One at a time; main thread. One source file for each system implements it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace refwave::cli {

enum class Key : std::uint8_t { pause, back, ahead, quit };

class Keys {
 public:
  Keys();
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// Returns: the next key that was pressed; nothing if there is none. Never waits.
  std::optional<Key> next();

 private:
  bool is_listening_ = false;
  std::string typed_;  // what was read and not yet understood
};

}  // namespace refwave::cli
