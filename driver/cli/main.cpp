// The command line of `refwave`. It fills the options that commands.h declares, runs the subcommand that the
// line names, and prints each error as one line. CLI11 is included only here, in help/ and in
// inf/install/commands.cpp.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "bench/doctor/command.h"
#include "bench/latency/command.h"
#include "bench/latency/compare/command.h"
#include "bench/loopback/command.h"
#include "bench/trace/command.h"
#include "driver/cli/commands.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/output_file.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"
#include "driver/cli/help/commands.h"
#include "driver/cli/help/validators.h"
#include "driver/cli/sound_file/sound_file.h"
#include "inf/install/commands.h"
#include "tests/conform/command.h"

namespace refwave::cli {
namespace {

/// The subcommand that the line names. It runs only after the whole line was understood.
using Run = std::function<int()>;

constexpr const char* kRawFormat = "FORMAT,RATE,CHANNELS";
constexpr const char* kJsonFile = "File for all figures; without FILE, or with -, standard output";

void add_driver_options(CLI::App& command, DriverOptions& options) {
  command
      .add_option("-D,--driver", options.driver,
                  "Wave driver to use instead of the refwave.drv beside this command")
      ->transform(file_name())
      ->type_name("FILE");
  command
      .add_option("-O,--option", options.settings,
                  "Any key of `refwave config`, as key=value; may be repeated")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false);
}

void add_device_options(CLI::App& command, DriverOptions& options) {
  add_driver_options(command, options);
  command
      .add_option("-d,--device", options.device,
                  "Device, by its name in `refwave devices` or a unique part of it")
      ->type_name("DEVICE");
  command.add_option("-p,--period", options.period, "Frames the device renders or records at a time")
      ->type_name("N");
  command.add_option("-c,--completion", options.completion, "Who reports a finished block")
      ->check(one_of({"deferred", "direct"}));
}

void add_block_options(CLI::App& command, std::uint32_t& buffers, std::uint32_t& block_frames) {
  command.add_option("-n,--buffers", buffers, "Blocks in flight")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_option("-b,--block", block_frames, "Frames in a block")->check(CLI::Range(1, 1 << 22));
}

void add_play(CLI::App& app, PlayOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("play", std::string("Play sound files (") + readable_kinds() + ")");
  command
      ->add_option("FILE", options.files,
                   "Sound files, played in turn without a gap; - for standard input. Where one plays on a "
                   "terminal, space pauses, arrows go back or ahead by 5 seconds, and q ends")
      ->required()
      ->transform(file_name())
      ->type_name("FILE");
  add_device_options(*command, options.driver);
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("-v,--volume", options.volume_percent, "Volume in percent")->check(CLI::Range(0, 100));
  command->add_option("--speed", options.speed, "Playback rate as a factor; the pitch changes with it")
      ->type_name("X")
      ->check(finite(0.25, 4));
  command->add_option("--pitch", options.pitch, "Pitch as a factor; the duration stays")
      ->type_name("X")
      ->check(finite(0.25, 4));
  command->add_option("-r,--rate", options.driver.rate, "Rate the device is opened at, in Hz")
      ->type_name("N");
  command->add_option("--capture", options.driver.capture, "WAV file for what the clocked device plays")
      ->transform(file_name())
      ->type_name("FILE");
  command
      ->add_option("--raw", options.raw,
                   "Samples without a header, as s16le,48000,2; also u8, s24le, f32le, …")
      ->type_name(kRawFormat);
  command
      ->add_option("--seek", options.seek_seconds, "Where the first file begins: seconds, or minutes:seconds")
      ->type_name("TIME")
      ->transform(clock_time());
  command->add_option("--loop", options.loops, "Play everything so many times; 0: until it is stopped")
      ->check(CLI::Range(0, 1'000'000));
  command->add_flag("-q,--quiet", options.quiet, "Print nothing but errors");
  command->callback([&] { run = [&] { return play(options); }; });
}

void add_record(CLI::App& app, RecordOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("record", "Record into a sound file, until Ctrl-C or --seconds");
  command
      ->add_option("FILE", options.file,
                   "File to write; its ending (.wav, .flac, …) is its kind; - for WAV on standard output")
      ->required()
      ->transform(file_name())
      ->type_name("FILE");
  add_device_options(*command, options.driver);
  command->add_option("-s,--seconds", options.seconds, "Length in seconds")->check(finite(0.001, 1e7));
  CLI::Option* rate = command->add_option("-r,--rate", options.rate, "Rate in Hz");
  rate->check(CLI::Range(8000, 192000))->capture_default_str();
  CLI::Option* channels = command->add_option("-C,--channels", options.channels, "Channels");
  channels->check(CLI::Range(1, 8))->capture_default_str();
  CLI::Option* bits = command->add_option("-b,--bits", options.bits, "Bits a sample");
  bits->check(one_of({"16", "24", "32", "float"}))->capture_default_str();
  command
      ->add_option("--raw", options.raw,
                   "Write to - without a header, as s16le,48000,2; also u8, s24le, f32le, …")
      ->type_name(kRawFormat)
      ->excludes(rate, channels, bits);
  command->callback([&] { run = [&] { return record(options); }; });
}

void add_devices(CLI::App& app, DevicesOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("devices", "List the sound devices");
  add_driver_options(*command, options.driver);
  CLI::Option* json = command->add_flag("-j,--json", options.json, "Print JSON");
  command->add_flag("--names", options.names, "Print only the names, one a line")->excludes(json);
  command->callback([&] { run = [&] { return devices(options); }; });
}

/// --compare refuses the options before it, which are those of a measurement.
void add_compare_options(CLI::App& command, latency::CompareOptions& compared) {
  const std::vector<CLI::Option*> others =
      command.get_options([&](const CLI::Option* option) { return option != command.get_help_ptr(); });
  CLI::Option* compare =
      command.add_option("--compare", compared.files,
                         "Two files of --json, A and B: say whether B is worse, and measure nothing");
  compare->expected(2)->transform(file_name())->type_name("FILE");
  for (CLI::Option* other : others) compare->excludes(other);
  command.add_option("--tolerance", compared.tolerance_percent, "Percent by which B may be over A")
      ->needs("--compare")
      ->check(finite(0, 1000))
      ->capture_default_str();
}

void add_latency(CLI::App& app, latency::LatencyOptions& options, latency::CompareOptions& compared,
                 Run& run) {
  CLI::App* command = app.add_subcommand("latency", "Measure how long a finished block takes to be reported");
  add_device_options(*command, options.driver);
  command->get_option("--driver")->description("Another wave driver, measured from outside, beside refwave");
  command->add_option("-P,--parameters", options.parameters, "DRV_OPEN string of the --driver")
      ->needs("--driver");
  command->add_option("-w,--wake", options.driver.wake, "How the thread that reports waits")
      ->check(one_of({"park", "predict", "spin"}));
  command->add_option("--done", options.driver.done, "When a block is finished")
      ->check(one_of({"consumed", "played"}));
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("-s,--seconds", options.seconds, "Length in seconds")
      ->check(finite(0.1, 86400.0))
      ->capture_default_str();
  command->add_option("-S,--streams", options.streams, "Streams at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--html", options.html, "File for a page with plots")
      ->transform(file_name())
      ->type_name("FILE");
  CLI::Option* json = command->add_option("-j,--json", options.json, kJsonFile);
  json->expected(0, 1)->transform(file_name())->type_name("FILE");
  command->add_option("--hgrm", options.hgrm, "File for the distribution in HdrHistogram's text form")
      ->transform(file_name())
      ->type_name("FILE");
  add_compare_options(*command, compared);
  command->callback([&run, &options, &compared, json] {
    if (!compared.files.empty()) {
      run = [&compared] { return latency::compare_files(compared); };
      return;
    }
    if (json->count() != 0 && options.json.empty()) options.json = "-";
    run = [&options] { return latency::measure_latency(options); };
  });
}

void add_trace(CLI::App& app, trace::TraceOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("trace", "Stamp every block's way through the driver, as a picture and a table");
  add_device_options(*command, options.driver);
  command->add_option("-w,--wake", options.driver.wake, "How the thread that reports waits")
      ->check(one_of({"park", "predict", "spin"}));
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("-s,--seconds", options.seconds, "Length in seconds")
      ->check(finite(0.1, 600.0))
      ->capture_default_str();
  command->add_option("-S,--streams", options.streams, "Streams at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command
      ->add_option(
          "-o,--output", options.output,
          "File for the picture, in the trace event format of Chrome and Perfetto; - for standard output")
      ->required()
      ->transform(file_name())
      ->type_name("FILE");
  command->callback([&] { run = [&] { return trace::trace_buffers(options); }; });
}

void add_loopback(CLI::App& app, loopback::LoopbackOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("loopback", "Measure the way out of the device, back into it, and to the program");
  add_device_options(*command, options.driver);
  command->get_option("--device")
      ->description("Device to play to, by its name in `refwave devices` or a unique part of it");
  command
      ->add_option("--capture-device", options.capture_device, "Device to record from; without it the same")
      ->type_name("DEVICE");
  command->add_option("-P,--parameters", options.driver.parameters, "DRV_OPEN string of the --driver")
      ->needs("--driver");
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("-r,--rate", options.rate, "Rate in Hz")
      ->check(CLI::Range(8000, 192000))
      ->capture_default_str();
  command->add_option("-C,--channels", options.channels, "Channels, each with the same signal")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  command->add_option("-s,--seconds", options.seconds, "Length in seconds")
      ->check(finite(0.5, 600.0))
      ->capture_default_str();
  CLI::Option* json = command->add_option("-j,--json", options.json, kJsonFile);
  json->expected(0, 1)->transform(file_name())->type_name("FILE");
  command->callback([&run, &options, json] {
    if (json->count() != 0 && options.json.empty()) options.json = "-";
    run = [&options] { return loopback::measure_loopback(options); };
  });
}

void add_doctor(CLI::App& app, doctor::DoctorOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what is right on this machine and what is not, and how to mend it");
  add_driver_options(*command, options.driver);
  command
      ->add_option("--program", options.program,
                   "Also look at the winmm.dll beside a program of Windows: its folder, or its .exe")
      ->transform(file_name())
      ->type_name("FILE");
  command
      ->add_option("--report", options.report,
                   "File for an issue: the page without your name, and every key of the configuration")
      ->transform(file_name())
      ->type_name("FILE");
  command->add_flag("-j,--json", options.json, "Print JSON");
  command->callback([&] { run = [&] { return doctor::doctor(options); }; });
}

void add_config(CLI::App& app, ConfigOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("config", "Print every key of refwave.toml with its default");
  CLI::Option* check =
      command->add_flag("--check", options.check, "Read the user's refwave.toml, and print its mistakes");
  command->add_flag("--dialog", options.dialog, "Open the driver's dialog, on Windows")->excludes(check);
  command->callback([&] { run = [&] { return config(options); }; });
}

void add_conform(CLI::App& app, conform::ConformOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("conform", "Check a wave driver against the contract");
  command->add_option("DRIVER", options.driver, "Wave driver; without it the refwave.drv beside this command")
      ->transform(file_name())
      ->type_name("FILE");
  CLI::Option* parameters = command->add_option("-P,--parameters", options.parameters,
                                                "Its DRV_OPEN string (device=clocked; clock=20)");
  command
      ->add_option("-r,--rule", options.rules,
                   "Rule to run, by its id, group (reset) or pattern (WODM_*); may be repeated")
      ->type_name("RULE")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("-J,--jobs", options.at_once, "Rules that run at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--patience", options.patience_s, "Seconds that a rule waits for anything")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("-a,--all", options.all, "Print the rules that are kept, too");
  command
      ->add_option("-e,--explain", options.explain, "Print a rule's page, its reason, and the usual mistake")
      ->type_name("RULE");
  command->add_option("--junit", options.junit, "File for the findings as JUnit's XML")
      ->transform(file_name())
      ->type_name("FILE");
  command->add_flag("-t,--thorough", options.thorough, "Run the rules that take seconds each, too");
  CLI::Option* list = command->add_flag("-l,--list", options.list, "Print the rules and run none");
  command->add_flag("-j,--json", options.json, "Print JSON")->excludes(list);
  command->add_flag("--markdown", options.markdown,
                    "Print the contract in Markdown: driver/winmm/MESSAGES.md");
  command->callback([&run, &options, parameters] {
    options.parameters_given = parameters->count() != 0;
    run = [&options] { return conform::conform_driver(options); };
  });
}

int fail(const std::string& text, int status) {
  print_error(text);
  return status;
}

/// Throws: Failure, for "--name=" without a value, because CLI11 would take the next word as the value.
void refuse_empty_values(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.starts_with("--") && word.find('=') == word.size() - 1)
      throw Failure(word + " has no value; write it after the =, or leave the option out", kUsage);
  }
}

/// The options of all commands, which the parser fills.
struct Options {
  PlayOptions play;
  RecordOptions record;
  DevicesOptions devices;
  latency::LatencyOptions latency;
  latency::CompareOptions compare;
  loopback::LoopbackOptions loopback;
  trace::TraceOptions trace;
  doctor::DoctorOptions doctor;
  ConfigOptions config;
  conform::ConformOptions conform;
};

/// Effects: adds all commands to `app`. When `app` parses a line, it fills `options` and `run`, which must
/// live until then.
void add_commands(CLI::App& app, Options& options, Run& run) {
  add_play(app, options.play, run);
  add_record(app, options.record, run);
  add_devices(app, options.devices, run);
  add_latency(app, options.latency, options.compare, run);
  add_loopback(app, options.loopback, run);
  add_trace(app, options.trace, run);
  add_doctor(app, options.doctor, run);
  add_config(app, options.config, run);
  add_conform(app, options.conform, run);
  install::add_commands(app, command_folder(), run);
  add_help_commands(app, run);
}

/// `words`: without the command's own name.
int run_command_line(std::vector<std::string> words) {
  Options options;
  Run run;
  CLI::App app("plays, records and measures through the wave driver refwave.drv", "refwave");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(1);
  app.allow_windows_style_options(false);  // "/x" may be the name of a file
  add_commands(app, options, run);
  try {
    refuse_empty_values(words);
    std::ranges::reverse(words);  // CLI11 takes the words from the end
    app.parse(std::move(words));
    const int status = run();
    finish_standard_output();
    return status;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return fail(explain(app, error), kUsage);
    error.get_name() == "CallForVersion" ? static_cast<void>(app.exit(error)) : print_help(app);
    finish_standard_output();
    return 0;
  }
}

}  // namespace
}  // namespace refwave::cli

int main(int count, char** words) {
  using namespace refwave::cli;
  const Console console;
  try {
    return run_command_line(command_line(count, words));
  } catch (const Failure& failure) {
    return fail(failure.what(), failure.exit_status());
  } catch (const std::exception& error) {
    return fail(std::string("unexpected: ") + error.what() + "; please report it", kFailed);
  }
}
