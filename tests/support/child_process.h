// A program that a test starts and ends, by its process id. It never lives longer than the test.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace refwave::test {

/// Variables to set; an empty value takes the variable away.
using Environment = std::map<std::string, std::string>;

class ChildProcess {
 public:
  ChildProcess() = default;
  /// Effects: starts `arguments[0]` (found in PATH) with its output in `log`. Errors: std::runtime_error.
  ChildProcess(const std::vector<std::string>& arguments, const Environment& environment,
               const std::filesystem::path& log);
  ~ChildProcess() { end(SIGKILL); }
  ChildProcess(ChildProcess&& other) noexcept { swap(other); }
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    swap(other);
    return *this;
  }

  bool running();
  pid_t number() const { return pid_; }
  void signal(int number) const;
  /// Effects: sends the signal, if the process has not ended, and waits for its end. Returns: its wait
  /// status; 0 if there was no process.
  int end(int number = SIGTERM);

 private:
  void swap(ChildProcess& other) {
    std::swap(pid_, other.pid_);
    std::swap(status_, other.status_);
  }

  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace refwave::test
