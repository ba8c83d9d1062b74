#include <algorithm>
#include <filesystem>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/declared_length.h"
#include "driver/cli/sound_file/mpeg_header.h"
#include "driver/cli/sound_file/sample_bytes.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

constexpr std::uint64_t kUnknownFrames = 1ull
                                         << 56;  // libsndfile says SF_COUNT_MAX for a file of open length

bool is_pipe(const std::string& path) {
  std::error_code error;
  return path == kStandardStream || std::filesystem::is_fifo(to_path(path), error);
}

void check_is_readable(const std::string& path) {
  if (path == kStandardStream && is_at_terminal(SFM_READ))
    throw Failure("-: standard input is a terminal; pipe a sound file into it");
  if (is_pipe(path)) return;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(to_path(path), error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw Failure(path + ": no such file; check the name");
  if (std::filesystem::is_directory(status)) throw Failure(path + ": a folder; name the files in it");
  if (status.type() == std::filesystem::file_type::none)
    throw Failure(path + ": " + error.message() + "; check its permissions");
  if (!std::filesystem::is_regular_file(status))
    throw Failure(path + ": neither a file nor a pipe; save it as a file first");
  if (std::filesystem::file_size(to_path(path), error) == 0)
    throw Failure(path + ": an empty file; it needs to be fetched or made again");
}

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
    default:
      return dsp::SampleType::f32;
  }
}

void check_is_playable(const std::string& path, const SF_INFO& info) {
  if (info.channels < 1 || info.channels > dsp::kMaxChannels) {
    throw Failure(
        formatted("%s: %d channels, and 1 to 8 can be played; mix it down, as with `sox IN OUT channels 2`",
                  path.c_str(), info.channels));
  }
  if (info.samplerate < static_cast<int>(dsp::kMinRate) ||
      info.samplerate > static_cast<int>(dsp::kMaxRate)) {
    throw Failure(
        formatted("%s: %d Hz, and 8000 to 192000 Hz can be played; convert it, as with `sox IN -r 48000 OUT`",
                  path.c_str(), info.samplerate));
  }
  if (info.frames <= 0 && !is_pipe(path))
    throw Failure(path + ": holds no audio; it needs to be fetched or made again");
}

/// Returns: how to make a file of it that can be read.
std::string conversion(const std::string& path) {
  if (is_pipe(path))
    return "convert it before, as with `ffmpeg -i IN -f wav - | refwave play -` or `sox IN -t wav -`";
  const std::string wav = path_text(to_path(path).filename().replace_extension(".wav"));
  return "convert it, as with `ffmpeg -i IN " + wav + "` or sox, or fetch it again";
}

/// Returns: whether the frames that libsndfile states are a guess.
bool is_guess(const std::string& path, const SF_INFO& info) {
  return (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG && !states_its_length(path);
}

}  // namespace

std::string reason_of(SNDFILE* file) {
  constexpr std::string_view kPrefix = "Error : ";
  std::string why = sf_strerror(file);
  if (why.starts_with(kPrefix)) why.erase(0, kPrefix.size());
  while (why.ends_with('.') || why.ends_with('\n')) why.pop_back();
  return why;
}

SoundFileReader::SoundFileReader(const std::string& path) : path_(path) {
  check_is_readable(path);
  SF_INFO info{};
  file_ = open_sound_file(path, SFM_READ, info);
  if (file_ == nullptr) {
    throw Failure(path + ": cannot be read as a sound file: " + reason_of(nullptr) + "; " + conversion(path));
  }
  check_is_playable(path, info);
  format_ = {own_type(info.format), static_cast<std::uint16_t>(info.channels),
             static_cast<std::uint32_t>(info.samplerate)};
  const auto frames = static_cast<std::uint64_t>(info.frames);
  is_pipe_ = is_pipe(path);
  frames_ = frames < kUnknownFrames && !is_pipe_ && !is_guess(path, info) ? frames : 0;
}

std::size_t SoundFileReader::read(std::span<std::byte> block, float& peak) {
  const std::size_t wanted = block.size() / format_.bytes_per_frame();
  std::size_t done = 0;
  peak = 0;
  while (done < wanted) {
    const std::size_t frames =
        read_some(block.data() + done * format_.bytes_per_frame(), wanted - done, peak);
    if (frames == 0) break;
    done += frames;
  }
  frames_read_ += done;
  return done;
}

std::size_t SoundFileReader::read_some(std::byte* bytes, std::size_t frames, float& peak) {
  const auto wanted = static_cast<sf_count_t>(frames);
  if (format_.type == dsp::SampleType::f32) {
    auto* samples = reinterpret_cast<float*>(bytes);
    const auto got =
        static_cast<std::size_t>(std::max<sf_count_t>(sf_readf_float(file_.get(), samples, wanted), 0));
    peak = std::max(peak, peak_of(std::span<const float>(samples, got * format_.channels)));
    return got;
  }
  integers_.resize(frames * format_.channels);
  const auto got =
      static_cast<std::size_t>(std::max<sf_count_t>(sf_readf_int(file_.get(), integers_.data(), wanted), 0));
  const auto samples = std::span<const std::int32_t>(integers_).first(got * format_.channels);
  pack(samples, format_.type, bytes);
  peak = std::max(peak, peak_of(samples));
  return got;
}

std::string SoundFileReader::complaint() const {
  const std::uint64_t cut = is_pipe_ ? 0 : missing_bytes(path_);
  const std::string remedy = "; the rest was played; fetch the whole file again";
  if (cut > 0) return path_ + ": cut short: " + std::to_string(cut) + " bytes of audio are missing" + remedy;
  if (frames_ > frames_read_) {
    const double missing = static_cast<double>(frames_ - frames_read_) / format_.rate;
    return path_ +
           formatted(": cut short or damaged: %.3f s of %.3f s are missing", missing,
                     static_cast<double>(frames_) / format_.rate) +
           remedy;
  }
  if (sf_error(file_.get()) != SF_ERR_NO_ERROR)
    return path_ + ": damaged: " + reason_of(file_.get()) + remedy;
  return {};
}

}  // namespace refwave::cli
