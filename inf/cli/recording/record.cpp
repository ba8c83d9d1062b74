// `refwave record`: records through the wave functions into a file.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/recording/recording.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::cli {
namespace {

dsp::SampleType sample_type(const std::string& bits) {
  if (bits == "24") return dsp::SampleType::s24;
  if (bits == "32") return dsp::SampleType::s32;
  return bits == "float" ? dsp::SampleType::f32 : dsp::SampleType::s16;
}

int record(const RecordOptions& options) {
  const auto raw = options.raw.empty() ? std::nullopt : std::optional(raw_format(options.raw));
  const dsp::Format format =
      raw ? raw->format : dsp::Format{sample_type(options.bits), options.channels, options.rate};
  check_can_hold(options.file, format, raw);
  DriverSession session(options.driver);
  watch_for_interruption();
  Recording recording(session, options, format, raw);
  const std::string why = recording.run();
  const std::string text = "recorded " + visible(options.file) + ": " + clock_text(recording.seconds()) +
                           " of " + format_text(format) +
                           (recording.is_on_clock() ? " (clocked device)" : "");
  std::fputs(wrapped(text, terminal_columns(), 2).c_str(), options.file == kStandardStream ? stderr : stdout);
  std::vector<std::string> complaints = recording.losses();
  if (!why.empty()) complaints.push_back(why);
  for (const std::string& complaint : complaints) print_error(complaint);
  return complaints.empty() ? 0 : kFailed;
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
  // An input's latency is what its buffer holds while the computer is busy. It delays nothing.
  options->driver.usual_latency_ms = 500;
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
