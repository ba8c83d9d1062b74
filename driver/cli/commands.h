// The subcommands. Each is in one source, with its options and what it runs; bench, tests/conform and
// inf/install have theirs. main.cpp adds them all.
#pragma once

namespace refwave::cli {

class CommandLine;

void add_play(CommandLine& line);
void add_record(CommandLine& line);
void add_devices(CommandLine& line);
void add_latency(CommandLine& line);
void add_loopback(CommandLine& line);
void add_trace(CommandLine& line);
void add_doctor(CommandLine& line);
void add_config(CommandLine& line);
void add_conform(CommandLine& line);
void add_install(CommandLine& line);  // and uninstall, repair, status

}  // namespace refwave::cli
