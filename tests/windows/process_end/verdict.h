// How a process of ends_process ended, as its exit status.
#pragma once

namespace refwave::test {

enum Verdict : unsigned {
  kInOrder = 2,    // Wine lets no 0 replace the status of ExitProcess
  kNoDriver = 3,   // it was not there, or did not begin
  kNotClosed = 4,  // the end came without a call of the DLL that closes the driver
  kTold = 5,       // a client was called
  kRefused = 6,    // a message of the end was not answered as done
  kEnabled = 7,    // the driver was enabled again
  kLate = 8,       // the driver has waited for something
};

/// The driver's timeouts are two seconds.
constexpr unsigned kLateMs = 1'900;

}  // namespace refwave::test
