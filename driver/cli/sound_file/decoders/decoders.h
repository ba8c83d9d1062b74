// What each library makes of a sound file. Main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

/// What libsndfile does not find out.
struct Hints {
  bool is_mpeg = false;            // also in WAV
  bool is_low_24 = false;          // 24 bits in the low bytes of 32, as arecord writes S24_LE
  bool is_open = false;            // a WAV file that states no length
  bool is_by_name = false;         // only the name shows what it is
  std::uint32_t channel_mask = 0;  // of a FLAC file
  std::optional<RawFormat> raw{};
};

/// A length with so many bytes or more was written by somebody who could not know: sox writes this one into a
/// pipe, others up to 0xFFFFFFFF.
inline constexpr std::int64_t kOpenLength = 0x7F00'0000;

/// Effects: takes away tags before the sound, and what would keep libsndfile from reading a WAV or W64 file.
Hints read_headers(Input& input);

/// By whichever library can. Throws: Failure, if none can, or if it holds what cannot be played.
std::unique_ptr<SoundFileReader> open_by_library(const std::shared_ptr<Input>& input,
                                                 const std::optional<RawFormat>& raw);

/// By one, of an input at its beginning. Returns: null, if it knows no such sound, or if this build is
/// without it.
std::unique_ptr<SoundFileReader> sndfile_reader(const std::shared_ptr<Input>& input, const Hints& hints);
std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input);
std::unique_ptr<SoundFileReader> vorbis_reader(const std::shared_ptr<Input>& input);
std::unique_ptr<SoundFileReader> opus_reader(const std::shared_ptr<Input>& input);

/// Returns: such a reader.
template <class Reader, class... Rest>
std::unique_ptr<SoundFileReader> opened_by(const std::shared_ptr<Input>& input, const Rest&... rest) {
  auto reader = std::make_unique<Reader>(input);
  return reader->open(rest...) ? std::move(reader) : nullptr;
}

}  // namespace refwave::cli
