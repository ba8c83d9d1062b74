// What the rules ask of the system they run on: processes, modules, windows. One file a system implements it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "driver/cli/conform/rule.h"

namespace refwave::cli::conform {

/// wodMessage or widMessage.
using WaveEntry = DWORD(APIENTRY*)(UINT device, UINT message, DWORD_PTR user, DWORD_PTR first,
                                   DWORD_PTR second);

// --- processes ---

/// One rule to be run, in a child process of its own.
struct Job {
  std::function<void()> work;
  bool alone = false;  // nothing else may run meanwhile
};

/// Effects: runs all jobs, at most `at_once` at a time, each in a process of its own, and calls `told(job's
/// number, finding)` as each ends. A process that crashes, or does not end within `longest`, has broken its
/// rule.
void run_jobs(const std::vector<Job>& jobs, std::size_t at_once, std::chrono::seconds longest,
              const std::function<void(std::size_t, Finding)>& told);

/// Effects: reports how the rule of this process ended, and ends the process. Thread: any of a job's process.
[[noreturn]] void end_rule(const Finding& finding);

// --- a driver's module without its host ---

class Module {
 public:
  /// Effects: brings the file into memory, or ends the rule as broken.
  explicit Module(const std::string& file);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  DRIVERPROC driver_proc() const;
  /// Returns: null if it has none.
  WaveEntry wod() const;
  WaveEntry wid() const;

 private:
  void* find(const char* name) const;
  void* library_;
};

// --- this process ---

std::size_t threads_alive();
std::size_t files_open();

/// Memory that ends where reading on ends the process.
class LastBytes {
 public:
  explicit LastBytes(std::size_t bytes);
  ~LastBytes();
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;

  void* data() const { return end_ - bytes_; }

 private:
  std::size_t bytes_;
  std::byte* end_;
};

// --- message queues ---

/// Returns: a window of the calling thread.
HWND create_window();
/// Effects: makes the calling thread's queue hold so many messages.
void bound_queue(UINT messages);
/// Effects: takes the oldest message of the calling thread. Returns: false if there is none.
bool take_message(MSG& message);

}  // namespace refwave::cli::conform
