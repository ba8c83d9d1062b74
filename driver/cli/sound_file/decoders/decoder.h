// What turns the bytes of one file into samples. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/raw_format.h"
#include "dsp/format.h"

namespace refwave::cli {

enum class Length : std::uint8_t { stated, guessed };

/// What a file says of itself.
struct Stated {
  dsp::Format format;
  std::uint64_t frames = 0;  // 0: it states no length
  Length length = Length::stated;
};

class Decoder {
 public:
  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const Stated& stated() const { return stated_; }
  /// Effects: decodes up to `frames` to `bytes`, and raises `peak` to their greatest sample (1 is full
  /// scale). Returns: frames; 0 only at the end.
  virtual std::size_t read(std::byte* bytes, std::size_t frames, float& peak) = 0;
  /// Effects: goes to `frame`. Returns: false, with nothing changed, where nobody can go back or ahead.
  virtual bool seek(std::uint64_t frame) = 0;
  /// Returns: after the end, what is wrong with the file ("damaged: bad header"); empty if nothing is.
  virtual std::string damage() const = 0;

 protected:
  Stated stated_;
};

enum class Source : std::uint8_t { file, pipe };

/// `raw`: what a file without a header holds. Throws: Failure, if it cannot be read, or holds what cannot be
/// played.
std::unique_ptr<Decoder> open_decoder(const std::string& path, Source source,
                                      const std::optional<RawFormat>& raw);

/// The same by libsndfile.
std::unique_ptr<Decoder> sndfile_decoder(std::unique_ptr<Input> input, Source source);

/// The same by libmpg123, which takes `input`. Returns: null, with `input` as it was, if it finds no MPEG
/// audio, or if this build is without libmpg123.
std::unique_ptr<Decoder> mpeg_decoder(std::unique_ptr<Input>& input);

std::unique_ptr<Decoder> raw_decoder(std::unique_ptr<Input> input, const RawFormat& raw);

/// Throws: Failure, unless such sound can be played.
void check_is_playable(const std::string& path, std::int64_t rate, std::int64_t channels);

}  // namespace refwave::cli
