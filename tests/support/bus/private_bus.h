// A private system bus: dbus-daemon in a temporary folder, with a service that acts as rtkit, refuses, or
// never answers.
#pragma once

#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {

class PrivateBus {
 public:
  enum class Rtkit { absent, grants, refuses, is_silent };
  // What it lends at most.
  static constexpr int kPriority = 12;
  static constexpr int kNice = -11;
  static constexpr int kLongestUs = 200'000;

  explicit PrivateBus(Rtkit rtkit);

  /// Effects: this process, and the children that it starts, take this bus for the system's.
  void export_environment() const;
  std::string address() const { return "unix:path=" + (folder_ / "bus").string(); }
  /// Effects: freezes the bus: connections succeed, but get no answer.
  void freeze() { bus_.signal(SIGSTOP); }
  /// Returns: what rtkit was asked for: "realtime 12", "nice -11".
  std::vector<std::string> requests() const;

 private:
  TemporaryFolder folder_;
  ChildProcess bus_;
  ChildProcess rtkit_;
};

}  // namespace refwave::test
