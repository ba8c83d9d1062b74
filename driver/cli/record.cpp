// `refwave record`: records through the wave functions into a file.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>

#include "driver/cli/commands.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/interruption.h"
#include "driver/cli/console/letters.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/progress.h"
#include "driver/cli/console/text.h"
#include "driver/cli/help/command_line.h"
#include "driver/cli/sound_file/sound_file.h"
#include "driver/cli/wave_client/driver_arguments.h"
#include "driver/cli/wave_client/driver_session.h"
#include "driver/cli/wave_client/latency_report.h"
#include "driver/cli/wave_client/wave_in.h"

namespace refwave::cli {
namespace {

struct RecordOptions {
  DriverOptions driver;
  std::string file;
  double seconds = 0;  // 0: until Ctrl-C
  std::uint32_t rate = 48'000;
  std::uint16_t channels = 2;
  std::string bits = "16";
  std::string raw;  // empty: a file with a header
};

constexpr std::size_t kBlocks = 8;  // an eighth of a second each hides a slow disk for a second
constexpr std::uint32_t kBlocksPerSecond = 8;

dsp::SampleType sample_type(const std::string& bits) {
  if (bits == "24") return dsp::SampleType::s24;
  if (bits == "32") return dsp::SampleType::s32;
  return bits == "float" ? dsp::SampleType::f32 : dsp::SampleType::s16;
}

/// One stream on its way into one file.
class Recording {
 public:
  Recording(const RecordOptions& options, const dsp::Format& format, const std::optional<RawFormat>& raw)
      : path_(options.file),
        raw_(raw),
        seconds_(options.seconds),
        format_(format),
        wave_(format, kBlocks, format.rate / kBlocksPerSecond),
        frames_left_(options.seconds > 0
                         ? static_cast<std::uint64_t>(std::llround(options.seconds * format.rate))
                         : std::numeric_limits<std::uint64_t>::max()) {}

  void open(DriverSession& session, const std::string& device) {
    const MMRESULT result = wave_.open();
    if (result != MMSYSERR_NOERROR) throw Failure(open_failure(session, result, device, 1));
    file_.emplace(path_, format_, raw_);  // after the device: a device that fails leaves no empty file behind
  }

  /// Effects: records until the time is over or Ctrl-C. Throws: Failure, with the file finished as far as it
  /// goes.
  void run() {
    Progress progress(visible(path_text(to_path(path_).filename())), seconds_);
    wave_.start();
    while (frames_left_ > 0 && !is_interrupted()) {
      if (const Block* block = wave_.wait(kWaitMicroseconds)) {
        show(progress, save(*block));
        wave_.recycle();
      } else if (watchdog_.is_stalled(blocks_saved_)) {
        throw Failure(path_ + ": the device has given no audio for five seconds; try another --device");
      }
    }
    wave_.stop();
    while (const Block* block = wave_.wait(0)) {
      save(*block);
      wave_.skip();
    }
    file_->close();
  }

  double seconds() const { return file_->seconds(); }
  /// Returns: whether refwave's device is no sound device.
  bool is_on_clock() const {
    const auto statistics = wave_.statistics();
    return statistics && cli::is_on_clock(*statistics);
  }

 private:
  /// Effects: shows what the driver has measured, or else the peak of what was saved.
  void show(Progress& progress, float peak) const {
    if (const auto heard = progress.is_due() ? wave_.levels() : std::nullopt) {
      progress.show(file_->seconds(), Loudness{.peak = std::max(peak, heard->fPeak), .rms = heard->fRms});
    } else {
      progress.show(file_->seconds(), peak);
    }
  }

  /// Returns: the peak of what was saved.
  float save(const Block& block) {
    ++blocks_saved_;
    const auto frames = static_cast<std::size_t>(
        std::min<std::uint64_t>(block.header.dwBytesRecorded / format_.bytes_per_frame(), frames_left_));
    frames_left_ -= frames;
    float peak = 0;
    if (frames > 0) file_->write(std::span(block.memory).first(frames * format_.bytes_per_frame()), peak);
    return peak;
  }

  std::string path_;
  std::optional<RawFormat> raw_;
  double seconds_;
  dsp::Format format_;
  WaveIn wave_;
  std::optional<SoundFileWriter> file_;
  std::uint64_t frames_left_;
  std::uint64_t blocks_saved_ = 0;
  Watchdog watchdog_;
};

int record(const RecordOptions& options) {
  const auto raw = options.raw.empty() ? std::nullopt : std::optional(raw_format(options.raw));
  const dsp::Format format =
      raw ? raw->format : dsp::Format{sample_type(options.bits), options.channels, options.rate};
  check_can_hold(options.file, format, raw);
  DriverSession session(options.driver);
  watch_for_interruption();
  Recording recording(options, format, raw);
  recording.open(session, options.driver.device);
  recording.run();
  const std::string text = "recorded " + visible(options.file) + ": " + clock_text(recording.seconds()) +
                           " of " + format_text(format) +
                           (recording.is_on_clock() ? " (clocked device)" : "");
  std::fputs(wrapped(text, terminal_columns(), 2).c_str(), options.file == kStandardStream ? stderr : stdout);
  return 0;
}

}  // namespace

void add_record(CommandLine& line) {
  const auto options = std::make_shared<RecordOptions>();
  const Subcommand command = line.add("record", "Record into a sound file, until Ctrl-C or --seconds");
  command
      .option(
          "FILE", options->file,
          "File to write; its extension (.wav, .flac, …) chooses the format; - for WAV on standard output")
      .required()
      .file();
  add_device_options(command, options->driver);
  command.option("-s,--seconds", options->seconds, "Length in seconds").finite(0.001, 1e7);
  const Argument rate =
      command.option("-r,--rate", options->rate, "Rate in Hz").range(8000, 192000).shows_default();
  const Argument channels =
      command.option("-C,--channels", options->channels, "Channels").range(1, 8).shows_default();
  const Argument bits = command.option("-b,--bits", options->bits, "Bits a sample")
                            .one_of({"16", "24", "32", "float"})
                            .shows_default();
  command
      .option("--raw", options->raw,
              "Write to - without a header, as s16le,48000,2; also u8, s24le, f32le, …")
      .value(kRawFormat)
      .excludes({rate, channels, bits});
  command.runs([options] { return record(*options); });
}

}  // namespace refwave::cli
