// The command line of `refwave`. Beside install/commands.cpp the only file that includes CLI11; it fills the
// options that commands.h declares, runs the subcommand that was named and prints whatever went wrong as one
// line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>

#include "bench/doctor/command.h"
#include "bench/latency/command.h"
#include "bench/loopback/command.h"
#include "bench/trace/command.h"
#include "driver/cli/commands.h"
#include "driver/cli/console/failure.h"
#include "driver/cli/console/file_name.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/sound_file.h"
#include "inf/install/commands.h"
#include "tests/conform/command.h"

namespace refwave::cli {
namespace {

/// The subcommand that was named; runs after the whole line was understood.
using Run = std::function<int()>;

/// As CLI::Range, which lets NaN through.
CLI::Validator finite(double least, double most) {
  const std::string range = formatted("FLOAT in [%g - %g]", least, most);
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        const bool fits = CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
        return fits ? std::string() : "Value " + text + " is not a " + range;
      },
      range);
}

/// A name that is empty would stand for "none given", and not for the file that somebody meant.
CLI::Validator file_name() { return {correct_file_name, ""}; }

void add_driver_options(CLI::App& command, DriverOptions& options) {
  command
      .add_option("--driver", options.driver,
                  "Wave driver to use instead of the refwave.drv beside this command")
      ->transform(file_name());
  command
      .add_option("--option", options.settings, "Any key of `refwave config`, as key=value; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
}

void add_device_options(CLI::App& command, DriverOptions& options) {
  add_driver_options(command, options);
  command.add_option("--device", options.device,
                     "Device, by its name in `refwave devices` or a unique part of it");
  command.add_option("--period", options.period, "Frames the device renders or records at a time");
  command.add_option("--completion", options.completion, "Who reports a finished block")
      ->check(CLI::IsMember({"deferred", "direct"}));
}

void add_block_options(CLI::App& command, std::uint32_t& buffers, std::uint32_t& block_frames) {
  command.add_option("--buffers", buffers, "Blocks in flight")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_option("--block", block_frames, "Frames in a block")->check(CLI::Range(1, 1 << 22));
}

void add_play(CLI::App& app, PlayOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("play", std::string("Play sound files (") + readable_kinds() + ")");
  command->add_option("FILE", options.files, "Sound files, played in turn")
      ->required()
      ->transform(file_name());
  add_device_options(*command, options.driver);
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("--volume", options.volume_percent, "Percent")->check(CLI::Range(0, 100));
  command->add_option("--rate", options.driver.rate, "Rate the device is opened at, in Hz");
  command->add_option("--capture", options.driver.capture, "WAV file for what the clocked device plays")
      ->transform(file_name());
  command->callback([&] { run = [&] { return play(options); }; });
}

void add_record(CLI::App& app, RecordOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("record", "Record into a sound file, until Ctrl-C or --seconds");
  command->add_option("FILE", options.file, "File to write; .wav, .flac, … says the kind")
      ->required()
      ->transform(file_name());
  add_device_options(*command, options.driver);
  command->add_option("--seconds", options.seconds, "Length")->check(finite(0.001, 1e7));
  command->add_option("--rate", options.rate, "Hz")->check(CLI::Range(8000, 192000))->capture_default_str();
  command->add_option("--channels", options.channels, "Channels")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  command->add_option("--bits", options.bits, "Bits a sample")
      ->check(CLI::IsMember({"16", "24", "32", "float"}))
      ->capture_default_str();
  command->callback([&] { run = [&] { return record(options); }; });
}

void add_devices(CLI::App& app, DevicesOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("devices", "List the sound devices");
  add_driver_options(*command, options.driver);
  command->add_flag("--json", options.json, "As JSON");
  command->callback([&] { run = [&] { return devices(options); }; });
}

void add_latency(CLI::App& app, latency::LatencyOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("latency", "Measure how long a finished block takes to be reported");
  add_device_options(*command, options.driver);
  command->get_option("--driver")
      ->description("Another wave driver, to be measured from outside, beside refwave");
  command->add_option("--parameters", options.parameters, "That driver's DRV_OPEN string")->needs("--driver");
  command->add_option("--wake", options.driver.wake, "How the thread that reports waits")
      ->check(CLI::IsMember({"park", "predict", "spin"}));
  command->add_option("--done", options.driver.done, "When a block is finished")
      ->check(CLI::IsMember({"consumed", "played"}));
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("--seconds", options.seconds, "Length")
      ->check(finite(0.1, 86400.0))
      ->capture_default_str();
  command->add_option("--streams", options.streams, "Streams")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--html", options.html, "File for a page with plots")->transform(file_name());
  CLI::Option* json =
      command->add_option("--json", options.json, "File for all of it; - or none: standard output");
  json->expected(0, 1)->transform(file_name());
  command->callback([&run, &options, json] {
    if (json->count() != 0 && options.json.empty()) options.json = "-";
    run = [&options] { return latency::measure_latency(options); };
  });
}

void add_trace(CLI::App& app, trace::TraceOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("trace", "Stamp every block's way through the driver, as a picture and a table");
  add_device_options(*command, options.driver);
  command->add_option("--wake", options.driver.wake, "How the thread that reports waits")
      ->check(CLI::IsMember({"park", "predict", "spin"}));
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("--seconds", options.seconds, "Length")
      ->check(finite(0.1, 600.0))
      ->capture_default_str();
  command->add_option("--streams", options.streams, "Streams")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command
      ->add_option("--output", options.output,
                   "File for the picture, in the trace event format of Chrome and Perfetto")
      ->required()
      ->transform(file_name());
  command->callback([&] { run = [&] { return trace::trace_buffers(options); }; });
}

void add_loopback(CLI::App& app, loopback::LoopbackOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("loopback", "Measure the way out of the device, back into it, and to the program");
  add_device_options(*command, options.driver);
  command->get_option("--device")
      ->description("Device to play to, by its name in `refwave devices` or a unique part of it");
  command->add_option("--capture-device", options.capture_device,
                      "Device to record from; without it the same");
  command->add_option("--parameters", options.driver.parameters, "DRV_OPEN string of the --driver")
      ->needs("--driver");
  add_block_options(*command, options.buffers, options.block_frames);
  command->add_option("--rate", options.rate, "Hz")->check(CLI::Range(8000, 192000))->capture_default_str();
  command->add_option("--channels", options.channels, "Channels, each with the same signal")
      ->check(CLI::Range(1, 8))
      ->capture_default_str();
  command->add_option("--seconds", options.seconds, "Length")
      ->check(finite(0.5, 600.0))
      ->capture_default_str();
  CLI::Option* json =
      command->add_option("--json", options.json, "File for all of it; - or none: standard output");
  json->expected(0, 1)->transform(file_name());
  command->callback([&run, &options, json] {
    if (json->count() != 0 && options.json.empty()) options.json = "-";
    run = [&options] { return loopback::measure_loopback(options); };
  });
}

void add_doctor(CLI::App& app, doctor::DoctorOptions& options, Run& run) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what is right here and what is not, and what to do about it");
  add_driver_options(*command, options.driver);
  command
      ->add_option("--program", options.program,
                   "Also look at the winmm.dll beside a program of Windows: its folder, or its .exe")
      ->transform(file_name());
  command->add_option("--report", options.report, "File for an issue: the page without names, and every key")
      ->transform(file_name());
  command->add_flag("--json", options.json, "As JSON");
  command->callback([&] { run = [&] { return doctor::doctor(options); }; });
}

void add_config(CLI::App& app, ConfigOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("config", "Print every key of refwave.toml with its default");
  CLI::Option* check = command->add_flag("--check", options.check,
                                         "Read the refwave.toml that is there and say what is wrong with it");
  command->add_flag("--dialog", options.dialog, "Open the driver's dialog, on Windows")->excludes(check);
  command->callback([&] { run = [&] { return config(options); }; });
}

void add_conform(CLI::App& app, conform::ConformOptions& options, Run& run) {
  CLI::App* command = app.add_subcommand("conform", "Hold the contract of wave drivers against one of them");
  command->add_option("DRIVER", options.driver, "Wave driver; without it the refwave.drv beside this command")
      ->transform(file_name());
  CLI::Option* parameters = command->add_option("--parameters", options.parameters,
                                                "Its DRV_OPEN string (device=clocked; clock=20)");
  command->add_option("--rule", options.rules, "Rule to run, by its id; may be repeated")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--jobs", options.at_once, "Rules run beside each other, where they allow it")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--patience", options.patience_s, "Seconds that a rule waits for anything")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--thorough", options.thorough, "Also the rules that take seconds each");
  CLI::Option* list = command->add_flag("--list", options.list, "Print the rules and run none");
  command->add_flag("--json", options.json, "As JSON")->excludes(list);
  command->add_flag("--markdown", options.markdown, "Print the contract as driver/winmm/MESSAGES.md has it");
  command->callback([&run, &options, parameters] {
    options.parameters_given = parameters->count() != 0;
    run = [&options] { return conform::conform_driver(options); };
  });
}

int fail(const std::string& text, int status) {
  print_error(text);
  return status;
}

std::string help_hint(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return "; `refwave " + (named.empty() ? "" : named.front()->get_name() + " ") +
         "--help` lists what there is";
}

/// Throws: CLI::ParseError, for "--name=" with nothing behind it: CLI11 would take the next word for the
/// value.
void refuse_empty_values(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word.starts_with("--") && word.find('=') == word.size() - 1)
      throw CLI::ArgumentMismatch(word + " has no value");
  }
}

/// `words`: without the command's own name.
int run_command_line(std::vector<std::string> words) {
  PlayOptions play_options;
  RecordOptions record_options;
  DevicesOptions devices_options;
  latency::LatencyOptions latency_options;
  loopback::LoopbackOptions loopback_options;
  trace::TraceOptions trace_options;
  doctor::DoctorOptions doctor_options;
  ConfigOptions config_options;
  conform::ConformOptions conform_options;
  Run run;
  CLI::App app("refwave: plays, records and measures through the wave driver refwave.drv", "refwave");
  app.require_subcommand(1);
  app.allow_windows_style_options(false);  // "/x" is a file's name here, too
  add_play(app, play_options, run);
  add_record(app, record_options, run);
  add_devices(app, devices_options, run);
  add_latency(app, latency_options, run);
  add_loopback(app, loopback_options, run);
  add_trace(app, trace_options, run);
  add_doctor(app, doctor_options, run);
  add_config(app, config_options, run);
  add_conform(app, conform_options, run);
  install::add_commands(app, command_folder(), run);
  try {
    refuse_empty_values(words);
    std::ranges::reverse(words);  // as CLI11 wants them
    app.parse(std::move(words));
    const int status = run();
    // What was printed may still be on its way, and a full disk is an error like any other.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw Failure("standard output cannot be written; is the disk full, or the reader gone?");
    return status;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return fail(error.what() + help_hint(app), kUsage);
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
