#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "inf/cli/console/keys/terminal_linux.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

std::vector<std::string> command_line(int count, char** words) { return {words + 1, words + count}; }

/// A closed descriptor of the standard ones would be the next file's, which messages would be written into.
Console::Console() : page_before_(0) {
  int opened = 0;
  do opened = ::open("/dev/null", O_RDWR);
  while (opened >= 0 && opened <= STDERR_FILENO);
  ::close(opened);
}

Console::~Console() = default;

std::filesystem::path program_file() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

// A name may contain any byte but 0.
std::string correct_file_name(std::string& name) { return name.empty() ? "the name is empty" : ""; }

std::size_t screen_lines() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) != 1) return 0;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : kUsualLines;
}

std::size_t terminal_columns(std::FILE* stream, std::size_t fewest) {
  winsize size{};
  const bool is_terminal = ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return columns_wanted(is_terminal ? size.ws_col : kUsualColumns, fewest);
}

bool has_terminal() { return ::isatty(STDERR_FILENO) == 1; }

/// Returns: a non-blocking descriptor of the terminal, whose own other programs share; -1 if it is none.
int open_again(int descriptor) {
  if (::isatty(descriptor) != 1) return -1;
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  return ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

std::size_t print_without_blocking(std::FILE* stream, std::string_view text) {
  static const std::array<int, 2> own{open_again(STDOUT_FILENO), open_again(STDERR_FILENO)};
  const int terminal = own[stream == stderr ? 1 : 0];
  if (terminal >= 0)
    return static_cast<std::size_t>(std::max<ssize_t>(0, ::write(terminal, text.data(), text.size())));
  pollfd polled{::fileno(stream), POLLOUT, 0};
  if (::poll(&polled, 1, 0) != 1) return 0;
  std::fwrite(text.data(), 1, text.size(), stream);  // a pipe now has room for a line
  std::fflush(stream);
  return text.size();
}

namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

std::atomic<bool> has_ended{false};  // end_input() was called, perhaps before the pipe was opened
std::atomic<int> input{-1};          // the pipe that is being read
std::atomic<int> nothing{-1};        // /dev/null, which is at its end
pthread_t main_thread{};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler uses it");

std::atomic<std::int64_t> pressed_ns{0};  // when Ctrl-C was first pressed; 0: not yet
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler uses it");

void on_signal(int signal, siginfo_t* info, void*) {
  const int error = errno;
  interrupted = true;
  end_input();
  restore_terminal();
  const bool is_from_keyboard = signal == SIGINT && info->si_code == SI_KERNEL;
  if (is_from_keyboard && is_second_ctrl_c(pressed_ns)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);  // once this handler returns
  }
  errno = error;
}

void handle(int signal) {
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void watch_for_interruption() {
  main_thread = ::pthread_self();
  std::signal(SIGURG, [](int) {});
  std::signal(SIGXFSZ, [](int) {});  // a write beyond the limit fails with its reason
  handle(SIGINT);
  handle(SIGTERM);
  struct sigaction now {};
  ::sigaction(SIGHUP, nullptr, &now);
  if (now.sa_handler != SIG_IGN) handle(SIGHUP);  // nohup has it ignored
}

bool is_interrupted() { return interrupted; }

void end_when_interrupted(int descriptor) {
  if (nothing < 0) nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  input = descriptor;
  if (has_ended) end_input();
}

/// A blocked read is restarted after a signal, and then reads what the descriptor is by then.
void end_input() {
  const int error = errno;
  has_ended = true;  // before `input` is read; end_when_interrupted() does the reverse
  const int pipe = input;
  if (pipe >= 0 && nothing >= 0 && ::dup2(nothing, pipe) == pipe) ::pthread_kill(main_thread, SIGURG);
  errno = error;
}

}  // namespace refwave::cli
