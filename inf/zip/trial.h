// The parts of trial.exe. Thread: main.
#pragma once

namespace refwave::trial {

// Exit statuses.
constexpr int kWorks = 0;
constexpr int kFails = 1;
constexpr int kIsMissing = 3;  // there is no such device

/// Effects: as a client of the system's winmm, or of the winmm.dll beside it, plays on the default device,
/// and plays and records through refwave, if it is among the devices. It prints what it found, the conclusion
/// last. Returns: the exit status.
int meet_refwave();

}  // namespace refwave::trial
