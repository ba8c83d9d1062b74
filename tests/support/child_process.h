// A program that a test starts and ends. It never lives longer than the test. Each system has its own source
// file.
#pragma once

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace refwave::test {

/// Variables to set; an empty value takes the variable away.
using Environment = std::map<std::string, std::string>;

/// The files, pipes or terminals of a program's standard streams, by their paths. Output is appended. Without
/// an input there is nothing to read; a terminal (Linux) is the one of a session of the program's own.
struct Streams {
  Streams(const std::filesystem::path& file) : output(file), errors(file) {}
  Streams(std::filesystem::path out, std::filesystem::path err, std::filesystem::path in = {})
      : output(std::move(out)), errors(std::move(err)), input(std::move(in)) {}

  std::filesystem::path output;
  std::filesystem::path errors;
  std::filesystem::path input{};
};

class ChildProcess {
 public:
  ChildProcess() = default;
  /// Effects: starts `arguments[0]`, on Linux found in PATH. On Windows this process has `environment`, too.
  /// Errors: std::runtime_error.
  ChildProcess(const std::vector<std::string>& arguments, const Environment& environment,
               const Streams& streams);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept { swap(other); }
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    swap(other);
    return *this;
  }

  bool running();
  /// Returns: its number in the system.
  int number() const;
  /// Linux alone.
  void signal(int number) const;
  /// Effects: sends the signal, if the process has not ended, and waits for its end; 0 waits alone. Windows
  /// terminates it. Returns: its exit status, or 128 and the signal that ended it; 0 if there was no process.
  int end(int number = SIGTERM);

 private:
  /// Linux alone. Effects: keeps how the process ended. `status`: waitpid()'s.
  void note_end(int status);
  void swap(ChildProcess& other) {
    std::swap(process_, other.process_);
    std::swap(status_, other.status_);
  }

  std::intptr_t process_ = 0;  // Linux: its number; Windows: a handle
  int status_ = 0;
};

}  // namespace refwave::test
