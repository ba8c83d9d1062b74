// The subcommands' arguments for the driver.
#pragma once

#include <cstdint>

#include "inf/cli/help/command_line.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::cli {

void add_driver_options(const Subcommand& command, DriverOptions& options);
void add_device_option(const Subcommand& command, DriverOptions& options);
void add_device_options(const Subcommand& command, DriverOptions& options);
void add_wake_option(const Subcommand& command, DriverOptions& options);
void add_block_options(const Subcommand& command, std::uint32_t& buffers, std::uint32_t& block_frames);

}  // namespace refwave::cli
