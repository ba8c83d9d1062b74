// Formats, directions, errors and times as words for the log. Pure; any thread but the audio thread, because
// text needs memory.
#pragma once

#include <cstdint>
#include <string>

#include "driver/core/stream/error.h"
#include "hal/device.h"

namespace refwave::event_log {

/// Returns: "48000 Hz, 2 channels, s16".
std::string words_for(const dsp::Format& format);
/// Returns: "48000 Hz, 2 channels, s16, periods of 480 frames, latency 1920 frames (40 ms)".
std::string words_for(const hal::OpenInfo& info);
/// Returns: "output", "input".
const char* words_for(hal::Direction direction);
/// Returns: why a stream was refused.
const char* words_for(core::Error error);
/// Returns: "device \"ALSA/default\"".
std::string device_text(const std::string& name);
/// Returns: "1.234 s", with a point in every locale.
std::string seconds_text(std::int64_t ns);

}  // namespace refwave::event_log
