// What turns the bytes of one file into samples. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/decoders/wav_header.h"
#include "driver/cli/sound_file/raw_format.h"
#include "dsp/format.h"

namespace refwave::cli {

enum class Length : std::uint8_t { stated, guessed };

/// What a file says of itself.
struct Stated {
  dsp::Format format;
  std::uint64_t frames = 0;  // 0: it states no length
  Length length = Length::stated;
  bool is_exact = false;  // the container states it, and a file with less of it was cut
};

class Decoder {
 public:
  explicit Decoder(std::unique_ptr<Input> input) : input_(std::move(input)) {}
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const Stated& stated() const { return stated_; }
  /// Effects: decodes up to `frames` to `bytes`, and raises `peak` to their greatest sample (1 is full
  /// scale). Returns: frames; 0 only at the end, and where another format begins.
  virtual std::size_t read(std::byte* bytes, std::size_t frames, float& peak) = 0;
  /// Effects: goes to `frame`. Returns: false, with nothing changed, where nobody can go back or ahead.
  virtual bool seek(std::uint64_t frame) = 0;
  /// Returns: after the end, what is wrong with the file ("damaged: bad header"); empty if nothing is.
  virtual std::string damage() const = 0;
  /// Returns: after the end, whether sound in another format follows.
  virtual bool has_next_part() const { return false; }
  /// Effects: goes on with that as if it were a file of its own. Throws: Failure, if it cannot be played.
  virtual void begin_next_part() {}
  Input& input() { return *input_; }
  /// Returns: the input, at its beginning. Then this is of no more use.
  std::unique_ptr<Input> give_back() {
    input_->seek(0);
    return std::move(input_);
  }

 protected:
  std::unique_ptr<Input> input_;
  Stated stated_;
};

/// Returns: a decoder that has opened `input`; null, with `input` at its beginning, if it cannot.
template <class Made, class... Rest>
std::unique_ptr<Decoder> opened_by(std::unique_ptr<Input>& input, Rest... rest) {
  auto decoder = std::make_unique<Made>(std::move(input), rest...);
  if (decoder->open()) {
    decoder->input().finish_opening();
    return decoder;
  }
  input = decoder->give_back();
  return nullptr;
}

enum class Source : std::uint8_t { file, pipe };

/// `raw`: what a file without a header holds. Throws: Failure, if it cannot be read, or holds what cannot be
/// played.
std::unique_ptr<Decoder> open_decoder(const std::string& path, Source source,
                                      const std::optional<RawFormat>& raw);

/// How libsndfile knows what a file is: GSM without a header by its name.
enum class Known : std::uint8_t { by_content, by_name };

/// The same by one library, which takes `input`. Returns: null, with `input` at its beginning, if it knows no
/// such sound, or if this build is without the library.
std::unique_ptr<Decoder> sndfile_decoder(std::unique_ptr<Input>& input, Known known, const WavHeader& wav);
std::unique_ptr<Decoder> mpeg_decoder(std::unique_ptr<Input>& input);
std::unique_ptr<Decoder> vorbis_decoder(std::unique_ptr<Input>& input);
std::unique_ptr<Decoder> opus_decoder(std::unique_ptr<Input>& input);

std::unique_ptr<Decoder> raw_decoder(std::unique_ptr<Input> input, const RawFormat& raw);

/// Throws: Failure, unless such sound can be played.
void check_is_playable(const std::string& path, std::int64_t rate, std::int64_t channels);

}  // namespace refwave::cli
