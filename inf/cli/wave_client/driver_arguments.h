// The arguments of a subcommand that become options of the driver.
#pragma once

#include <cstdint>

#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {

/// Effects: the subcommand takes the options that name the driver and set its keys.
void add_driver_options(const Subcommand& command, DriverOptions& options);
/// Effects: the subcommand takes the option that names the device.
void add_device_option(const Subcommand& command, DriverOptions& options);
/// Effects: the subcommand takes all these, and the options for its period and completion.
void add_device_options(const Subcommand& command, DriverOptions& options);
/// Effects: the subcommand takes the option for how the thread that reports waits.
void add_wake_option(const Subcommand& command, DriverOptions& options);
/// Effects: the subcommand takes the options for the blocks of a stream.
void add_block_options(const Subcommand& command, std::uint32_t& buffers, std::uint32_t& block_frames);

}  // namespace refwave::cli
