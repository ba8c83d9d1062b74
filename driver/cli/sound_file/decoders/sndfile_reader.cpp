// Whatever libsndfile reads, as integers or floats as the file holds them.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "driver/cli/console/failure.h"
#include "driver/cli/sound_file/decoders/decoders.h"
#include "driver/cli/sound_file/raw_format.h"

namespace refwave::cli {
namespace {

/// Returns: that of linear samples; f32 for all others.
dsp::SampleType own_type(int format) {
  using enum dsp::SampleType;
  constexpr dsp::SampleType kLinear[] = {f32, u8, s16, s24,
                                         s32, u8, f32, f64};  // by SF_FORMAT_PCM_S8 and so on
  const int encoding = format & SF_FORMAT_SUBMASK;
  if (encoding == SF_FORMAT_ALAC_16) return s16;
  if (encoding == SF_FORMAT_ALAC_24) return s24;
  if (encoding == SF_FORMAT_ALAC_32) return s32;
  return encoding <= SF_FORMAT_DOUBLE ? kLinear[encoding] : f32;
}

/// Returns: the speaker's SPEAKER_* bit; -1 for what is none.
int speaker_of(int sndfile_channel) {
  constexpr int kSpeakers[] = {-1, 2, 0, 1, 2, 0, 1, 2, 8, 4, 5, 3, 6, 7, 9, 10, 11, 12, 14, 13, 15, 17, 16};
  return sndfile_channel >= 0 && sndfile_channel < std::ssize(kSpeakers) ? kSpeakers[sndfile_channel] : -1;
}

/// Containers that state their length. libsndfile shortens it to what is there without a word.
constexpr int kExact[] = {SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_AIFF,
                          SF_FORMAT_AU,  SF_FORMAT_CAF,   SF_FORMAT_FLAC};
constexpr int kMpeg = 0x230000;  // SF_FORMAT_MPEG, which libsndfile has since 1.1

constexpr sf_count_t kUnknownFrames = sf_count_t{1} << 48;  // and more: the length is left open

class SndfileReader : public SoundFileReader {
 public:
  using SoundFileReader::SoundFileReader;

  /// Throws: Failure, if it cannot be played.
  bool open(const Hints& hints) {
    hints_ = hints;
    SF_INFO info{};
    if (hints.is_by_name) {
      file_ = open_sound_file(input_->path(), SFM_READ, info);
    } else {
      open_by_content(info);
    }
    if (file_ == nullptr) return false;
    if (info.frames <= 0) throw Failure(input_->path() + ": holds no audio; download or create it again");
    begin(hints.is_low_24 ? dsp::SampleType::s24 : own_type(info.format), info.samplerate, info.channels);
    find_length(info);
    is_endless_ = frames_ == 0 && (info.format & SF_FORMAT_SUBMASK) > SF_FORMAT_DOUBLE && !is_mpeg_;
    find_speakers(info);
    return true;
  }

 private:
  void open_by_content(SF_INFO& info) {
    // Behind the sound there may be further chunks, but nobody waits for the end of a pipe to see them.
    for (const std::int64_t reach : {std::int64_t{64} << 10, Input::kUnknown}) {
      if (file_ != nullptr) break;
      input_->set_reach(reach);
      open_until(input_->stated_end(), info);
    }
    // While it does not know the size, libsndfile believes what the container states.
    stated_ = info.frames;
    // It ends MPEG where it guesses the end.
    is_mpeg_ = (info.format & SF_FORMAT_TYPEMASK) == kMpeg;
    if (input_->is_seekable() && !is_mpeg_) open_until(input_->size(), info);
    // Of a CAF file that was cut it wants no size, either.
    if (file_ == nullptr && stated_ > 0) open_until(input_->stated_end(), info);
  }

  void open_until(std::int64_t end, SF_INFO& info) {
    SF_VIRTUAL_IO calls{
        [](void* self) -> sf_count_t { return of(self).end_; },
        [](sf_count_t offset, int whence, void* self) -> sf_count_t {
          return whence == SEEK_END ? of(self).input_->seek(of(self).end_ + offset)
                                    : of(self).input_->seek(offset, whence);
        },
        [](void* bytes, sf_count_t count, void* self) { return of(self).read_input(bytes, count); },
        [](const void*, sf_count_t, void*) -> sf_count_t { return 0; },
        [](void* self) -> sf_count_t { return of(self).input_->position(); }};
    file_.reset();
    input_->seek(0);
    end_ = end;
    empty_reads_ = 0;
    is_at_end_ = false;
    info = {};
    if (hints_.raw) {
      info.format = hints_.raw->encoding;
      info.channels = hints_.raw->format.channels;
      info.samplerate = static_cast<int>(hints_.raw->format.rate);
    }
    file_.reset(sf_open_virtual(&calls, SFM_READ, &info, this));
  }
  /// While it opens 8SVX, libsndfile reads on for ever at an end that it does not know. Zeros stop it.
  sf_count_t read_input(void* bytes, sf_count_t count) {
    constexpr int kMostEmptyReads = 8;
    const auto got = static_cast<sf_count_t>(input_->read(bytes, static_cast<std::size_t>(count)));
    is_at_end_ = got == 0;
    if (got > 0 || file_ != nullptr || ++empty_reads_ < kMostEmptyReads) return got;
    std::memset(bytes, 0, static_cast<std::size_t>(count));
    input_->seek(count, SEEK_CUR);
    return count;
  }
  static SndfileReader& of(void* self) { return *static_cast<SndfileReader*>(self); }

  void find_length(const SF_INFO& info) {
    const int container = info.format & SF_FORMAT_TYPEMASK;
    const bool is_exact = std::ranges::find(kExact, container) != std::end(kExact);
    const bool is_there = input_->is_seekable() && info.frames >= stated_;
    const bool has_32_bits = container == SF_FORMAT_AIFF || container == SF_FORMAT_AU;
    const bool is_open = hints_.is_open || stated_ >= kUnknownFrames ||
                         (has_32_bits && !is_there &&
                          stated_ * static_cast<sf_count_t>(format_.bytes_per_frame()) >= kOpenLength);
    if (is_exact && stated_ > 0 && !is_open) {
      length_ = Length::promised;
      frames_ = static_cast<std::uint64_t>(stated_);
    } else if (input_->is_seekable() && info.frames < kUnknownFrames) {
      frames_ = static_cast<std::uint64_t>(info.frames);
      if (is_exact && is_open)
        print_error(input_->path() +
                    ": its header states no length that can be right, as of a writer that was stopped or "
                    "wrote into a pipe; "
                    "all that is there is played");
    }
  }

  void find_speakers(const SF_INFO& info) {
    constexpr std::uint32_t kSevenOfFlac = 0x70F;  // "FLAC format", "Channels"; the others are as usual
    std::array<int, dsp::kMaxChannels> speakers{};
    const auto used = std::span(speakers).first(format_.channels);
    std::uint32_t mask = hints_.channel_mask;
    if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC) {
      if (mask >> 18 != 0 || std::popcount(mask) != info.channels)
        mask = info.channels == 7 ? kSevenOfFlac : 0;
      format_.channel_mask = mask == dsp::default_channel_mask(format_.channels) ? 0 : mask;
    } else if (sf_command(file_.get(), SFC_GET_CHANNEL_MAP_INFO, speakers.data(),
                          static_cast<int>(used.size_bytes())) != SF_FALSE) {
      std::ranges::transform(used, used.begin(), speaker_of);
      set_order(used);
    }
  }

  std::size_t decode(std::byte* bytes, std::size_t frames) override {
    if (is_endless_ && is_at_end_) return 0;
    const std::size_t done = decode_some(bytes, is_endless_ ? 1 : frames);
    return is_endless_ && is_at_end_ ? 0 : done;
  }

  std::size_t decode_some(std::byte* bytes, std::size_t frames) {
    const auto wanted = static_cast<sf_count_t>(frames);
    if (format_.type == dsp::SampleType::f32)
      return count_of(sf_readf_float(file_.get(), reinterpret_cast<float*>(bytes), wanted));
    if (format_.type == dsp::SampleType::f64)
      return count_of(sf_readf_double(file_.get(), reinterpret_cast<double*>(bytes), wanted));
    integers_.resize(frames * format_.channels);
    const std::size_t count = count_of(sf_readf_int(file_.get(), integers_.data(), wanted));
    integers_.resize(count * format_.channels);
    if (hints_.is_low_24)
      for (int& sample : integers_) sample = static_cast<int>(static_cast<unsigned>(sample) << 8);
    pack(integers_, format_.type, bytes);
    return count;
  }
  static std::size_t count_of(sf_count_t frames) {
    return static_cast<std::size_t>(std::max<sf_count_t>(frames, 0));
  }

  bool go_to(std::uint64_t frame) override {
    return !is_mpeg_ && sf_seek(file_.get(), static_cast<sf_count_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) return "damaged: " + reason_of(file_.get());
    if (hints_.is_open && !input_->is_seekable() && input_->position() >= input_->stated_end())
      return "not played to its end: of such sound in a pipe 1 GiB is read, if its header states no length";
    if (!hints_.raw || !is_linear(*hints_.raw)) return "";
    const std::int64_t end = input_->is_seekable() ? input_->size() : input_->position();
    const std::int64_t over = end % static_cast<std::int64_t>(format_.bytes_per_frame());
    return over == 0 ? "" : "cut short: its last " + std::to_string(over) + " bytes are not a whole frame";
  }

  Hints hints_;
  bool is_mpeg_ = false;
  sf_count_t stated_ = 0;  // the frames of the container, whether they are there or not
  std::int64_t end_ = 0;   // of the input, as libsndfile is told
  int empty_reads_ = 0;
  bool is_at_end_ = false;
  bool is_endless_ = false;  // a codec that decodes on after the end, unless it knows the length
  SoundFileHandle file_;
  std::vector<std::int32_t> integers_;  // scratch
};

}  // namespace

std::unique_ptr<SoundFileReader> sndfile_reader(const std::shared_ptr<Input>& input, const Hints& hints) {
  return opened_by<SndfileReader>(input, hints);
}

}  // namespace refwave::cli
