// MP3 by libmpg123, which decodes to the end whatever it has guessed before.
#include <mpg123.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/mpeg_header.h"
#include "driver/cli/sound_file/decoders/tail.h"
#include "driver/cli/sound_file/sample_bytes.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr std::size_t kTail = 16 * 1024;  // several frames, the longest of which has 2881 bytes
constexpr long kLongestTag = 64 * 1024;   // junk before the first frame

struct DeleteMpg123 {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Mpg123Handle = std::unique_ptr<mpg123_handle, DeleteMpg123>;

class MpegDecoder : public Decoder {
 public:
  /// `input`: null afterwards, if it holds MPEG audio.
  explicit MpegDecoder(std::unique_ptr<Input>& input)
      : input_(input.get()), handle_(mpg123_new(nullptr, nullptr)) {
    if (handle_ == nullptr || !open()) return;
    owned_ = std::move(input);
    note();
  }

  bool is_open() const { return owned_ != nullptr; }

  std::size_t read(std::byte* bytes, std::size_t frames, float& peak) override {
    const std::size_t frame_bytes = stated_.format.bytes_per_frame();
    std::size_t done = 0;
    int result = MPG123_NEW_FORMAT;
    // Tags and the encoder's delay give no samples.
    while (done == 0 && (result == MPG123_OK || result == MPG123_NEW_FORMAT))
      result = mpg123_read(handle_.get(), bytes, frames * frame_bytes, &done);
    if (result == MPG123_ERR) has_failed_ = true;
    peak = std::max(peak, peak_of(std::span(bytes, done), stated_.format.type));
    return done / frame_bytes;
  }

  bool seek(std::uint64_t frame) override {
    return input_->is_seekable() && mpg123_seek(handle_.get(), static_cast<off_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    if (ends_within_frame(tail())) return "cut short: its last frame is incomplete";
    return has_failed_ ? std::string("damaged: ") + mpg123_strerror(handle_.get()) : "";
  }

 private:
  /// Returns: false, with the input as it was, if it is no MPEG audio.
  bool open() {
    mpg123_handle* const handle = handle_.get();
    mpg123_param(handle, MPG123_ADD_FLAGS, MPG123_QUIET | MPG123_GAPLESS, 0);
    mpg123_param(handle, MPG123_RESYNC_LIMIT, kLongestTag, 0);
    mpg123_format_none(handle);
    mpg123_format2(handle, 0, MPG123_MONO | MPG123_STEREO, MPG123_ENC_FLOAT_32);
    mpg123_replace_reader_handle(handle, read_input, seek_input, nullptr);
    const std::int64_t start = input_->seek(0, SEEK_CUR);
    long rate = 0;
    int channels = 0;
    int encoding = 0;
    if (mpg123_open_handle(handle, this) == MPG123_OK &&
        mpg123_getformat(handle, &rate, &channels, &encoding) == MPG123_OK) {
      stated_.format = {dsp::SampleType::f32, static_cast<std::uint16_t>(channels),
                        static_cast<std::uint32_t>(rate)};
      return true;
    }
    input_->seek(start, SEEK_SET);
    return false;
  }

  void note() {
    check_is_playable(input_->path(), stated_.format.rate, stated_.format.channels);
    // Where the format changes on the way, libmpg123 converts to this one.
    mpg123_format_none(handle_.get());
    mpg123_format(handle_.get(), static_cast<long>(stated_.format.rate), stated_.format.channels,
                  MPG123_ENC_FLOAT_32);
    mpg123_param(handle_.get(), MPG123_RESYNC_LIMIT, -1, 0);
    if (!input_->is_seekable()) return;
    stated_.frames = static_cast<std::uint64_t>(std::max<off_t>(mpg123_length(handle_.get()), 0));
    stated_.length = has_info_frame() ? Length::stated : Length::guessed;
  }

  /// Returns: whether the first frame states how many there are.
  bool has_info_frame() const {
    return input_->path() != kStandardStream && states_its_length(input_->path());
  }

  /// Returns: the last bytes of the input, of which a pipe's were kept as they ran through.
  std::string tail() const { return input_->is_seekable() ? tail_of(*input_, kTail) : tail_.text(); }

  static mpg123_ssize_t read_input(void* self, void* bytes, std::size_t count) {
    auto* decoder = static_cast<MpegDecoder*>(self);
    const std::ptrdiff_t got = decoder->input_->read(bytes, count);
    if (got > 0 && !decoder->input_->is_seekable())
      decoder->tail_.append(bytes, static_cast<std::size_t>(got));
    return got;
  }
  static off_t seek_input(void* self, off_t offset, int whence) {
    return static_cast<off_t>(static_cast<MpegDecoder*>(self)->input_->seek(offset, whence));
  }

  Input* input_;
  std::unique_ptr<Input> owned_;  // null until the input turned out to be MPEG audio; outlives handle_
  Mpg123Handle handle_;
  Tail tail_{kTail};
  bool has_failed_ = false;
};

}  // namespace

std::unique_ptr<Decoder> mpeg_decoder(std::unique_ptr<Input>& input) {
  auto decoder = std::make_unique<MpegDecoder>(input);
  return decoder->is_open() ? std::move(decoder) : nullptr;
}

}  // namespace refwave::cli
