#include "driver/cli/console/interruption.h"

#include <atomic>
#include <csignal>

#include "driver/cli/console/keys/terminal_linux.h"

namespace refwave::cli {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void on_signal(int signal) {
  interrupted = true;
  restore_terminal();  // a second one ends the process at once
  std::signal(signal, SIG_DFL);
}

}  // namespace

void watch_for_interruption() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  // nohup has it ignored, and means that.
  if (std::signal(SIGHUP, on_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

bool is_interrupted() { return interrupted; }

}  // namespace refwave::cli
