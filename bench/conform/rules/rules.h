// The groups of rules, and what they share.
#pragma once

#include <span>
#include <string>

#include "bench/conform/client/client.h"
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

/// Returns: the format in words.
inline std::string name_of(const WAVEFORMATEX& format) {
  return "tag " + std::to_string(format.wFormatTag) + ", " + std::to_string(format.nChannels) +
         " channels, " + std::to_string(format.wBitsPerSample) + " bits, " +
         std::to_string(format.nSamplesPerSec) + " Hz";
}

/// One direction's OPEN, with parameters of the rule's own.
class Opener {
 public:
  Opener(Subject& subject, Direction direction)
      : subject_(subject), ids_(messages_of(direction)), direction_(direction) {
    subject.need_device(direction);
  }

  DWORD open(const void* format, DWORD flags, DWORD_PTR* user) const {
    WAVEOPENDESC description{};
    description.lpFormat = static_cast<LPWAVEFORMAT>(const_cast<void*>(format));
    return subject_.ask(direction_, ids_.open, reinterpret_cast<DWORD_PTR>(user),
                        reinterpret_cast<DWORD_PTR>(&description), flags);
  }
  DWORD query(const void* format) const { return open(format, WAVE_FORMAT_QUERY, nullptr); }
  void require_taken(const WAVEFORMATEX& format) const { require_ok(query(&format), name_of(format)); }
  void require_refused(const WAVEFORMATEX& format) const {
    require_result(query(&format), WAVERR_BADFORMAT, "the query of " + name_of(format));
    DWORD_PTR user = 0;
    require_result(open(&format, CALLBACK_NULL, &user), WAVERR_BADFORMAT, name_of(format));
  }
  void require_opens(const void* format, DWORD flags, std::string_view what) const {
    DWORD_PTR user = 0;
    require_ok(open(format, flags, &user), what);
    require_ok(subject_.ask(direction_, ids_.close, user), "CLOSE");
  }
  void close(DWORD_PTR user) const { subject_.ask(direction_, ids_.close, user); }

 private:
  Subject& subject_;
  const WaveMessages& ids_;
  const Direction direction_;
};

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
