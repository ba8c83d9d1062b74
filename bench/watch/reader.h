// The records that the processes of this user publish, for `refwave watch`. No record is trusted: if it is
// cut short, another user's, of another version or never at rest, there is a `problem`, and no figures. Its
// text may have control characters. Any thread that may wait.
#pragma once

#include <algorithm>
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
using Stream = watch::OpenStream;

/// Copies a record's bytes from `at` on. Returns: how many there were.
using Read = std::function<std::size_t(std::size_t at, std::span<std::byte> bytes)>;

/// What a process had published at one moment.
struct Process {
  std::uint32_t number = 0;
  std::string problem{};  // one line: why nothing else is known; else empty
  Head head{};            // with a problem, its sequence alone
  std::vector<Device> devices{};
  std::vector<Stream> streams{};
  std::vector<core::Gap> gaps{};  // the newest of head.gaps, in order
  /// As read_record() has it. On Linux it may be called even after the process has removed the record.
  Read read{};

  bool has_open_device() const {
    return std::ranges::any_of(devices, [](const Device& device) { return device.is_open != 0; });
  }
};

/// Effects: removes the records of dead processes. Returns: the others, by number.
std::vector<Process> processes();
/// Effects: writes a file as large as a record, and removes it. Returns: why there can be no record; empty if
/// there can, and on Windows.
std::string why_no_record();

/// Pure.
Process parse(std::uint32_t number, std::span<const std::byte> bytes);
/// Returns: the record at a moment in which it was not being written.
Process read_record(std::uint32_t number, const Read& read);

}  // namespace refwave::watching
