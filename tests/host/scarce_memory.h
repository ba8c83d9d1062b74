// Memory that runs out: the operator new of this test program, and of every library in it, fails when a test
// says so, on the thread that says it.
#pragma once

namespace refwave::host::test {

/// While it lives, the calling thread's allocation of that number (the first is 0) fails, and only that.
class FailingAllocation {
 public:
  explicit FailingAllocation(int number);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  /// Returns: whether it came to that allocation.
  bool failed() const;
};

/// While it lives, the calling thread's allocations neither fail nor count: what a test itself notes.
class EnoughMemory {
 public:
  EnoughMemory();
  ~EnoughMemory();
  EnoughMemory(const EnoughMemory&) = delete;
  EnoughMemory& operator=(const EnoughMemory&) = delete;

 private:
  int left_;
};

}  // namespace refwave::host::test
