// Whatever libsndfile reads, as integers or floats as the file holds them.
#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/channel_order.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/wav_header.h"
#include "driver/cli/sound_file/sample_bytes.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

dsp::SampleType own_type(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_PCM_S8:
      return dsp::SampleType::u8;
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ALAC_16:
      return dsp::SampleType::s16;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
      return dsp::SampleType::s24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
      return dsp::SampleType::s32;
    case SF_FORMAT_DOUBLE:
      return dsp::SampleType::f64;
    default:
      return dsp::SampleType::f32;
  }
}

/// Returns: the speaker's SPEAKER_* bit; -1 for what is none.
int speaker_of(int sndfile_channel) {
  constexpr std::array<int, 23> kSpeakers = {-1, 2, 0, 1,  2,  0,  1,  2,  8,  4,  5, 3,
                                             6,  7, 9, 10, 11, 12, 14, 13, 15, 17, 16};
  return sndfile_channel >= 0 && sndfile_channel < 23 ? kSpeakers[static_cast<std::size_t>(sndfile_channel)]
                                                      : -1;
}

enum class Promise : std::uint8_t { none, of_32_bits, of_64_bits };

/// Returns: how a container states its length. libsndfile shortens it to what is there without a word.
Promise promise_of(int format) {
  switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_AIFF:
    case SF_FORMAT_AU:
      return Promise::of_32_bits;
    case SF_FORMAT_CAF:
    case SF_FORMAT_W64:
    case SF_FORMAT_RF64:
    case SF_FORMAT_FLAC:
      return Promise::of_64_bits;
    default:
      return Promise::none;
  }
}

constexpr int kMpeg = 0x230000;  // SF_FORMAT_MPEG, which libsndfile has since 1.1

constexpr sf_count_t kUnknownFrames = sf_count_t{1} << 48;  // and more: the length is left open

class SndfileDecoder : public Decoder {
 public:
  SndfileDecoder(std::unique_ptr<Input> input, Known known, const WavHeader& wav)
      : Decoder(std::move(input)), wav_(wav), known_(known) {}

  /// Throws: Failure, if it cannot be played.
  bool open() {
    SF_INFO info{};
    if (known_ == Known::by_name) {
      file_ = open_sound_file(input_->path(), SFM_READ, info);
    } else {
      open_by_content(info);
    }
    if (file_ != nullptr) note(info);
    return file_ != nullptr;
  }

  std::size_t read(std::byte* bytes, std::size_t frames, float& peak) override {
    const dsp::Format& format = stated_.format;
    const auto wanted = static_cast<sf_count_t>(frames);
    sf_count_t got = 0;
    if (format.type == dsp::SampleType::f32) {
      got = sf_readf_float(file_.get(), reinterpret_cast<float*>(bytes), wanted);
    } else if (format.type == dsp::SampleType::f64) {
      got = sf_readf_double(file_.get(), reinterpret_cast<double*>(bytes), wanted);
    } else {
      integers_.resize(frames * format.channels);
      got = sf_readf_int(file_.get(), integers_.data(), wanted);
      const auto read = std::span(integers_).first(static_cast<std::size_t>(std::max<sf_count_t>(got, 0)) *
                                                   format.channels);
      if (wav_.is_low_24)
        for (int& sample : read) sample = static_cast<int>(static_cast<unsigned>(sample) << 8);
      pack(read, format.type, bytes);
    }
    const auto done = static_cast<std::size_t>(std::max<sf_count_t>(got, 0));
    order_.reorder(bytes, done, format);
    peak = std::max(peak, peak_of(std::span(bytes, done * format.bytes_per_frame()), format.type));
    return done;
  }

  bool seek(std::uint64_t frame) override {
    return input_->is_seekable() && !is_open_ended_ &&
           sf_seek(file_.get(), static_cast<sf_count_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    return sf_error(file_.get()) == SF_ERR_NO_ERROR ? "" : "damaged: " + reason_of(file_.get());
  }

 private:
  enum class Size : std::uint8_t { known, unknown };
  struct View {
    Input* input;
    Size size;
    std::int64_t stated_end;  // of the sound; 0: libsndfile finds it
    sf_count_t end() const {
      const std::int64_t stated = stated_end > 0 ? stated_end : Input::kUnknown;
      return size == Size::known ? std::min(input->size(), stated) : stated;
    }
  };

  void open_by_content(SF_INFO& info) {
    // Behind the sound there may be further chunks, but nobody waits for the end of a pipe to see them.
    const std::int64_t reach = wav_.is_wav ? 0 : 64 << 10;
    for (const std::int64_t bytes : {reach, Input::kUnknown}) {
      if (file_ != nullptr) break;
      input_->set_reach(bytes);
      open_view(Size::unknown, info);
    }
    promised_ = info.frames;
    // libsndfile ends MPEG where it guesses the end, so it must not know the size.
    is_open_ended_ = (info.format & SF_FORMAT_TYPEMASK) == kMpeg;
    if (input_->is_seekable() && !is_open_ended_) open_view(Size::known, info);
    // Of a CAF file that was cut it wants no size, either.
    if (file_ == nullptr && promised_ > 0) open_view(Size::unknown, info);
  }

  void open_view(Size size, SF_INFO& info) {
    SF_VIRTUAL_IO calls{[](void* view) { return static_cast<View*>(view)->end(); },
                        [](sf_count_t offset, int whence, void* self) -> sf_count_t {
                          auto* const view = static_cast<View*>(self);
                          const sf_count_t position = view->input->position();
                          return view->input->seek(offset + (whence == SEEK_END   ? view->end()
                                                             : whence == SEEK_CUR ? position
                                                                                  : 0));
                        },
                        [](void* bytes, sf_count_t count, void* view) {
                          return static_cast<sf_count_t>(
                              static_cast<View*>(view)->input->read(bytes, static_cast<std::size_t>(count)));
                        },
                        [](const void*, sf_count_t, void*) -> sf_count_t { return 0; },
                        [](void* view) -> sf_count_t { return static_cast<View*>(view)->input->position(); }};
    file_.reset();
    input_->seek(0);
    view_ = {input_.get(), size, wav_.end};
    info = {};
    file_.reset(sf_open_virtual(&calls, SFM_READ, &info, &view_));
  }

  void note(const SF_INFO& info) {
    const std::string& path = input_->path();
    if (info.frames <= 0) throw Failure(path + ": holds no audio; download or create it again");
    check_is_playable(path, info.samplerate, info.channels);
    const auto channels = static_cast<std::uint16_t>(info.channels);
    stated_.format = {wav_.is_low_24 ? dsp::SampleType::s24 : own_type(info.format), channels,
                      static_cast<std::uint32_t>(info.samplerate)};
    find_order(info);
    const Promise promise = promise_of(info.format);
    const auto bytes = static_cast<std::uint64_t>(promised_) * stated_.format.bytes_per_frame();
    const bool is_there = info.frames >= promised_ && input_->is_seekable();
    const bool is_open_length =
        promised_ >= kUnknownFrames || (promise == Promise::of_32_bits && bytes >= kOpenLength && !is_there);
    if (promise != Promise::none && promised_ > 0 && !is_open_length) {
      stated_.is_exact = true;
      stated_.frames = static_cast<std::uint64_t>(promised_);
    } else if (input_->is_seekable() && info.frames < kUnknownFrames) {
      stated_.frames = static_cast<std::uint64_t>(info.frames);
      if (promise != Promise::none && is_open_length)
        print_error(path +
                    ": its header states no length, as of a writer that was stopped or wrote into a pipe; "
                    "all that is there is played");
    }
  }

  void find_order(const SF_INFO& info) {
    std::array<int, dsp::kMaxChannels> speakers{};
    const auto used = std::span(speakers).first(stated_.format.channels);
    constexpr int kFlac7[] = {0, 1, 2, 3, 8, 9, 10};  // "FLAC format", "Channels"; the others are as usual
    if (sf_command(file_.get(), SFC_GET_CHANNEL_MAP_INFO, speakers.data(),
                   static_cast<int>(used.size_bytes())) != SF_FALSE) {
      std::ranges::transform(used, used.begin(), speaker_of);
      order_ = ChannelOrder(used);
    } else if ((info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC && used.size() == std::size(kFlac7)) {
      order_ = ChannelOrder(kFlac7);
    }
    stated_.format.channel_mask = order_.mask();
  }

  WavHeader wav_;
  Known known_;
  bool is_open_ended_ = false;
  sf_count_t promised_ = 0;  // the frames that the container states, whether they are there or not
  View view_{};              // outlives file_
  SoundFileHandle file_;
  ChannelOrder order_;
  std::vector<std::int32_t> integers_;  // scratch
};

}  // namespace

std::unique_ptr<Decoder> sndfile_decoder(std::unique_ptr<Input>& input, Known known, const WavHeader& wav) {
  return opened_by<SndfileDecoder>(input, known, wav);
}

}  // namespace refwave::cli
