// The groups of rules, one source file each.
#pragma once

#include <span>

#include "tests/conform/client/subject.h"
#include "tests/conform/rule.h"

namespace refwave::conform {

constexpr Direction kOut = Direction::output;
constexpr Direction kIn = Direction::input;

std::span<const Rule> driver_rules();    // DriverProc
std::span<const Rule> callback_rules();  // OPEN, DONE, DATA and CLOSE as clients hear them
std::span<const Rule> device_rules();    // messages without a stream: devices, capabilities, refusals
std::span<const Rule> open_rules();      // OPEN: its parameters
std::span<const Rule> format_rules();    // which formats OPEN takes
std::span<const Rule> header_rules();    // PREPARE, UNPREPARE, WRITE and ADDBUFFER, one header
std::span<const Rule> queue_rules();     // WRITE, PAUSE and RESTART, many headers
std::span<const Rule> reset_rules();
std::span<const Rule> close_rules();
std::span<const Rule> position_rules();
std::span<const Rule> loop_rules();
std::span<const Rule> volume_rules();  // volume, pitch and playback rate
std::span<const Rule> input_rules();   // what differs from an output
std::span<const Rule> client_rules();  // what a client may do inside its callback
std::span<const Rule> crowd_rules();   // several clients, threads and lives
std::span<const Rule> statistics_rules();

}  // namespace refwave::conform
