// `refwave watch`: follows the records of processes, reports, and starts a program. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/measure/report.h"
#include "bench/watch/cause.h"
#include "bench/watch/reader.h"
#include "inf/cli/console/json.h"

namespace refwave::watching {

struct Click {
  std::int64_t at_ns;
  std::uint64_t stream;  // the only one that was silent; 0: others, or all of the device's
  Cause cause;
  std::uint64_t count;
  std::int64_t late_ns = 0;  // 0: not known
};

/// A process that is followed.
struct Followed {
  Process now;                                            // the newest; its streams by device and age
  std::deque<std::pair<std::int64_t, Process>> recent{};  // a second apart, for some seconds
  std::deque<Click> clicks{};                             // the newest
  std::uint64_t lost_clicks = 0;                          // older ones
  std::vector<core::Gap> gaps{};                          // the newest
  std::int64_t judged_at = 0;                             // events that had ended by then have their clicks
  std::int64_t dropped_at = 0;                            // when a device last dropped sound
  Stream others{};                                        // sums over closed streams that are no longer kept
  std::uint64_t other_streams = 0;
  std::int64_t seen_at = 0;     // when its record was last found, by the reader's clock
  std::int64_t changed_at = 0;  // when it was last found changed; a process may have a clock of its own
  bool may_click = false;       // whether it then had a stream and an open device, and has not ended
  bool ended_early = false;     // may_click, and its record had not changed for a second at the end

  /// Returns: whether nothing is written any more; with an open device it is, at least five times a second.
  bool is_stale(std::int64_t now_ns) const { return now_ns - changed_at >= 1'000'000'000; }
};

/// Returns: the counts of the stream since `before`. The longest latency is the end of its histogram step.
Stream counted_since(const Process& before, Stream now);

/// What becomes of streams and processes that have ended.
enum class Gone : std::uint8_t { forget, keep };

/// Effects: adds what was read at `at_ns`.
void follow(std::vector<Followed>& processes, const std::vector<Process>& found, std::int64_t at_ns,
            Gone gone);
/// Effects: concludes at `at_ns`, after the last follow(): events that may not have ended are judged, too.
void settle(std::vector<Followed>& processes, std::int64_t at_ns);

/// Returns: "12 clicks, all because the program wrote late, by up to 8.00 ms: give it more or longer
/// buffers".
std::string conclusion(std::span<const Followed> processes);
/// Returns: each process with its devices, streams and conclusion.
std::string table(std::span<const Followed> processes, std::size_t columns);
/// Returns: a line for each of the newest hundred clicks.
std::string click_lines(const Followed& process);
/// Returns: the list that bench/MEASURING.md describes.
cli::Json json_of(std::span<const Followed> processes);
/// Effects: adds all streams to the first subject, and the settings of the first one. Precondition: there is
/// one.
void add(measure::Measurement& measurement, std::span<const Followed> processes);

// The program that the command starts. One source file for each system implements it.

/// Effects: starts the program in this terminal. Signals sent to this process are forwarded to it; those of
/// the terminal reach both, and this process survives them. If the user has no folder for records, makes one,
/// which lasts until this process exits, and says so on standard error. Throws: cli::Failure with a shell's
/// status: 127 if there is no such program, 126 if it cannot be started.
void start_program(std::vector<std::string> words);
/// Effects: waits for its end, at most for so long. Returns: its exit status, 128 and the signal's number if
/// a signal ended it; nothing if it runs.
std::optional<int> program_end(std::chrono::milliseconds patience);
/// Returns: whether the process is the program or any descendant of it, and has not ended.
bool is_of_program(std::uint32_t process);
/// Returns: why the program may not have used refwave, and what to do.
std::string program_hint();

}  // namespace refwave::watching
