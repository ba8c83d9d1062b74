// The operator new of a program that has scarce_memory.cpp, and of every library in it, fails when a test
// asks for it.
#pragma once

namespace refwave::test {

/// While it lives, allocations fail. One object at a time.
class ScarceMemory {
 public:
  enum class Of { this_thread, drivers_threads, everybody };  // the driver's: their names begin with refwave-
  enum class Fails { all, one };

  /// So many succeed before the first that fails.
  explicit ScarceMemory(long after, Of of = Of::drivers_threads, Fails fails = Fails::all);
  ~ScarceMemory();
  ScarceMemory(const ScarceMemory&) = delete;
  ScarceMemory& operator=(const ScarceMemory&) = delete;

  /// Returns: how many have failed.
  static long refused();
};

/// While it lives, the calling thread's allocations neither fail nor count, because they are the test's own.
class EnoughMemory {
 public:
  EnoughMemory();
  ~EnoughMemory();
  EnoughMemory(const EnoughMemory&) = delete;
  EnoughMemory& operator=(const EnoughMemory&) = delete;
};

}  // namespace refwave::test
