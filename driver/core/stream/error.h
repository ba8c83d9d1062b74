// The errors of a client's call, without Windows' numbers; driver/winmm translates them.
#pragma once

#include <cstdint>

namespace refwave::core {

enum class Error : std::uint8_t {
  none,
  bad_device,     // no such wave device
  bad_handle,     // no open stream, or one of the other direction
  still_playing,  // headers are queued
  unprepared,     // the header was not prepared, or has no data
  no_memory,
  all_slots_used,  // as many streams as there can be
  no_device,       // no sound device opens, or it is lost, and the configuration allows no fallback
};

}  // namespace refwave::core
