// Sound files as blocks of bytes in the formats of the wave functions. Main thread.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dsp/format.h"
#include "hal/capture/wav_writer.h"
#include "inf/cli/sound_file/input.h"
#include "inf/cli/sound_file/raw_format.h"

namespace refwave::cli {

/// Closes the file, but never stdout.
struct ClosePipe {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};
using PipeHandle = std::unique_ptr<std::FILE, ClosePipe>;

/// Returns: the pipe for writing, if `path` is one or kStandardStream; else null.
PipeHandle open_pipe(const std::string& path);

/// Effects: writes them, also to a pipe that does not block. Returns: false if there is no reader.
bool write_all(std::FILE* pipe, std::span<const std::byte> bytes);

struct CloseSoundFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SoundFileHandle = std::unique_ptr<SNDFILE, CloseSoundFile>;

/// The name that stands for standard input or output.
inline constexpr std::string_view kStandardStream = "-";

/// Effects: on Windows, libsndfile's functions can be called. Throws: Failure, if its DLL or one of the
/// functions is missing.
void load_sndfile();

/// Returns: the file; null on failure: sf_strerror(nullptr) has the reason. `path`: UTF-8.
SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info);

/// Returns: libsndfile's text for the last failure, of `file` or of an open (null).
std::string reason_of(SNDFILE* file);

/// Returns: whether standard input (SFM_READ) or output is a terminal.
bool is_at_terminal(int mode);

/// A promised length is in the container's header: a file with less was cut.
enum class Length : std::uint8_t { guessed, stated, promised };

/// A length that exceeds the sound by this many bytes was never true: its writer could not know it.
constexpr std::int64_t kNeverThere = 1'000'000'000;

/// Reads a file in its own format if that is linear PCM or float, else as 32-bit float, with the channels in
/// WAVE's order. Each library for files has an implementation.
class SoundFileReader {
 public:
  explicit SoundFileReader(std::shared_ptr<Input> input) : input_(std::move(input)) {}
  virtual ~SoundFileReader() = default;

  const dsp::Format& format() const { return format_; }
  /// Returns: the stated frames, or a guess (length()); 0 if unknown, as in a pipe.
  std::uint64_t frames() const { return frames_; }
  Length length() const { return length_; }
  std::uint64_t position() const { return position_; }
  bool is_pipe() const { return input_->is_pipe(); }
  /// Effects: seeks to `frame`. Returns: false, with nothing changed, in a pipe.
  bool seek(std::uint64_t frame);
  /// The same forward, by reading if need be. Returns: false, if it ends before.
  bool skip_to(std::uint64_t frame);
  /// Effects: fills `block` from the front. Returns: frames; fewer than fit only at the end.
  std::size_t read(std::span<std::byte> block);
  /// Returns: at the end, what was missing or damaged, in one line; else empty.
  std::string complaint() const;

 protected:
  /// Returns: up to `frames` in `bytes`; 0 only at the end.
  virtual std::size_t decode(std::byte* bytes, std::size_t frames) = 0;
  virtual bool go_to(std::uint64_t frame) = 0;

  /// Effects: sets format(). Throws: Failure, if it cannot be played.
  void begin(dsp::SampleType type, std::int64_t rate, std::int64_t channels);
  /// Effects: read() reorders the channels of Vorbis and Opus to WAVE's order.
  void set_vorbis_order();
  static constexpr std::uint32_t kMaskOfSeven = 0x70F;  // of Vorbis, and of FLAC ("RFC 9639", 9.1.3)
  /// The same for a file whose channels libsndfile knows.
  void set_sndfile_order(SNDFILE* file);
  /// Returns: whether so many missing frames mean that the length was never true.
  bool lacks_too_much(std::int64_t frames) const {
    return frames * static_cast<std::int64_t>(format_.bytes_per_frame()) >= kNeverThere;
  }

  std::shared_ptr<Input> input_;
  dsp::Format format_;
  std::uint64_t frames_ = 0;
  Length length_ = Length::stated;
  std::uint64_t position_ = 0;
  std::string damage_;  // "damaged: bad header"; empty if all is well

 private:
  /// `speakers`: for each channel the number of its SPEAKER_* bit. Duplicates and unknown ones change
  /// nothing.
  void set_order(std::span<const int> speakers);

  std::vector<std::size_t> order_;  // where each channel is in the file; empty: WAVE's order
};

/// `raw`: the format of a file without a header. Throws: Failure, if it cannot be read or played.
std::unique_ptr<SoundFileReader> open_reader(const std::string& path,
                                             const std::optional<RawFormat>& raw = std::nullopt);

/// Throws: Failure, unless a file of that extension can hold `format`; with `raw`, unless it is standard
/// output.
void check_can_hold(const std::string& path, const dsp::Format& format, const std::optional<RawFormat>& raw);

/// The limits of files with 32-bit lengths; tests use less.
struct SizeLimits {
  std::uint64_t riff_bytes = hal::kMostRiffBytes;  // a longer WAV file becomes RF64
  std::uint64_t aiff_bytes = 0x7FFF'FFFF;          // "AIFF 1.3": lengths are signed
};

/// Writes a file of the kind that its extension names. What was written survives a full disk and a crash: the
/// header is updated every second. One thread at a time.
class SoundFileWriter {
 public:
  /// Throws: Failure, if the kind is unknown or cannot hold `format`, or the file cannot be created.
  SoundFileWriter(const std::string& path, const dsp::Format& format, const std::optional<RawFormat>& raw,
                  const SizeLimits& limits = {});

  /// Effects: appends whole frames. Throws: Failure, if the disk or the kind of file is full.
  void write(std::span<const std::byte> block);
  /// Effects: finishes the file. Throws: Failure, if the disk is full.
  void close();
  double seconds() const { return static_cast<double>(frames_) / format_.rate; }

 private:
  std::size_t write_frames(std::span<const std::byte> frames);
  std::size_t write_to_wav(std::span<const std::byte> frames);
  std::size_t write_to_sound_file(std::span<const std::byte> frames);
  bool write_to_pipe(std::span<const std::byte> frames);
  void update_header();
  bool remove_empty();
  [[noreturn]] void fail();

  std::string path_;
  bool is_new_ = false;                  // this object has created the file
  std::unique_ptr<hal::WavWriter> wav_;  // one of these three is set
  SoundFileHandle file_;
  PipeHandle pipe_;
  dsp::Format format_;
  std::optional<RawFormat> raw_;
  std::uint64_t most_frames_ = 0;  // in such a file
  std::uint64_t frames_ = 0;
  std::uint64_t frames_in_header_ = 0;
  bool states_length_ = false;          // the header has to be updated
  std::vector<std::int32_t> integers_;  // scratch
  std::vector<std::byte> turned_;       // scratch
};

}  // namespace refwave::cli
