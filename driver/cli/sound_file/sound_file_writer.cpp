#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/sample_bytes.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

struct Kind {
  std::string_view extension;
  int container;
  int encoding;  // 0: linear, as the samples are
};

constexpr Kind kKinds[] = {
    {".wav", SF_FORMAT_WAV, 0},   {".flac", SF_FORMAT_FLAC, 0}, {".aiff", SF_FORMAT_AIFF, 0},
    {".aif", SF_FORMAT_AIFF, 0},  {".caf", SF_FORMAT_CAF, 0},   {".w64", SF_FORMAT_W64, 0},
    {".rf64", SF_FORMAT_RF64, 0}, {".au", SF_FORMAT_AU, 0},     {".ogg", SF_FORMAT_OGG, SF_FORMAT_VORBIS},
};

int linear_encoding(dsp::SampleType type) {
  switch (type) {
    case dsp::SampleType::s24:
      return SF_FORMAT_PCM_24;
    case dsp::SampleType::s32:
      return SF_FORMAT_PCM_32;
    case dsp::SampleType::f32:
      return SF_FORMAT_FLOAT;
    default:
      return SF_FORMAT_PCM_16;
  }
}

std::string lower_extension(const std::string& path) {
  std::string extension = path_text(to_path(path).extension());
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return extension;
}

/// Returns: whether libsndfile was built with what files of that kind need.
bool is_built_in(int container) {
  int count = 0;
  sf_command(nullptr, SFC_GET_FORMAT_MAJOR_COUNT, &count, sizeof(count));
  for (int i = 0; i < count; ++i) {
    SF_FORMAT_INFO known{};
    known.format = i;
    sf_command(nullptr, SFC_GET_FORMAT_MAJOR, &known, sizeof(known));
    if (known.format == container) return true;
  }
  return false;
}

SF_INFO file_info(const std::string& path, const dsp::Format& format) {
  const std::string extension = path == kStandardStream ? ".wav" : lower_extension(path);
  const auto kind = std::ranges::find(kKinds, extension, &Kind::extension);
  if (kind == std::end(kKinds)) {
    throw Failure(path + ": the name has no extension that chooses the format; end it in .wav or .flac",
                  kUsage);
  }
  if (!is_built_in(kind->container))
    throw Failure(path + ": " + extension.substr(1) + " files cannot be written here; use .wav", kUsage);
  SF_INFO info{};
  info.samplerate = static_cast<int>(format.rate);
  info.channels = format.channels;
  info.format = kind->container | (kind->encoding != 0 ? kind->encoding : linear_encoding(format.type));
  if (sf_format_check(&info) == 0) {
    throw Failure(path + ": " + extension.substr(1) + " files cannot hold " + format_text(format) +
                      "; use .wav, or other --bits or --channels",
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
  }
}

SoundFileWriter::SoundFileWriter(const std::string& path, const dsp::Format& format,
                                 const std::optional<RawFormat>& raw)
    : path_(path), format_(format), raw_(raw) {
  if (path == kStandardStream && is_at_terminal(SFM_WRITE))
    throw Failure("-: standard output is a terminal; pipe it into a program, or name a file", kUsage);
  check_can_hold(path, format, raw);
  pipe_ = open_pipe(path);
  if (raw) return;
  SF_INFO info = file_info(path, format);
  if (pipe_ != nullptr) {
    const std::string header = wav_header_of_open_length(format);
    write_all(pipe_.get(), std::as_bytes(std::span(header)));
    return;
  }
  file_ = open_sound_file(path, SFM_WRITE, info);
  if (file_ == nullptr) {
    throw Failure(path + ": cannot be written: " + reason_of(nullptr) +
                  "; name a file in a folder you may write to");
  }
  sf_command(file_.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
}

/// Returns: whether somebody still reads.
bool SoundFileWriter::write_to_pipe(std::span<const std::byte> samples) {
  if (!raw_) return write_all(pipe_.get(), samples);
  turned_.assign(samples.begin(), samples.end());
  turn(turned_, *raw_);
  return write_all(pipe_.get(), turned_);
}

/// Returns: how many frames were written.
std::size_t SoundFileWriter::write_samples(std::span<const std::byte> block, float& peak) {
  const std::size_t frames = block.size() / format_.bytes_per_frame();
  if (pipe_ != nullptr) {
    const auto whole = block.first(frames * format_.bytes_per_frame());
    peak = peak_of(whole, format_.type);
    return write_to_pipe(whole) ? frames : 0;
  }
  const std::size_t samples = frames * format_.channels;
  const auto count = static_cast<sf_count_t>(frames);
  const auto* floats = reinterpret_cast<const float*>(block.data());
  const bool is_float = format_.type == dsp::SampleType::f32;
  if (!is_float) {
    integers_.resize(samples);
    unpack(block.data(), format_.type, integers_);
  }
  peak = is_float ? peak_of(std::span(floats, samples)) : peak_of(integers_);
  const sf_count_t written = is_float ? sf_writef_float(file_.get(), floats, count)
                                      : sf_writef_int(file_.get(), integers_.data(), count);
  return static_cast<std::size_t>(std::max<sf_count_t>(written, 0));
}

void SoundFileWriter::write(std::span<const std::byte> block, float& peak) {
  const std::size_t written = write_samples(block, peak);
  frames_ += written;
  if (written != block.size() / format_.bytes_per_frame()) {
    if (pipe_ != nullptr)
      throw Failure(path_ + formatted(errno == ENOSPC
                                          ? ": no space left after %.1f s; free some to record more"
                                          : ": the reader ended after %.1f s; see why",
                                      seconds()));
    throw Failure(path_ + ": cannot be written any further: " + reason_of(file_.get()) +
                  formatted("; the first %.1f s are kept, free some space to record more", seconds()));
  }
  if (pipe_ != nullptr || frames_ - frames_in_header_ < format_.rate) return;
  frames_in_header_ = frames_;
  sf_command(file_.get(), SFC_UPDATE_HEADER_NOW, nullptr, 0);
}

void SoundFileWriter::close() {
  if (pipe_ != nullptr || sf_close(file_.release()) == 0) return;
  throw Failure(path_ + ": could not be finished; its end may be missing: free some space and record again");
}

}  // namespace refwave::cli
