#include "inf/cli/console/keys/terminal_linux.h"

#include <pthread.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "inf/cli/console/platform.h"

namespace refwave::cli {
namespace {

termios before{};  // written while the terminal is not held, and read while it is
std::atomic<bool> is_held{false};
std::atomic<bool> is_leaving{false};  // a signal handler has given it back
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers use it");

/// Returns: whether this process may use the terminal now; one in the background would be stopped.
bool is_in_foreground() { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

termios with_keys(termios mode) {
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  mode.c_cc[VMIN] = 0;
  mode.c_cc[VTIME] = 0;
  return mode;
}

/// Effects: sets the terminal's mode. Another job may have come to the foreground just now; then the kernel
/// would stop this one, unless the signal is blocked.
void set(const termios& mode) {
  const int error = errno;
  sigset_t output;
  sigset_t others;
  ::sigemptyset(&output);
  ::sigaddset(&output, SIGTTOU);
  ::pthread_sigmask(SIG_BLOCK, &output, &others);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &mode);
  ::pthread_sigmask(SIG_SETMASK, &others, nullptr);
  errno = error;
}

/// Effects: handles `signal`, if nobody does.
void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction now {};
  if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  struct sigaction ours {};
  ours.sa_handler = handler;
  ours.sa_flags = flags;
  ::sigaction(signal, &ours, nullptr);
}

/// Ctrl-Z: the shell gets its terminal as it was. The stop itself is the system's own, which stops nothing
/// that nobody could let go on.
void on_stop(int signal) {
  is_leaving = true;
  restore_terminal();
  std::signal(signal, SIG_DFL);
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, signal);
  std::raise(signal);
  ::pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);  // here it stops, and goes on
  handle(signal, on_stop, SA_RESTART);
  is_leaving = false;
}

/// Signals that end the process at once.
void on_end(int signal) {
  is_leaving = true;
  restore_terminal();
  std::raise(signal);  // the action is the usual one again
}

bool ends_process(int signal) {
  constexpr int kOthers[] = {SIGCHLD, SIGCONT, SIGSTOP, SIGKILL, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH};
  return std::ranges::find(kOthers, signal) == std::end(kOthers);
}

}  // namespace

void watch_terminal() {
  if (::isatty(STDIN_FILENO) != 1) return;
  handle(SIGTSTP, on_stop, SA_RESTART);
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    if (ends_process(signal)) handle(signal, on_end, static_cast<int>(SA_RESETHAND));
}

bool hold_terminal() {
  if (is_leaving || is_interrupted()) return false;
  if (!is_in_foreground()) {
    is_held = false;
    return false;
  }
  termios now{};
  if (::tcgetattr(STDIN_FILENO, &now) != 0) return false;
  const bool is_line_by_line = (now.c_lflag & ICANON) != 0;
  // Without lines it is either held, or set by somebody else before.
  if (!is_line_by_line) return is_held;
  is_held = false;
  before = now;
  is_held = true;
  set(with_keys(now));
  if (is_leaving || is_interrupted()) restore_terminal();  // the signal came in between
  return is_held;
}

void restore_terminal() {
  if (is_held.exchange(false) && is_in_foreground()) set(before);
}

}  // namespace refwave::cli
