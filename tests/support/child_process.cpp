#include "tests/support/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace refwave::test {
namespace {

std::vector<std::string> merged(const Environment& changes) {
  Environment all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* const equals = std::strchr(*entry, '=');
    if (equals != nullptr) all[std::string(*entry, static_cast<std::size_t>(equals - *entry))] = equals + 1;
  }
  for (const auto& [name, value] : changes) all[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : all) {
    if (!value.empty()) lines.push_back(name + "=" + value);
  }
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const Environment& environment,
                           const std::filesystem::path& log) {
  std::vector<std::string> argument_texts = arguments;
  std::vector<std::string> environment_texts = merged(environment);
  const auto argv = pointers(argument_texts);
  const auto envp = pointers(environment_texts);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) throw std::runtime_error("cannot create " + log.string());

  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);  // else jackd makes a session of its own, which a busy Linux starves (in_background)
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execvpe(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(output);
  if (pid_ < 0) throw std::runtime_error("cannot start " + arguments[0]);
}

bool ChildProcess::running() {
  if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

void ChildProcess::signal(int number) const {
  if (pid_ <= 0 || kill(pid_, number) != 0 || number != SIGSTOP) return;
  // On a busy machine it stops some time later.
  siginfo_t stopped{};
  waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

int ChildProcess::end(int number) {
  if (pid_ > 0) {
    signal(number);
    waitpid(pid_, &status_, 0);
  }
  pid_ = -1;
  return status_;
}

}  // namespace refwave::test
