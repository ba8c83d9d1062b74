// MP3 by libmpg123, which finds the frames between whatever else there is, and decodes to the end.
#include <mpg123.h>

#include <algorithm>

#include "driver/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

constexpr long kMostJunk = 1 << 20;  // before the first frame

struct DeleteMpg123 {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};

class MpegReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;

  bool open() {
    mpg123_handle* const handle = handle_.get();
    const long flags = MPG123_QUIET | MPG123_GAPLESS | (input_->is_seekable() ? 0 : MPG123_SEEKBUFFER);
    mpg123_param(handle, MPG123_ADD_FLAGS, flags, 0);
    mpg123_param(handle, MPG123_RESYNC_LIMIT, kMostJunk, 0);
    mpg123_format_none(handle);
    mpg123_format2(handle, 0, MPG123_MONO | MPG123_STEREO, MPG123_ENC_FLOAT_32);
    mpg123_replace_reader_handle(handle, read_input, seek_input, nullptr);
    long rate = 0;
    int channels = 0;
    int encoding = 0;
    if (mpg123_open_handle(handle, input_.get()) != MPG123_OK ||
        mpg123_getformat(handle, &rate, &channels, &encoding) != MPG123_OK)
      return false;
    begin(dsp::SampleType::f32, rate, channels);
    // Where the format changes on the way, libmpg123 converts to this one.
    mpg123_format_none(handle);
    mpg123_format(handle, rate, channels, MPG123_ENC_FLOAT_32);
    mpg123_param(handle, MPG123_RESYNC_LIMIT, -1, 0);
    length_ = Length::guessed;
    if (input_->is_seekable())
      frames_ = static_cast<std::uint64_t>(std::max<off_t>(mpg123_length(handle), 0));
    return true;
  }

 private:
  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    const std::size_t frame_bytes = format_.bytes_per_frame();
    std::size_t done = 0;
    int result = MPG123_NEW_FORMAT;
    // Tags and the encoder's delay give no samples.
    while (done == 0 && (result == MPG123_OK || result == MPG123_NEW_FORMAT))
      result = mpg123_read(handle_.get(), bytes, frames * frame_bytes, &done);
    has_failed_ = result == MPG123_ERR;
    return done / frame_bytes;
  }

  bool go_to(std::uint64_t frame) override {
    return mpg123_seek(handle_.get(), static_cast<off_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    return has_failed_ ? std::string("damaged: ") + mpg123_strerror(handle_.get()) : "";
  }

  static mpg123_ssize_t read_input(void* input, void* bytes, std::size_t count) {
    return static_cast<mpg123_ssize_t>(static_cast<Input*>(input)->read(bytes, count));
  }
  static off_t seek_input(void* input, off_t offset, int whence) {
    return static_cast<off_t>(static_cast<Input*>(input)->seek_in_file(offset, whence));
  }

  std::unique_ptr<mpg123_handle, DeleteMpg123> handle_{mpg123_new(nullptr, nullptr)};
  bool has_failed_ = false;
};

}  // namespace

std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input) {
  return opened_by<MpegReader>(input);
}

}  // namespace refwave::cli
