// What each library makes of a sound file. Main thread.
#pragma once

#include <cstdint>
#include <memory>

#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {

/// What libsndfile does not find out.
struct Hints {
  bool is_mpeg = false;  // it begins with a frame, also in WAV
  bool is_ogg = false;
  bool is_low_24 = false;  // 24 bits in the low bytes of 32, as arecord writes S24_LE
  bool is_open = false;    // a WAV file, or samples of a codec without a header, of no known length
  SF_INFO raw{};           // if there is no header
};

/// Effects: takes away tags before the sound, and what would keep libsndfile from reading a WAV file.
Hints read_headers(Input& input);

/// Throws: Failure, with that reason and how to convert the file.
[[noreturn]] void refuse(const Input& input, const std::string& reason);

/// By one library. Returns: null, if it knows no such sound, or if this build is without it. Throws: Failure,
/// if it holds what cannot be played.
std::unique_ptr<SoundFileReader> sndfile_reader(const std::shared_ptr<Input>& input, const Hints& hints);
std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input, const Hints& hints);
std::unique_ptr<SoundFileReader> ogg_reader(const std::shared_ptr<Input>& input, const Hints& hints);

}  // namespace refwave::cli
