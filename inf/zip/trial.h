// The parts of trial.exe. Thread: main.
#pragma once

#include <set>
#include <string>

namespace refwave::trial {

// Exit statuses.
constexpr int kWorks = 0;
constexpr int kFails = 1;
constexpr int kIsMissing = 3;  // there is no such device

// As a client of the system's winmm, or of the winmm.dll beside it. Each prints what it found, the conclusion
// last, and returns the exit status.

/// Effects: plays and records through refwave, if it is among the devices.
int meet_refwave();

/// Effects: plays on the default device with ever shorter queues: how late each block comes back, and the
/// smallest queue without a gap, in which the queue is never empty and the position keeps up with the clock.
int measure_queues();

/// What an installation may change, a line each: the registry's keys for drivers, the system folders' files.
using Picture = std::set<std::string>;

Picture picture_of_system();

}  // namespace refwave::trial
