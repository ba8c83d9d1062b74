#include "inf/cli/console/keys/terminal_linux.h"

#include <pthread.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "inf/cli/console/platform.h"

namespace refwave::cli {
namespace {

std::atomic<int> terminal{-1};  // set once
termios before{};               // written while the terminal is not held, and read while it is
std::atomic<bool> is_held{false};
std::atomic<bool> is_leaving{false};  // a signal handler restores it
// A handler sets is_leaving, or interrupts, and then looks at is_taking; hold_terminal() does the reverse. So
// either the terminal is not taken, or the handler waits until it is, and restores it.
std::atomic<bool> is_taking{false};
static_assert(std::atomic<bool>::is_always_lock_free, "signal handlers use it");

/// Returns: whether this process may use the terminal; in the background it would be stopped.
bool is_in_foreground() { return ::tcgetpgrp(terminal) == ::getpgrp(); }

termios with_keys(termios mode) {
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  mode.c_cc[VMIN] = 0;
  mode.c_cc[VTIME] = 0;
  return mode;
}

/// Effects: sets the terminal's mode. SIGTTOU is blocked, because another job may just have been put into the
/// foreground.
void set(const termios& mode) {
  const int error = errno;
  sigset_t output;
  sigset_t others;
  ::sigemptyset(&output);
  ::sigaddset(&output, SIGTTOU);
  ::pthread_sigmask(SIG_BLOCK, &output, &others);
  ::tcsetattr(terminal, TCSANOW, &mode);
  ::pthread_sigmask(SIG_SETMASK, &others, nullptr);
  errno = error;
}

/// Effects: switches the terminal to keys. Returns: whether it is held.
bool take() {
  if (is_leaving || is_interrupted()) return false;
  if (!is_in_foreground()) {
    is_held = false;
    return false;
  }
  termios now{};
  if (::tcgetattr(terminal, &now) != 0) return false;
  const bool is_line_by_line = (now.c_lflag & ICANON) != 0;
  // Unbuffered input was set either here, or by another program before.
  if (!is_line_by_line) return is_held;
  is_held = false;
  before = now;
  is_held = true;
  set(with_keys(now));
  return true;
}

/// Effects: handles `signal`, unless it has a handler or is ignored.
void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction now {};
  if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
  struct sigaction ours {};
  ours.sa_handler = handler;
  ours.sa_flags = flags;
  ::sigaction(signal, &ours, nullptr);
}

/// Ctrl-Z: restores the terminal, then stops by the default action, which spares orphaned jobs.
void on_stop(int signal) {
  is_leaving = true;
  restore_terminal();
  std::signal(signal, SIG_DFL);
  sigset_t stop;
  ::sigemptyset(&stop);
  ::sigaddset(&stop, signal);
  std::raise(signal);
  ::pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);  // here it stops, and resumes
  handle(signal, on_stop, SA_RESTART);
  is_leaving = false;
}

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

void watch_terminal(int descriptor) {
  terminal = descriptor;
  handle(SIGTSTP, on_stop, SA_RESTART);
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    if (ends_process(signal)) handle(signal, on_end, static_cast<int>(SA_RESETHAND));
}

bool hold_terminal() {
  is_taking = true;
  const bool holds = take();
  is_taking = false;
  return holds;
}

void restore_terminal() {
  constexpr timespec kNap{0, 1'000'000};
  for (int naps = 0; is_taking && naps < 1'000; ++naps) ::nanosleep(&kNap, nullptr);
  if (is_held.exchange(false) && is_in_foreground()) set(before);
}

}  // namespace refwave::cli
