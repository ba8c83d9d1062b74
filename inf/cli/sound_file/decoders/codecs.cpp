// MP3 by libmpg123, Ogg by libopusfile and libvorbisfile, all as floats.
#include <mpg123.h>
#include <opusfile.h>
#include <vorbis/vorbisfile.h>

#include <algorithm>
#include <cstring>

#include "inf/cli/sound_file/decoders/decoders.h"

namespace refwave::cli {
namespace {

Input& of(void* input) { return *static_cast<Input*>(input); }

constexpr long kMostJunk = 1 << 20;  // bytes before the first frame

/// libmpg123 finds frames between other data, and decodes to the end.
class MpegReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;

  bool open(bool begins_with_frame) {
    return begin_reading() && find_sound(begins_with_frame) && begin_reading() && begin_sound();
  }

 private:
  /// What all frames of a file have in common.
  struct Kind {
    int version = 0;
    int layer = 0;
    long rate = 0;
    bool is_mono = false;
    bool operator==(const Kind&) const = default;
  };
  struct Run {
    std::int64_t begin = 0;
    int frames = 0;
    std::int64_t bytes = 0;
  };

  bool begin_reading() {
    constexpr long kFlags = MPG123_QUIET | MPG123_GAPLESS | MPG123_FORCE_FLOAT | MPG123_SEEKBUFFER;
    mpg123_handle* const handle = handle_.get();
    input_->seek(0);
    mpg123_param(handle, MPG123_ADD_FLAGS, input_->is_seekable() ? kFlags : kFlags | MPG123_NO_PEEK_END, 0);
    mpg123_param(handle, MPG123_RESYNC_LIMIT, kMostJunk, 0);
    mpg123_replace_reader_handle(
        handle,
        [](void* input, void* bytes, std::size_t count) {
          return static_cast<mpg123_ssize_t>(of(input).read(bytes, count));
        },
        [](void* input, off_t offset, int whence) -> off_t { return of(input).seek(offset, whence); },
        nullptr);
    return mpg123_open_handle(handle, input_.get()) == MPG123_OK;
  }

  /// Effects: drops stray frames before the sound, because any data may contain a few that follow each other.
  /// Returns: false, unless there is a long run of frames, a third of a short file is frames, or the first
  /// bytes are a frame and some follow. Runs shorter than `kRun` do not count.
  bool find_sound(bool begins_with_frame) {
    constexpr int kRun = 5;
    constexpr int kLongRun = 40;
    constexpr std::int64_t kLongRunBytes = 8 << 10;
    constexpr std::int64_t kMostFrame = 2'881;  // bytes; mpg123 skips a first frame that counts the others
    Run sound;
    Run run;
    Kind last_kind;
    std::int64_t begin = 0;
    std::int64_t next = -1;
    int result = MPG123_OK;
    while (begin < kMostJunk) {
      result = mpg123_framebyframe_next(handle_.get());
      if (result != MPG123_OK && result != MPG123_NEW_FORMAT) break;
      const std::int64_t place = mpg123_framepos(handle_.get());
      mpg123_frameinfo frame{};
      mpg123_info(handle_.get(), &frame);
      // Any table of records may look like frames without a bit rate.
      if (frame.bitrate == 0 && !begins_with_frame) continue;
      const Kind kind{frame.version, frame.layer, frame.rate, frame.mode == MPG123_M_MONO};
      if (place != next || kind != last_kind) {
        if (run.frames >= kRun) sound = {sound.begin, sound.frames + run.frames, sound.bytes + run.bytes};
        const bool is_stray = 2 * sound.bytes < place - sound.begin;
        if (is_stray && next >= 0) begin = place;
        if (is_stray || next < 0) sound = {.begin = place};
        run = {.begin = place};
        last_kind = kind;
      }
      next = place + frame.framesize;
      run.bytes += frame.framesize;
      ++run.frames;
      if (run.frames < kRun) continue;
      if (begins_with_frame && run.begin <= kMostFrame) return true;
      if (sound.frames + run.frames >= kLongRun && sound.bytes + run.bytes >= kLongRunBytes) {
        if (begin > 0) input_->begin_at(begin, {}, input_->stated_end() - begin);
        return true;
      }
    }
    constexpr std::int64_t kShare = 3;
    const int least = begins_with_frame ? 1 : 2;
    return result == MPG123_DONE && sound.frames + run.frames >= least &&
           kShare * (sound.bytes + run.bytes) >= input_->position();
  }

  bool begin_sound() {
    mpg123_handle* const handle = handle_.get();
    long rate = 0;
    int channels = 0;
    if (mpg123_getformat(handle, &rate, &channels, nullptr) != MPG123_OK) return false;
    begin(dsp::SampleType::f32, rate, channels);
    // If the format changes, libmpg123 converts to this one.
    mpg123_format_none(handle);
    mpg123_format(handle, rate, channels, MPG123_ENC_FLOAT_32);
    mpg123_param(handle, MPG123_RESYNC_LIMIT, -1, 0);
    length_ = Length::guessed;
    frames_ = static_cast<std::uint64_t>(std::max<off_t>(mpg123_length(handle), 0));
    return true;
  }

  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    const std::size_t frame_bytes = format_.bytes_per_frame();
    std::size_t done = 0;
    int result = MPG123_NEW_FORMAT;
    // Tags and the encoder's delay give no samples.
    while (done == 0 && (result == MPG123_OK || result == MPG123_NEW_FORMAT))
      result = mpg123_read(handle_.get(), bytes, frames * frame_bytes, &done);
    // A pipe may end within a frame.
    if (result == MPG123_ERR && mpg123_errcode(handle_.get()) != MPG123_ERR_READER)
      damage_ = std::string("damaged: ") + mpg123_strerror(handle_.get());
    return done / frame_bytes;
  }

  bool go_to(std::uint64_t frame) override {
    return mpg123_seek(handle_.get(), static_cast<off_t>(frame), SEEK_SET) >= 0;
  }

  std::unique_ptr<mpg123_handle, decltype(&mpg123_delete)> handle_{mpg123_new(nullptr, nullptr),
                                                                   mpg123_delete};
};

int seek_input(void* input, std::int64_t offset, int whence) {
  return of(input).seek(offset, whence) < 0 ? -1 : 0;
}

using Link = std::pair<std::int64_t, int>;  // its rate and channels

/// A file may be a chain of streams (links). It ends where their format changes.
class OggReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;
  ~OggReader() override { ov_clear(&vorbis_); }

  bool open() {
    constexpr int kLastKnownFamily = 1;  // others have no speakers (RFC 7845, 5.1.1)
    if ((!open_opus() && !open_vorbis()) || !fill()) return false;
    first_ = link_;
    begin(dsp::SampleType::f32, first_.first, first_.second);
    if (!opus_ || op_head(opus_.get(), number_)->mapping_family <= kLastKnownFamily) set_vorbis_order();
    const std::int64_t frames = opus_ ? op_pcm_total(opus_.get(), -1) : ov_pcm_total(&vorbis_, -1);
    frames_ = static_cast<std::uint64_t>(std::max<std::int64_t>(frames, 0));
    return true;
  }

 private:
  bool open_opus() {
    const OpusFileCallbacks calls{
        [](void* input, unsigned char* bytes, int count) {
          return static_cast<int>(of(input).read(bytes, static_cast<std::size_t>(count)));
        },
        input_->is_seekable() ? seek_input : nullptr,
        [](void* input) -> opus_int64 { return of(input).position(); }, nullptr};
    input_->seek(0);
    int error = 0;
    opus_.reset(op_open_callbacks(input_.get(), &calls, nullptr, 0, &error));
    if (error == OP_EIMPL)
      refuse(*input_,
             "this is Opus whose channels have no speakers (mapping family 255, or another but 0 and 1)");
    if (error == OP_EBADTIMESTAMP) refuse(*input_, "the pages of this Opus file state impossible times");
    return opus_ != nullptr;
  }
  bool open_vorbis() {
    const ov_callbacks calls{[](void* bytes, std::size_t size, std::size_t count, void* input) {
                               return of(input).read(bytes, size * count) / size;
                             },
                             input_->is_seekable() ? seek_input : nullptr, nullptr,
                             [](void* input) { return static_cast<long>(of(input).position()); }};
    input_->seek(0);
    // Without this seek libvorbisfile 1.3.7 skips a first stream of a single page.
    return ov_open_callbacks(input_.get(), &vorbis_, nullptr, 0, calls) == 0 &&
           (!input_->is_seekable() || ov_pcm_seek(&vorbis_, 0) == 0);
  }

  Link link(int number) {
    constexpr int kOpusRate = 48'000;
    if (opus_) return {kOpusRate, op_channel_count(opus_.get(), number)};
    return {ov_info(&vorbis_, number)->rate, ov_info(&vorbis_, number)->channels};
  }

  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    if (at_ == floats_.size() && !fill()) return 0;
    if (link_ != first_) damage_ = "what follows a change of its rate or channels is not played";
    if (link_ != first_) return 0;
    const std::size_t count = std::min(frames, (floats_.size() - at_) / format_.channels);
    std::memcpy(bytes, &floats_[at_], count * format_.bytes_per_frame());
    at_ += count * format_.channels;
    return count;
  }

  /// Returns: false at the end.
  bool fill() {
    long frames = fill_some();
    for (; frames == OV_HOLE; frames = fill_some()) has_hole_ = true;
    // Between two links there may be a hole without a loss.
    if (frames < 0 || (frames == 0 && has_hole_ && position_ < frames_))
      damage_ = "damaged: parts of it cannot be decoded";
    link_ = link(number_);
    floats_.resize(static_cast<std::size_t>(std::max(frames, 0L) * link_.second));
    at_ = 0;
    return !floats_.empty();
  }
  /// Returns: how many frames there are now; OV_HOLE, another error, or 0 at the end.
  long fill_some() {
    constexpr int kAtOnce = 5'760 * dsp::kMaxChannels;  // samples, the most that a packet of Opus holds
    static_assert(OV_HOLE == OP_HOLE);
    floats_.resize(kAtOnce);
    if (opus_) return op_read_float(opus_.get(), floats_.data(), kAtOnce, &number_);
    float** planes = nullptr;
    const long frames = ov_read_float(&vorbis_, &planes, kAtOnce, &number_);
    const auto channels = static_cast<std::size_t>(link(number_).second);
    floats_.resize(static_cast<std::size_t>(std::max(frames, 0L)) * channels);
    for (std::size_t i = 0; i < floats_.size(); ++i) floats_[i] = planes[i % channels][i / channels];
    return frames;
  }

  bool go_to(std::uint64_t frame) override {
    const auto place = static_cast<std::int64_t>(frame);
    if ((opus_ ? op_pcm_seek(opus_.get(), place) : ov_pcm_seek(&vorbis_, place)) != 0) return false;
    at_ = floats_.size();
    return true;
  }

  std::unique_ptr<OggOpusFile, decltype(&op_free)> opus_{nullptr, op_free};  // null: it is Vorbis
  OggVorbis_File vorbis_{};
  std::vector<float> floats_;  // decoded, and not read yet from at_ on
  std::size_t at_ = 0;
  int number_ = 0;  // of their link
  Link link_;
  Link first_;
  bool has_hole_ = false;
};

}  // namespace

std::unique_ptr<SoundFileReader> mpeg_reader(const std::shared_ptr<Input>& input, const Hints& hints) {
  auto reader = std::make_unique<MpegReader>(input);
  return reader->open(hints.is_mpeg) ? std::move(reader) : nullptr;
}
std::unique_ptr<SoundFileReader> ogg_reader(const std::shared_ptr<Input>& input, const Hints&) {
  auto reader = std::make_unique<OggReader>(input);
  return reader->open() ? std::move(reader) : nullptr;
}

}  // namespace refwave::cli
