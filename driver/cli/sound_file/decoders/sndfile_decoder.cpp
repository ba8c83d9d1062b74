#include <algorithm>
#include <optional>
#include <string_view>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/declared_length.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/mpeg_header.h"
#include "driver/cli/sound_file/decoders/ogg_end.h"
#include "driver/cli/sound_file/decoders/pipe_window.h"
#include "driver/cli/sound_file/decoders/tail.h"
#include "driver/cli/sound_file/sample_bytes.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr std::uint64_t kUnknownFrames = 1ull
                                         << 56;  // libsndfile says SF_COUNT_MAX for a file of open length

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

/// Returns: how to make a file of it that can be read.
std::string conversion(const std::string& path, bool is_pipe) {
  if (is_pipe)
    return "convert it first, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  std::filesystem::path wav = to_path(path).filename();
  if (wav.extension() == ".wav") wav = std::filesystem::path("new-") += wav;
  wav.replace_extension(".wav");
  return "convert it, as with `ffmpeg -i IN " + path_text(wav) + "` or sox, or download it again";
}

/// Returns: whether libsndfile reads such a file wrongly, or not at all, where it cannot go back.
bool needs_to_go_back(std::string_view beginning) {
  return beginning == "fLaC" || beginning == "RF64" || beginning == "caff";
}

class SndfileDecoder : public Decoder {
 public:
  SndfileDecoder(std::unique_ptr<Input> input, Source source) : input_(std::move(input)) {
    const std::string beginning = input_->beginning().value_or("");
    is_ogg_ = beginning == kOggMark;
    is_mpeg_ = source == Source::pipe ? may_be_mpeg(beginning) : is_mpeg_of_unknown_length(input_->path());
    SF_INFO info{};
    // libsndfile does not tell of an Ogg file's missing end, and ends MPEG where it guesses the end.
    if (is_mpeg_ || (!input_->is_seekable() && (is_ogg_ || needs_to_go_back(beginning)))) {
      file_.reset(
          window_.emplace(*input_).open(info, is_mpeg_ ? PipeWindow::Kind::mpeg : PipeWindow::Kind::other));
    } else if (source == Source::file) {
      file_ = open_sound_file(input_->path(), SFM_READ, info);
    } else {
      file_.reset(sf_open_fd(input_->descriptor(), SFM_READ, &info, SF_FALSE));
    }
    note(info, source);
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
      if (got > 0)
        pack(std::span(integers_).first(static_cast<std::size_t>(got) * format.channels), format.type, bytes);
    }
    const auto done = static_cast<std::size_t>(std::max<sf_count_t>(got, 0));
    peak = std::max(peak, peak_of(std::span(bytes, done * format.bytes_per_frame()), format.type));
    return done;
  }

  bool seek(std::uint64_t frame) override {
    return !window_ && input_->is_seekable() &&
           sf_seek(file_.get(), static_cast<sf_count_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    if (is_mpeg_ && ends_within_frame(window_->tail())) return "cut short: its last frame is incomplete";
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) return "damaged: " + reason_of(file_.get());
    const bool lacks_end = is_ogg_ && (window_ || input_->is_seekable()) &&
                           lacks_last_page(window_ ? window_->tail() : tail_of(*input_, kLastOggPages));
    return lacks_end ? "cut short: its last page is missing" : "";
  }

 private:
  /// Throws: Failure, if the file is not open or cannot be played.
  void note(const SF_INFO& info, Source source) {
    const std::string& path = input_->path();
    if (file_ == nullptr) {
      throw Failure(path + ": cannot be read as a sound file: " + reason_of(nullptr) + "; " +
                    conversion(path, source == Source::pipe));
    }
    if (info.frames <= 0) throw Failure(path + ": holds no audio; download or create it again");
    check_is_playable(path, info.samplerate, info.channels);
    stated_.format = {own_type(info.format), static_cast<std::uint16_t>(info.channels),
                      static_cast<std::uint32_t>(info.samplerate)};
    const auto frames = static_cast<std::uint64_t>(info.frames);
    stated_.frames = frames < kUnknownFrames ? frames : 0;
    // A program that writes into a pipe may not know how much will come.
    if (!input_->is_seekable() && stated_.frames * stated_.format.bytes_per_frame() >= kOpenLength)
      stated_.frames = 0;
  }

  std::unique_ptr<Input> input_;  // these two outlive file_
  std::optional<PipeWindow> window_;
  SoundFileHandle file_;
  bool is_ogg_ = false;
  bool is_mpeg_ = false;                // and states no length
  std::vector<std::int32_t> integers_;  // scratch
};

}  // namespace

std::unique_ptr<Decoder> sndfile_decoder(std::unique_ptr<Input> input, Source source) {
  return std::make_unique<SndfileDecoder>(std::move(input), source);
}

}  // namespace refwave::cli
