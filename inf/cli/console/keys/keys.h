// Keys pressed on the terminal: that of standard input, or, if that is the sound, the command's own. While a
// Keys exists and its job is in the foreground, the terminal passes on each key unbuffered, without echo. Its
// mode is restored at the end, by signals, and while the job is stopped or in the background. One object at a
// time; main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "hal/system/semaphore.h"

namespace refwave::cli {

enum class Key : std::uint8_t { pause, back, ahead, louder, softer, mute, next, quit };

inline constexpr const char* kKeysHint =
    "keys: space pauses, arrows seek, 9 0 volume, m mutes, n next file, q ends";

/// Of what standard input is.
enum class StandardInput : std::uint8_t { keys, sound };

class Keys {
 public:
  /// `pressed` is signalled for each key where a thread listens (Linux).
  Keys(StandardInput input, moodycamel::LightweightSemaphore& pressed);
  ~Keys();
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  /// Returns: the next key; nothing if none was pressed.
  std::optional<Key> next();
  /// Returns: whether `q` was pressed, ahead of next(). A `q` also ends the pipe that is being read
  /// (platform.h).
  bool has_quit() const;
  /// Returns: whether there is a terminal to listen to.
  bool listens() const { return listener_ != nullptr; }

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;  // null if there is nothing to listen to
};

}  // namespace refwave::cli
