#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <string_view>
#include <system_error>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/cli/sound_file/decoders/decoders.h"
#include "inf/cli/sound_file/raw_format.h"
#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

struct Kind {
  std::string_view extension;
  int container;
  int encoding;  // 0: linear, as the samples are
};

constexpr std::uint64_t kMostFlacFrames = (1ULL << 36) - 1;
constexpr std::uint64_t kMostAiffHeader = 1'024;

constexpr Kind kKinds[] = {
    {".wav", SF_FORMAT_WAV, 0},
    {".flac", SF_FORMAT_FLAC, 0},
    {".aiff", SF_FORMAT_AIFF, 0},
    {".aif", SF_FORMAT_AIFF, 0},
    {".caf", SF_FORMAT_CAF, 0},
    {".w64", SF_FORMAT_W64, 0},
    {".rf64", SF_FORMAT_RF64, 0},
    {".au", SF_FORMAT_AU, 0},
    {".ogg", SF_FORMAT_OGG, SF_FORMAT_VORBIS},
    {".opus", SF_FORMAT_OGG, SF_FORMAT_OPUS},
};

int linear_encoding(dsp::SampleType type) {
  if (type == dsp::SampleType::s24) return SF_FORMAT_PCM_24;
  if (type == dsp::SampleType::s32) return SF_FORMAT_PCM_32;
  return type == dsp::SampleType::f32 ? SF_FORMAT_FLOAT : SF_FORMAT_PCM_16;
}

/// Returns: ".wav, .flac, .aiff …", those that can be written here.
std::string extensions() {
  std::string all;
  for (const Kind& kind : kKinds)
    if (sndfile_has(kind.container)) all.append(all.empty() ? "" : ", ").append(kind.extension);
  return all;
}

/// Returns: the system's reason in a message of hal's: "cannot create FILE: No such file or directory".
std::string reason_in(const std::string& error) {
  const std::size_t colon = error.rfind(": ");
  return colon == std::string::npos ? error : error.substr(colon + 2);
}

SF_INFO file_info(const std::string& path, const dsp::Format& format) {
  load_sndfile();
  const std::string extension =
      path == kStandardStream ? ".wav" : lower(path_text(to_path(path).extension()));
  const auto kind = std::ranges::find(kKinds, extension, &Kind::extension);
  if (kind == std::end(kKinds)) {
    throw Failure(path + ": its extension chooses no format; end it in one of " + extensions(), kUsage);
  }
  if (!sndfile_has(kind->container))
    throw Failure(path + ": " + extension.substr(1) + " files cannot be written here; use .wav", kUsage);
  SF_INFO info{};
  info.samplerate = static_cast<int>(format.rate);
  info.channels = format.channels;
  info.format = kind->container | (kind->encoding != 0 ? kind->encoding : linear_encoding(format.type));
  // Opus knows 8, 12, 16, 24 and 48 kHz, which libsndfile checks later.
  const bool is_rate_known =
      kind->encoding != SF_FORMAT_OPUS || (48'000 % format.rate == 0 && format.rate % 4'000 == 0);
  if (sf_format_check(&info) == 0 || !is_rate_known) {
    throw Failure(path + ": " + extension.substr(1) + " files cannot hold " + format_text(format) +
                      "; use .wav, or other --bits, --channels or --rate",
                  kUsage);
  }
  return info;
}

}  // namespace

void check_can_hold(const std::string& path, const dsp::Format& format, const std::optional<RawFormat>& raw) {
  if (!raw) {
    file_info(path, format);
  } else if (path != kStandardStream) {
    throw Failure(path + ": --raw writes to standard output only; write `refwave record - --raw ... >FILE`",
                  kUsage);
  } else if (!is_linear(*raw)) {
    throw Failure("--raw: such samples are only played; record linear ones, as s16le", kUsage);
  }
}

SoundFileWriter::SoundFileWriter(const std::string& path, const dsp::Format& format,
                                 const std::optional<RawFormat>& raw, const SizeLimits& limits)
    : path_(path), format_(format), raw_(raw), most_frames_(std::numeric_limits<std::uint64_t>::max()) {
  if (path == kStandardStream && is_at_terminal(SFM_WRITE))
    throw Failure("-: standard output is a terminal; pipe it into a program, or name a file", kUsage);
  check_can_hold(path, format, raw);
  std::error_code ignored;
  is_new_ = !std::filesystem::exists(to_path(path), ignored);
  pipe_ = open_pipe(path);
  if (raw) return;
  SF_INFO info = file_info(path, format);
  if (pipe_ != nullptr) {
    write_all(pipe_.get(), hal::wav_header_of_open_length(format));
    return;
  }
  const int container = info.format & SF_FORMAT_TYPEMASK;
  std::string error;
  if (container == SF_FORMAT_WAV) {
    wav_ = hal::WavWriter::create(path, format, error, limits.riff_bytes);
  } else {
    file_ = open_sound_file(path, SFM_WRITE, info);
    if (file_ == nullptr) error = reason_of(nullptr);
  }
  if (!error.empty()) {
    remove_empty();
    throw Failure(path + ": cannot be written: " + reason_in(error) +
                  "; name a file in a folder you may write to, and with space");
  }
  if (container == SF_FORMAT_FLAC) most_frames_ = kMostFlacFrames;
  // Compressed files need no update; libsndfile 1.2.2 would restart an Ogg file.
  states_length_ = container != SF_FORMAT_FLAC && container != SF_FORMAT_OGG;
  if (container == SF_FORMAT_AIFF)
    most_frames_ = (limits.aiff_bytes - kMostAiffHeader) / format.bytes_per_frame();
  if (file_ != nullptr) sf_command(file_.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

/// Returns: whether there is a reader.
bool SoundFileWriter::write_to_pipe(std::span<const std::byte> frames) {
  if (!raw_) return write_all(pipe_.get(), frames);
  turned_.assign(frames.begin(), frames.end());
  turn(turned_, *raw_);
  return write_all(pipe_.get(), turned_);
}

std::size_t SoundFileWriter::write_to_wav(std::span<const std::byte> frames) {
  const std::uint64_t before = wav_->frames();
  wav_->append(frames);
  return static_cast<std::size_t>(wav_->frames() - before);
}

std::size_t SoundFileWriter::write_to_sound_file(std::span<const std::byte> frames) {
  const auto count = static_cast<sf_count_t>(frames.size() / format_.bytes_per_frame());
  sf_count_t written = 0;
  errno = 0;
  if (format_.type == dsp::SampleType::f32) {
    written = sf_writef_float(file_.get(), reinterpret_cast<const float*>(frames.data()), count);
  } else {
    integers_.resize(static_cast<std::size_t>(count) * format_.channels);
    unpack(frames.data(), format_.type, integers_);
    written = sf_writef_int(file_.get(), integers_.data(), count);
  }
  return static_cast<std::size_t>(std::max<sf_count_t>(written, 0));
}

std::size_t SoundFileWriter::write_frames(std::span<const std::byte> frames) {
  if (pipe_ != nullptr) return write_to_pipe(frames) ? frames.size() / format_.bytes_per_frame() : 0;
  return wav_ ? write_to_wav(frames) : write_to_sound_file(frames);
}

void SoundFileWriter::write(std::span<const std::byte> block) {
  const std::size_t frames = block.size() / format_.bytes_per_frame();
  const auto fitting = static_cast<std::size_t>(std::min<std::uint64_t>(frames, most_frames_ - frames_));
  const std::size_t written = write_frames(block.first(fitting * format_.bytes_per_frame()));
  frames_ += written;
  if (written < fitting) fail();
  if (fitting < frames)
    throw Failure(path_ + ": files of this kind hold no more; the first " + clock_text(seconds()) +
                  " are kept, record longer ones as .wav, .w64 or .caf");
  if (states_length_ && frames_ - frames_in_header_ >= format_.rate) update_header();
}

void SoundFileWriter::update_header() {
  frames_in_header_ = frames_;
  if (wav_) {
    wav_->publish();
  } else {
    sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
  }
}

/// Effects: removes a file without sound, unless one was there before. Returns: whether it did.
bool SoundFileWriter::remove_empty() {
  std::error_code ignored;
  const auto file = to_path(path_);
  const bool is_empty = frames_ == 0 || std::filesystem::file_size(file, ignored) == 0;
  return is_new_ && pipe_ == nullptr && is_empty && std::filesystem::remove(file, ignored);
}

void SoundFileWriter::fail() {
  const int error = errno;
  if (pipe_ != nullptr)
    throw Failure(path_ + formatted(error == ENOSPC ? ": no space left after %.1f s; free some to record more"
                                                    : ": the reader ended after %.1f s; see why",
                                    seconds()));
  // libsndfile's text for a full disk is "a bug in libsndfile".
  const std::string reason = wav_         ? reason_in(wav_->error())
                             : error != 0 ? std::generic_category().message(error)
                                          : reason_of(file_.get());
  wav_.reset();
  file_.reset();
  throw Failure(path_ + ": cannot be written any further: " + reason + "; " +
                (remove_empty() ? "nothing is kept" : formatted("the first %.1f s are kept", seconds())) +
                ", free some space to record more");
}

void SoundFileWriter::close() {
  if (wav_) wav_->publish();
  const bool is_whole = wav_ ? wav_->error().empty() : file_ == nullptr || sf_close(file_.release()) == 0;
  wav_.reset();
  pipe_.reset();
  if (is_whole) return;
  throw Failure(path_ + ": could not be finished; its end may be missing: free some space and record again");
}

}  // namespace refwave::cli
