// OwnedThread on POSIX threads: std::thread offers neither a stack size nor a join with a deadline.
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstring>
#include <utility>

#include "hal/system/mutex.h"
#include "hal/system/owned_thread.h"

namespace refwave::hal {
namespace {

std::atomic<std::uint64_t> abandoned{0};
std::atomic<bool> is_forked{false};

/// The C library forgets the handler when the module is unloaded.
void watch_for_fork() {
  [[maybe_unused]] static const int registered =
      pthread_atfork(nullptr, nullptr, [] { is_forked.store(true, std::memory_order_relaxed); });
}

/// Blocks signals on the calling thread while it lives. Threads that are started meanwhile inherit the mask,
/// and so do their own threads, such as those of a sound server's library. So the program's handlers run on
/// its own threads. Faults are exempt: a blocked one ends the program.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

std::uint64_t abandoned_threads() noexcept { return abandoned.load(); }
void count_abandoned_thread() noexcept { abandoned.fetch_add(1); }

bool has_forked_off_threads() noexcept { return is_forked.load(std::memory_order_relaxed); }

struct OwnedThread::Run {
  std::string name;
  std::function<void()> body;
  pthread_t thread{};
  Mutex mutex;
  Condition changed;
  bool ended GUARDED_BY(mutex) = false;

  static void* main(void* argument) {
    const std::unique_ptr<std::shared_ptr<Run>> held(static_cast<std::shared_ptr<Run>*>(argument));
    Run& run = **held;
    pthread_setname_np(pthread_self(), run.name.c_str());
    const End end(run);
    run.body();
    return nullptr;
  }

  /// Runs even if the body ends the thread, which unwinds the stack.
  class End {
   public:
    explicit End(Run& run) : run_(run) {}
    ~End() {
      // Destroys the body's objects before the owner continues.
      run_.body = nullptr;
      const MutexLock lock(run_.mutex);
      run_.ended = true;
      run_.changed.notify_all();
    }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

   private:
    Run& run_;
  };
};

bool OwnedThread::has_ended() const {
  if (!run_) return false;
  const MutexLock lock(run_->mutex);
  return run_->ended;
}

Status OwnedThread::start(const char* name, std::size_t stack_bytes, std::function<void()> body) {
  auto run = std::make_shared<Run>();
  run->name = name;
  run->body = std::move(body);
  auto held = std::make_unique<std::shared_ptr<Run>>(run);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack_bytes > 0) pthread_attr_setstacksize(&attributes, stack_bytes);
  watch_for_fork();
  const int error = [&] {
    const SignalsBlocked blocked;
    return pthread_create(&run->thread, &attributes, &Run::main, held.get());
  }();
  pthread_attr_destroy(&attributes);
  if (error != 0)
    return Status::failure(std::string("cannot start the thread ") + name + ": " + std::strerror(error));

  // The thread owns the run from here on.
  static_cast<void>(held.release());
  run_ = std::move(run);
  return {};
}

bool OwnedThread::join(std::chrono::milliseconds patience) {
  const auto run = std::exchange(run_, nullptr);
  if (!run) return true;
  if (pthread_equal(run->thread, pthread_self()) == 0) {
    MutexLock lock(run->mutex);
    for (const auto wait : {patience, std::chrono::milliseconds(kGrace)}) {
      const auto deadline = std::chrono::steady_clock::now() + wait;
      while (!run->ended && run->changed.wait_until(run->mutex, deadline)) {
      }
    }
    if (run->ended) {
      lock.unlock();
      pthread_join(run->thread, nullptr);
      return true;
    }
  }
  pthread_detach(run->thread);
  abandoned.fetch_add(1);
  return false;
}

}  // namespace refwave::hal
