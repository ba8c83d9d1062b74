// The groups of rules, one source file each.
#pragma once

#include <span>

#include "bench/conform/client/subject.h"
#include "bench/conform/rule.h"

namespace refwave::conform {

constexpr Direction kOut = Direction::output;
constexpr Direction kIn = Direction::input;

/// An entry of a group's table: a rule, or the same rule of two messages, usually an output's and an input's.
struct Entry {
  using Test = void (*)(Subject& subject);
  using DirectedTest = void (*)(Subject& subject, Direction direction);

  constexpr Entry(std::string_view rule, std::string_view duty, Test function,
                  std::uint8_t special = kOrdinary)
      : id(rule), sentence(duty), test(function), traits(special) {}
  constexpr Entry(std::string_view of_output, std::string_view of_input, std::string_view duty,
                  DirectedTest function, std::uint8_t special = kOrdinary)
      : id(of_output), input_id(of_input), sentence(duty), directed(function), traits(special) {}

  std::string_view id;        // of an output or of neither direction
  std::string_view input_id;  // of an input; empty: there is none
  std::string_view sentence;
  Test test = nullptr;
  DirectedTest directed = nullptr;
  std::uint8_t traits = kOrdinary;
};

/// Returns: a test that begins with this fixture, which is made of the subject and the direction.
template <class Fixture, class Test>
constexpr Entry::DirectedTest with(Test) {
  return [](Subject& subject, Direction direction) {
    Fixture fixture(subject, direction);
    Test{}(fixture);
  };
}

std::span<const Entry> driver_rules();    // DriverProc
std::span<const Entry> callback_rules();  // OPEN, DONE, DATA and CLOSE as clients hear them
std::span<const Entry> device_rules();    // messages without a stream: devices, capabilities, refusals
std::span<const Entry> open_rules();      // OPEN: its parameters
std::span<const Entry> format_rules();    // which formats OPEN takes
std::span<const Entry> header_rules();    // PREPARE, UNPREPARE, WRITE and ADDBUFFER, one header
std::span<const Entry> queue_rules();     // WRITE, PAUSE and RESTART, many headers
std::span<const Entry> reset_rules();
std::span<const Entry> close_rules();
std::span<const Entry> position_rules();
std::span<const Entry> loop_rules();
std::span<const Entry> volume_rules();  // volume, pitch and playback rate
std::span<const Entry> input_rules();   // what differs from an output
std::span<const Entry> client_rules();  // what a client may do inside its callback
std::span<const Entry> crowd_rules();   // several clients, threads and lives
std::span<const Entry> statistics_rules();

}  // namespace refwave::conform
