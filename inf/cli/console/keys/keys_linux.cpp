#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string_view>
#include <system_error>
#include <thread>

#include "hal/system/mutex.h"
#include "inf/cli/console/keys/keys.h"
#include "inf/cli/console/keys/terminal_linux.h"
#include "inf/cli/console/platform.h"

namespace refwave::cli {
namespace {

constexpr int kBetweenLooksMs = 50;  // whether the job is in the foreground

struct Sequence {
  std::string_view bytes;
  Key key;
};

/// An arrow is one of two sequences, by the terminal's mode.
constexpr Sequence kSequences[] = {{" ", Key::pause},      {"q", Key::quit},      {"Q", Key::quit},
                                   {"\033[D", Key::back},  {"\033OD", Key::back}, {"\033[C", Key::ahead},
                                   {"\033OC", Key::ahead}, {"0", Key::louder},    {"+", Key::louder},
                                   {"=", Key::louder},     {"9", Key::softer},    {"-", Key::softer},
                                   {"m", Key::mute},       {"n", Key::next}};

/// Effects: removes the first key from what was typed. Returns: it.
std::optional<Key> take_key(std::string& typed) {
  while (!typed.empty()) {
    for (const auto& [bytes, key] : kSequences) {
      if (!typed.starts_with(bytes)) continue;
      typed.erase(0, bytes.size());
      return key;
    }
    const bool is_begun = typed == "\033" || typed == "\033[" || typed == "\033O";
    if (is_begun) return std::nullopt;
    typed.erase(0, 1);
  }
  return std::nullopt;
}

}  // namespace

/// A thread reads the terminal, because the main thread may be blocked in a pipe.
struct Keys::Listener {
  explicit Listener(moodycamel::LightweightSemaphore& waits) noexcept : pressed(waits) {}

  moodycamel::LightweightSemaphore& pressed;
  int terminal = -1;
  std::array<int, 2> ending{-1, -1};  // a pipe whose end ends the thread
  std::atomic<bool> has_quit{false};
  hal::Mutex mutex;
  std::string typed GUARDED_BY(mutex);  // read, not yet decoded
  std::thread thread;

  void run();
  bool read_typed();
};

/// Returns: false at the end of input.
bool Keys::Listener::read_typed() {
  std::array<char, 64> bytes{};
  const ::ssize_t got = ::read(terminal, bytes.data(), bytes.size());
  if (got <= 0) return false;
  const std::string_view fresh(bytes.data(), static_cast<std::size_t>(got));
  {
    const hal::MutexLock lock(mutex);
    typed.append(fresh);
  }
  if (fresh.find_first_of("qQ") != std::string_view::npos) {
    has_quit = true;
    end_input();
  }
  pressed.signal();
  return true;
}

void Keys::Listener::run() {
  sigset_t all;
  ::sigfillset(&all);  // signals are the main thread's; a read from the background fails
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    const bool listens = hold_terminal();
    std::array<pollfd, 2> polled{pollfd{ending[0], POLLIN, 0}, pollfd{listens ? terminal : -1, POLLIN, 0}};
    ::poll(polled.data(), polled.size(), kBetweenLooksMs);
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0 && !read_typed() && (polled[1].revents & (POLLHUP | POLLERR)) != 0) return;
  }
}

Keys::Keys(StandardInput input, moodycamel::LightweightSemaphore& pressed) {
  // Beside a pipe only for somebody who looks on.
  const bool is_own = input == StandardInput::sound && ::isatty(STDIN_FILENO) != 1 && has_terminal();
  const int terminal = is_own ? ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC) : STDIN_FILENO;
  if (::isatty(terminal) != 1) return;
  auto listener = std::make_unique<Listener>(pressed);
  listener->terminal = terminal;
  if (::pipe2(listener->ending.data(), O_CLOEXEC) != 0) return;
  watch_terminal(terminal);
  try {
    listener->thread = std::thread([&heard = *listener] { heard.run(); });
    listener_ = std::move(listener);
  } catch (const std::system_error&) {  // it plays without keys
    for (const int end : listener->ending) ::close(end);
  }
}

Keys::~Keys() {
  if (!listener_) return;
  ::close(listener_->ending[1]);
  listener_->thread.join();
  ::close(listener_->ending[0]);
  restore_terminal();  // whose descriptor stays open for signal handlers
}

std::optional<Key> Keys::next() {
  if (!listener_) return std::nullopt;
  const hal::MutexLock lock(listener_->mutex);
  return take_key(listener_->typed);
}

bool Keys::has_quit() const { return listener_ && listener_->has_quit; }

}  // namespace refwave::cli
