#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "tests/support/child_process.h"

namespace refwave::test {
namespace {

int opened(const std::filesystem::path& path, int how) {
  const int file = open(path.c_str(), how | O_NOCTTY | O_CLOEXEC, 0600);
  if (file < 0) throw std::runtime_error("cannot open " + path.string());
  return file;
}

[[noreturn]] void become(std::vector<std::string> arguments, const Environment& environment,
                         const std::array<int, 3>& files, bool has_terminal) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Else jackd makes a session of its own, which a busy Linux starves (in_background).
  has_terminal ? setsid() : setpgid(0, 0);
  for (int i = 0; i < 3; ++i) dup2(files[static_cast<std::size_t>(i)], i);
  if (has_terminal) ioctl(STDIN_FILENO, TIOCSCTTY, 0);
  for (const auto& [name, value] : environment)
    value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  execvp(words[0], words.data());
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const Environment& environment,
                           const Streams& streams) {
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  const std::array files{opened(streams.input.empty() ? "/dev/null" : streams.input, O_RDWR),
                         opened(streams.output, kAppend), opened(streams.errors, kAppend)};
  const bool has_terminal = isatty(files[0]) != 0;
  const pid_t child = fork();
  if (child == 0) become(arguments, environment, files, has_terminal);
  for (const int file : files) close(file);
  if (child < 0) throw std::runtime_error("cannot start " + arguments[0]);
  process_ = child;
}

ChildProcess::~ChildProcess() { end(SIGKILL); }

bool ChildProcess::running() {
  int status = 0;
  if (process_ != 0 && waitpid(number(), &status, WNOHANG) == number()) note_end(status);
  return process_ != 0;
}

void ChildProcess::note_end(int status) {
  process_ = 0;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int ChildProcess::number() const { return static_cast<int>(process_); }

void ChildProcess::signal(int number_of_signal) const {
  if (process_ == 0 || kill(number(), number_of_signal) != 0 || number_of_signal != SIGSTOP) return;
  // On a busy machine it stops some time later.
  siginfo_t stopped{};
  waitid(P_PID, static_cast<id_t>(process_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

int ChildProcess::end(int number_of_signal) {
  signal(number_of_signal);
  int status = 0;
  if (process_ != 0 && waitpid(number(), &status, 0) == number()) note_end(status);
  process_ = 0;
  return status_;
}

}  // namespace refwave::test
