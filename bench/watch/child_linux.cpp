#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include "bench/watch/watch.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::watching {
namespace {

pid_t program = 0;
sigset_t awaited{};  // signals to forward, and SIGCHLD

/// Returns: 0 if there is none, or the process has ended and its parent has not asked.
pid_t parent_of(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');  // its name, which may be any words
  pid_t parent = 0;
  std::string state;
  int threads = 0;
  for (std::string word; status >> word;) {
    if (word == "State:") status >> state;
    if (word == "PPid:") status >> parent;
    if (word == "Threads:") status >> threads;
  }
  return state == "Z" && threads <= 1 ? 0 : parent;
}

struct OwnFolder {
  ~OwnFolder() {
    std::error_code refused;
    if (!path.empty()) std::filesystem::remove_all(path, refused);
  }
  std::string path;
} own_folder;

/// Effects: if no record can be written where the user's are, makes a folder for the program's, and prints
/// why and where.
void make_folder() {
  std::string reason = why_no_record();
  if (reason.empty()) return;
  std::error_code none;
  const auto parent = std::filesystem::absolute(std::filesystem::temp_directory_path(none), none);
  std::string path = (parent / "refwave-XXXXXX").string();
  if (::mkdtemp(path.data()) != nullptr) {
    own_folder.path = path;
    ::setenv("REFWAVE_RUNTIME_DIR", path.c_str(), 1);
    const std::string again = why_no_record();
    reason += "; " + (again.empty() ? "the program's records are in " + path : again);
  }
  cli::print_error(reason);
}

}  // namespace

void start_program(std::vector<std::string> words) {
  // Whatever the program leaves behind becomes a child of this process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE, SIGCHLD})
    ::sigaddset(&awaited, signal);
  std::signal(SIGCHLD, SIG_DFL);  // if it is ignored, waitpid() reports no end
  // Block them here; program_end() forwards them.
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &awaited, &before);
  make_folder();
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &before);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int error = ::posix_spawnp(&program, pointers[0], nullptr, &attributes, pointers.data(), environ);
  if (error == ENOEXEC) {
    // A script without #!: a shell finds it on the PATH, and runs it itself.
    char shell[] = "/bin/sh", option[] = "-c", line[] = "exec \"$0\" \"$@\"";
    pointers.insert(pointers.begin(), {shell, option, line});
    error = ::posix_spawn(&program, shell, nullptr, &attributes, pointers.data(), environ);
  }
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0)
    throw cli::Failure(words.front() + ": cannot be started: " + std::strerror(error) + "; name a program",
                       error == ENOENT ? 127 : 126);
}

std::optional<int> program_end(std::chrono::milliseconds patience) {
  const timespec most{0, std::chrono::nanoseconds(patience).count()};
  siginfo_t signal{};
  const bool came = ::sigtimedwait(&awaited, &signal, &most) > 0;
  // Signals of the terminal (from the kernel) go to the whole job, so the program has them already.
  // A SIGPIPE of this process is from its own write.
  const bool is_own = signal.si_signo == SIGPIPE && signal.si_pid == ::getpid();
  if (came && signal.si_signo != SIGCHLD && signal.si_code <= 0 && !is_own) ::kill(program, signal.si_signo);
  std::optional<int> end;
  int status = 0;
  // What the program has left behind ends here, too.
  for (pid_t one = 0; (one = ::waitpid(-1, &status, WNOHANG)) > 0;)
    if (one == program) end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

bool is_of_program(std::uint32_t process) {
  auto one = static_cast<pid_t>(process);
  while (one > 0 && one != ::getpid()) one = parent_of(one);
  return one > 0;
}

std::string program_hint() { return cli::use_hint(); }

}  // namespace refwave::watching
