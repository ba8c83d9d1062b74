// One reader of sound files for each library. Main thread.
#pragma once

#include <memory>

#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {

/// What libsndfile does not detect.
struct Hints {
  bool is_mpeg = false;  // MPEG, also in WAV
  bool is_ogg = false;
  bool is_low_24 = false;  // 24 bits in the low bytes of 32, as arecord writes S24_LE
  bool is_open = false;    // a WAV file of unknown length
  SF_INFO raw{};           // if there is no header
};

/// Effects: skips tags before the sound, and repairs WAV headers that libsndfile would misread.
Hints read_headers(Input& input);

/// Returns: whether the libsndfile in use has this container (SF_FORMAT_*).
bool sndfile_has(int container);

/// Throws: Failure, with that reason and advice.
[[noreturn]] void refuse(const Input& input, const std::string& reason);

/// Returns: null, if the library does not know the format, or this build lacks it. Throws: Failure, if it
/// cannot be played.
std::unique_ptr<SoundFileReader> sndfile_reader(const std::shared_ptr<Input>& input, const Hints& hints);
std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input, const Hints& hints);
std::unique_ptr<SoundFileReader> ogg_reader(const std::shared_ptr<Input>& input, const Hints& hints);

}  // namespace refwave::cli
