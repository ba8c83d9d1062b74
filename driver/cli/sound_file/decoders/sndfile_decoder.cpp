#include <algorithm>
#include <optional>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/decoder.h"
#include "driver/cli/sound_file/decoders/mpeg_header.h"
#include "driver/cli/sound_file/decoders/pipe_window.h"
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
    return "convert it before, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  const std::string wav = path_text(to_path(path).filename().replace_extension(".wav"));
  return "convert it, as with `ffmpeg -i IN " + wav + "` or sox, or fetch it again";
}

class SndfileDecoder : public Decoder {
 public:
  explicit SndfileDecoder(const std::string& path) {
    SF_INFO info{};
    file_ = open_sound_file(path, SFM_READ, info);
    note(path, info, false);
    const bool is_mpeg = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
    if (is_mpeg && !states_its_length(path)) stated_.length = Length::guessed;
    if (info.frames <= 0) throw Failure(path + ": holds no audio; it needs to be fetched or made again");
  }

  explicit SndfileDecoder(std::unique_ptr<Input> input) {
    const std::string path = input->path();
    SF_INFO info{};
    if (input->is_seekable() || input->beginning() != "fLaC") {
      input_ = std::move(input);
      file_.reset(sf_open_fd(input_->descriptor(), SFM_READ, &info, SF_FALSE));
    } else {  // libsndfile reads no FLAC where it cannot go back
      window_.emplace(std::move(input));
      file_.reset(window_->open(info));
    }
    note(path, info, true);
    if (!input_ || !input_->is_seekable()) stated_.frames = 0;
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
    const bool is_pipe = window_.has_value() || (input_ != nullptr && !input_->is_seekable());
    return !is_pipe && sf_seek(file_.get(), static_cast<sf_count_t>(frame), SEEK_SET) >= 0;
  }

  std::string damage() const override {
    return sf_error(file_.get()) == SF_ERR_NO_ERROR ? "" : "damaged: " + reason_of(file_.get());
  }

 private:
  /// Throws: Failure, if the file is not open or cannot be played.
  void note(const std::string& path, const SF_INFO& info, bool is_pipe) {
    if (file_ == nullptr) {
      throw Failure(path + ": cannot be read as a sound file: " + reason_of(nullptr) + "; " +
                    conversion(path, is_pipe));
    }
    check_is_playable(path, info.samplerate, info.channels);
    stated_.format = {own_type(info.format), static_cast<std::uint16_t>(info.channels),
                      static_cast<std::uint32_t>(info.samplerate)};
    const auto frames = static_cast<std::uint64_t>(info.frames);
    stated_.frames = frames < kUnknownFrames ? frames : 0;
  }

  std::unique_ptr<Input> input_;  // these two outlive file_
  std::optional<PipeWindow> window_;
  SoundFileHandle file_;
  std::vector<std::int32_t> integers_;  // scratch
};

}  // namespace

std::unique_ptr<Decoder> sndfile_decoder(const std::string& path) {
  return std::make_unique<SndfileDecoder>(path);
}

std::unique_ptr<Decoder> sndfile_decoder(std::unique_ptr<Input> input) {
  return std::make_unique<SndfileDecoder>(std::move(input));
}

}  // namespace refwave::cli
