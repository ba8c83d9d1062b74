// The operator new of this program, and of every library in it, fails when a test asks for it, on that
// thread.
#pragma once

namespace refwave::host::test {

/// While it lives, the calling thread's allocation of that number (the first is 0) fails, and only that.
class FailingAllocation {
 public:
  explicit FailingAllocation(int number);
  ~FailingAllocation();
  FailingAllocation(const FailingAllocation&) = delete;
  FailingAllocation& operator=(const FailingAllocation&) = delete;

  /// Returns: whether there was such an allocation.
  bool failed() const;
};

/// While it lives, the calling thread's allocations neither fail nor count, because they are the test's own.
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
