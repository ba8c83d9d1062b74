// How a client wants to be called back: filled in by driver/winmm, with the function that calls it.
#pragma once

#include <cstdint>

#include "driver/core/ring/client_header.h"

namespace refwave::core {

/// When an output's header is done: when the driver no longer needs its memory, or when it has been heard.
enum class Done : std::uint8_t { consumed, played };

/// Who calls the client: a notifier, or the audio thread itself.
enum class Completion : std::uint8_t { deferred, direct };

enum class Notice : std::uint8_t { open, done, close };

struct ClientCallback {
  /// Effects: notifies the client. Returns: false if the client could not be notified (queue full, bad
  /// window). `header`: null, except for Notice::done. No lock is held. Not noexcept: a client may end its
  /// thread there, which unwinds the stack on Linux (pthread_exit).
  using Function = bool (*)(const ClientCallback&, Notice, ClientHeader* header);

  Function function = nullptr;  // null: the client asked for no callback
  std::uintptr_t target = 0;    // the callback, window, thread or event
  std::uintptr_t handle = 0;    // the client's HWAVEOUT or HWAVEIN
  std::uintptr_t instance = 0;  // the client's own value
  std::uint32_t type = 0;       // DCB_* type
  bool input = false;
};

}  // namespace refwave::core
