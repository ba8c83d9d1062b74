// A command's early end: one line that says what went wrong, why, and what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace refwave::cli {

inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;
inline constexpr int kInterrupted = 130;  // 128 + SIGINT, as shells count

/// Caught in main, which prints "refwave: " and the text: "what: why; what to do".
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& text, int exit_status = kFailed)
      : std::runtime_error(text), exit_status_(exit_status) {}
  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

/// Returns: the line of an error: "refwave: ", and `text` with control characters escaped.
std::string error_line(const std::string& text);
/// Effects: prints that line to standard error.
void print_error(const std::string& text);

}  // namespace refwave::cli
