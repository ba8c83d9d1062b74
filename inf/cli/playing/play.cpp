// `refwave play`: plays sound files through the wave functions, block by block, as any player does.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/keys/keys.h"
#include "inf/cli/console/output_file.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/cli/playing/playback.h"
#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::cli {
namespace {

// As mpv's: a busy computer leaves no gaps.
constexpr std::uint32_t kLatencyMs = 200;

int play_stream(DriverSession& session, PlayOptions& options, const dsp::Format& format, Playlist& files,
                Keys& keys, BlockQueue::Semaphore& events) {
  Playback playback(session, options, format, events);
  playback.run(files, keys);
  if (!options.quiet) playback.report();
  if (const std::string gaps = playback.gaps(); !gaps.empty()) print_error(gaps);
  const std::vector<std::string> losses = playback.losses();
  for (const std::string& loss : losses) print_error(loss);
  return !losses.empty() || playback.has_complaints() ? kFailed : 0;
}

void report_reopening(const std::string& path, const dsp::Format& format) {
  const std::string text =
      "reopened for " + visible(path) + ", because its format differs: " + format_text(format);
  std::fputs(wrapped(text, terminal_columns(), 2).c_str(), stdout);
}

/// Returns: the path in a file's address ("file:///music/a%20b.wav"); other names unchanged.
std::string path_in(const std::string& name) {
  constexpr std::string_view kScheme = "file://";
  if (!name.starts_with(kScheme)) return name;
  std::string path;
  for (std::size_t at = std::min(name.find('/', kScheme.size()), name.size()); at < name.size(); ++at) {
    unsigned code = 0;
    const char* const digits = name.data() + at + 1;
    const bool is_code = name[at] == '%' && at + 2 < name.size() &&
                         std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2;
    path += is_code ? static_cast<char>(code) : name[at];
    if (is_code) at += 2;
  }
  const bool has_drive = path.size() > 2 && path[2] == ':';  // as on Windows: /C:/music
  return has_drive ? path.substr(1) : path;
}

/// Throws: Failure, unless a capture can be written to `path` while `files` are played.
void check_capture(const std::string& path, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::error_code error;
    if (std::filesystem::equivalent(to_path(file == kStandardStream ? "/dev/stdin" : file), to_path(path),
                                    error))
      throw Failure(path + ": is also the input, which a capture would overwrite; name another file", kUsage);
  }
  const OutputFile opens(path);
}

/// Effects: reports what the capture lacks. Returns: the exit status.
int report_capture(DriverSession& session, const std::string& path) {
  const double seconds = static_cast<double>(session.counters().ullUncapturedNs) / 1e9;
  if (seconds == 0) return 0;
  for (const std::string& warning : session.take_warnings()) print_error("warning: " + warning);
  print_error(path + formatted(": %.2f s were not captured; ", seconds) +
              (session.has_capture_failed()
                   ? "free space on its disk, and play again"
                   : "its disk, or the computer, was too busy: end other programs, and play again"));
  return kFailed;
}

int play(PlayOptions options) {
  std::ranges::transform(options.files, options.files.begin(), path_in);
  const DriverSetup setup = setup_of(options.driver);
  const std::string& capture = setup.configuration.capture;
  if (!capture.empty()) check_capture(capture, options.files);
  std::optional<DriverSession> session;  // loaded once a file can be played
  const auto raw = options.raw.empty() ? std::nullopt : std::optional(raw_format(options.raw));
  watch_for_interruption();
  const bool has_stdin = std::ranges::find(options.files, kStandardStream) != options.files.end();
  BlockQueue::Semaphore events(0, 0);
  Keys keys(has_stdin ? StandardInput::sound : StandardInput::keys, events);
  if (keys.listens() && !options.quiet)
    std::fputs(wrapped(kKeysHint, terminal_columns(stderr, 1), 2).c_str(), stderr);
  Playlist files({options.files, raw, options.seek_seconds, options.loops,
                  [&keys] { return is_interrupted() || keys.has_quit(); }});
  int status = 0;
  while (const auto format = keys.has_quit() ? std::nullopt : files.begin_stream()) {
    if (session && !options.quiet) report_reopening(files.tracks().front().path, *format);
    if (!session) {
      if (!options.quiet) tell_of_other_driver(options.driver);
      session.emplace(options.driver, setup);
    }
    try {
      const int stream_status = play_stream(*session, options, *format, files, keys, events);
      if (stream_status != 0) status = stream_status;
    } catch (const Failure& failure) {  // the next stream has another format, which may open
      print_error(failure.what());
      status = failure.exit_status();
    }
    if (is_interrupted()) break;
  }
  if (session && !capture.empty()) status = std::max(status, report_capture(*session, capture));
  if (is_interrupted()) return kInterrupted;
  return status != 0 ? status : files.status();
}

}  // namespace

void add_play(CommandLine& line) {
  const auto options = std::make_shared<PlayOptions>();
  const Subcommand command =
      line.add("play", "Play sound files (WAV, FLAC, Ogg, MP3, whatever libsndfile reads)");
  command
      .option("FILE", options->files,
              "Sound files, played in turn without a gap; - for standard input. Where one plays on a "
              "terminal, keys pause, seek and change the volume")
      .required()
      .file();
  add_device_options(command, options->driver);
  options->driver.usual_latency_ms = kLatencyMs;
  add_block_options(command, options->buffers, options->block_frames);
  command.option("-v,--volume", options->volume_percent, "Volume in percent").range(0, 100);
  command.option("--speed", options->speed, "Playback rate as a factor; the pitch changes with it")
      .value("X")
      .finite(0.25, 4);
  command.option("--pitch", options->pitch, "Pitch as a factor; the duration is kept")
      .value("X")
      .finite(0.25, 4);
  command.option("-r,--rate", options->driver.rate, "Rate the device is opened at, in Hz").value("N");
  command.option("--capture", options->driver.capture, "WAV file for what the clocked device plays").file();
  command
      .option("--raw", options->raw, "Samples without a header, as s16le,48000,2; also u8, s24le, f32le, …")
      .value(kRawFormat);
  command.option("--seek", options->seek_seconds, "Where the first file begins: seconds, or minutes:seconds")
      .value("TIME")
      .clock_time();
  command.option("--loop", options->loops, "How often to play everything; 0: until stopped")
      .range(0, 1'000'000);
  command.flag("-q,--quiet", options->quiet, "Print nothing but errors");
  command.runs([options] { return play(*options); });
}

}  // namespace refwave::cli
