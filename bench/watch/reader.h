// The records that the processes of this user publish, for `refwave watch`. Nothing in a record is trusted:
// one that is cut, of another user, of another version or never at rest has a `problem` and no figures. Text
// from a record may have control characters. Any thread that may wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "driver/watch/record.h"

namespace refwave::watching {

using watch::Device;
using watch::Head;
using watch::kLatencySteps;

/// An open stream with its buffer-done latencies: how many messages in each step.
struct Stream : watch::OpenStream {
  std::uint32_t latency[kLatencySteps] = {};
};

/// What a process had published at one moment.
struct Process {
  std::uint32_t number = 0;  // of the process, by which its record was found
  std::string problem{};     // one line: why nothing else is known; empty: it is
  Head head{};               // where there is a problem, its sequence alone
  std::vector<Device> devices{};
  std::vector<Stream> streams{};  // open ones, by their place; `device` is one of `devices`
  std::vector<core::Gap> gaps{};  // the newest of head.gaps, in order; `device` may be none of `devices`
};

/// Effects: removes the records of processes that are gone. Returns: every process that publishes one, by its
/// number, with streams or without. `problem`: why there can be none.
std::vector<Process> processes(std::string& problem);

/// Returns: what a record with these bytes says. Pure.
Process parse(std::uint32_t number, std::span<const std::byte> bytes);
/// Copies a record's bytes from `at` on. Returns: how many there were.
using Read = std::function<std::size_t(std::size_t at, std::span<std::byte> bytes)>;
/// Returns: what the record says at a moment in which it was not being written.
Process read_record(std::uint32_t number, const Read& read);

/// Returns: the percentile of such counts as the driver's own statistics have it, in ns and no more than
/// `max_ns`; 0 if there are none. `share`: 0 to 1, e.g. 0.99.
std::uint64_t percentile(std::span<const std::uint32_t, kLatencySteps> counts, std::uint64_t max_ns,
                         double share);
/// Returns: the greatest duration that is counted in that step, in ns.
std::uint64_t step_end(std::size_t step);

/// A thread that the driver has started in a process, or by which a device calls it.
struct Thread {
  enum class Role : std::uint8_t { audio, notifier, other };
  std::uint32_t number = 0;
  Role role = Role::other;
  std::uint64_t cpu_ns = 0;  // since it was started
  std::string priority;      // as the system has it: "SCHED_FIFO 20", "ordinary"
};
/// Returns: the process's threads; none if the system does not show them.
std::vector<Thread> threads(const Process& process);

}  // namespace refwave::watching
