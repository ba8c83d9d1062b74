// `refwave watch`: what it makes of the records that it reads again and again, and the program that it may
// start. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/latency/report/report.h"
#include "bench/watch/cause.h"
#include "bench/watch/reader.h"
#include "inf/cli/console/json.h"

namespace refwave::watching {

/// The threads of one role in a process.
struct Threads {
  std::string priority{};   // of one of them; empty: there is none
  double core_percent = 0;  // of one core, of all of them together, lately
};

/// What was heard, for one reason.
struct Click {
  std::int64_t at_ns;
  std::size_t device;
  std::uint64_t stream;  // the only one that it has silenced; 0: others, or all of the device's
  Cause cause;
  std::uint64_t count;
  std::int64_t late_ns = 0;  // 0: not known
};

/// A process that is followed.
struct Followed {
  struct Reading {
    std::int64_t at_ns;
    Process process;
    std::vector<Thread> threads;
  };

  Process now;                    // the newest; its streams by device and age
  Process begun{};                // what it was at begin_anew()
  std::deque<Reading> recent{};   // a second apart, for some seconds
  std::deque<Click> clicks{};     // the newest since then
  std::uint64_t lost_clicks = 0;  // others, which are too many to keep
  std::vector<core::Gap> gaps{};  // the newest, for events to come and their witnesses
  std::int64_t judged_at = 0;     // events that were over by then have their clicks
  Stream others{};                // the sums of closed streams that are too many to keep
  std::uint64_t other_streams = 0;
  std::int64_t dropped_at = 0;  // when a device had taken sound that it cannot have played
  std::int64_t seen_at = 0;     // when it was there last
  bool has_streams = false;     // open ones, then
  bool ended_early = false;     // its program went on for a second or more after that

  Threads threads(Thread::Role role) const;
};

/// Returns: what was counted of the same stream, or device, since `before`; all, if that had none. A longest
/// latency is the end of the histogram's step that holds it.
Stream counted_since(const Process& before, Stream now);
watch::Device counted_since(const Process& before, const Process& now, std::size_t device);

/// What becomes of streams and processes that are gone.
enum class Gone : std::uint8_t { forget, keep };

/// Effects: takes what was read at `at_ns`, and looks at the threads once a second. Returns: the longest
/// latency that is new in it, 0 if none is.
std::uint64_t follow(std::vector<Followed>& processes, const std::vector<Process>& found, std::int64_t at_ns,
                     Gone gone);
/// Effects: events that may not be over count as they are: nothing more will be read after `at_ns`.
void settle(std::vector<Followed>& processes, std::int64_t at_ns);
/// Effects: what was counted in all, and the clicks, begin now.
void begin_anew(std::vector<Followed>& processes);

// Reports. Text from a record is made visible.

/// Returns: which clicks there were, whose fault, and what to change, in a sentence: "12 clicks, all because
/// the program wrote late, by up to 8.00 ms: give it more or longer buffers".
std::string conclusion(std::span<const Followed> processes);

inline constexpr std::size_t kNone = ~std::size_t{0};

/// Returns: each process with its devices, its streams and its conclusion. `chosen`: the stream that is
/// marked, counted over all.
std::string table(std::span<const Followed> processes, std::size_t columns, std::size_t chosen = kNone);

/// Returns: a line for each of the newest clicks: when, what, whose fault, how late.
std::string click_lines(const Followed& process, std::size_t most);

/// Returns: one stream in full: its figures, its device's history, the newest clicks of both, its
/// distribution.
std::string in_full(const Followed& process, const Stream& stream, const latency::TerminalStyle& style);

/// Returns: a list of processes; bench/MEASURING.md says what each member means.
cli::Json json_of(std::span<const Followed> processes);

/// Effects: adds all their streams to the first subject, and the settings of the first of them. Precondition:
/// there is a stream.
void add(latency::Measurement& measurement, std::span<const Followed> processes);

// The program that the command starts, in its own terminal, with its own input and output. There is one. One
// source file for each system implements it.

/// A temporary folder for the program's records, if the user has none.
class OwnFolder {
 public:
  /// Effects: this process and its children use it.
  OwnFolder();
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  /// Returns: why it was made, and where; empty if it was not.
  const std::string& reason() const { return reason_; }

 private:
  std::string path_, reason_;
};

/// Effects: starts it. From now on signals that are sent to this process are the program's; the terminal
/// sends its own to both, and this process outlives them. Throws: cli::Failure, with the status of a shell:
/// 127 if there is no such program, 126 if it cannot be started.
void start_program(std::vector<std::string> words);
/// Effects: waits so long for its end, or less. Returns: its exit status, 128 and the signal's number if one
/// ended it; nothing if it runs. Precondition: its end has not been returned yet.
std::optional<int> program_end(std::chrono::milliseconds patience);
/// Returns: whether the process is the program, or one that it has started, at whatever remove.
bool is_of_program(std::uint32_t process);

}  // namespace refwave::watching
