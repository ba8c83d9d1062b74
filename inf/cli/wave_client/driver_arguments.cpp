#include "inf/cli/wave_client/driver_arguments.h"

namespace refwave::cli {

void add_driver_options(const Subcommand& command, DriverOptions& options) {
  command
      .option("-D,--driver", options.driver,
              "Wave driver to use instead of the refwave.drv beside this command")
      .file();
  command
      .option("-O,--option", options.settings, "Any key of `refwave config`, as key=value; may be repeated")
      .value("KEY=VALUE")
      .repeats();
}

void add_device_option(const Subcommand& command, DriverOptions& options) {
  command
      .option("-d,--device", options.device,
              "Device, by its name in `refwave devices` or a unique part of it")
      .value("DEVICE");
}

void add_device_options(const Subcommand& command, DriverOptions& options) {
  add_driver_options(command, options);
  add_device_option(command, options);
  command.option("-p,--period", options.period, "Frames the device renders or records at a time").value("N");
  command.option("-c,--completion", options.completion, "Who reports a finished block")
      .one_of({"deferred", "direct"});
}

void add_wake_option(const Subcommand& command, DriverOptions& options) {
  command.option("-w,--wake", options.wake, "How the thread that reports waits")
      .one_of({"park", "predict", "spin"});
}

void add_block_options(const Subcommand& command, std::uint32_t& buffers, std::uint32_t& block_frames) {
  command.option("-n,--buffers", buffers, "Blocks in flight").range(1, 1024).shows_default();
  command.option("-b,--block", block_frames, "Frames in a block").range(1, 1 << 22);
}

}  // namespace refwave::cli
