#include "driver/cli/console/keys/terminal_linux.h"

#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace refwave::cli {
namespace {

termios before{};
termios taken{};
std::atomic<bool> is_taken{false};

void set(const termios& mode) {
  const int error = errno;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &mode);
  errno = error;
}

/// Ctrl-Z: the shell gets its terminal as it was, and we take it again when we go on.
void on_stop(int) {
  restore_terminal();
  ::kill(::getpid(), SIGSTOP);
  if (is_taken && is_in_foreground()) set(taken);
}

/// Signals that end the process at once.
void on_end(int signal) {
  restore_terminal();
  std::raise(signal);  // the action is the usual one again
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

}  // namespace

bool is_in_foreground() { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

bool take_terminal() {
  if (::isatty(STDIN_FILENO) != 1 || !is_in_foreground() || ::tcgetattr(STDIN_FILENO, &before) != 0)
    return false;
  if ((before.c_lflag & ICANON) == 0) return false;
  taken = before;
  taken.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  taken.c_cc[VMIN] = 0;
  taken.c_cc[VTIME] = 0;
  is_taken = true;
  handle(SIGTSTP, on_stop, SA_RESTART);
  for (const int signal : {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    handle(signal, on_end, static_cast<int>(SA_RESETHAND));
  set(taken);
  return true;
}

void restore_terminal() {
  if (is_taken) set(before);
}

}  // namespace refwave::cli
