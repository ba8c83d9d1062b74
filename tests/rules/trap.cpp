#include "tests/rules/trap.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

namespace {

thread_local bool in_scope = false;
thread_local std::size_t wakes_in_scope = 0;

std::array<std::atomic<const char*>, 64> forbidden_calls{};
std::atomic<std::size_t> forbidden_count{0};
std::atomic<std::size_t> scope_count{0};
std::atomic<std::size_t> wake_count{0};
std::atomic<std::size_t> most_wakes{0};

/// Allocates nothing itself: it may be malloc that is being noted.
void note(const char* function) noexcept {
  if (!in_scope) return;
  const std::size_t index = forbidden_count.fetch_add(1);
  if (index < forbidden_calls.size()) forbidden_calls[index].store(function);
}

template <std::size_t kSize>
struct Name {
  constexpr Name(const char (&text_in)[kSize]) { std::copy_n(text_in, kSize, text); }
  char text[kSize]{};
};

/// The C library's own function of that name, which ours calls. Not a guarded static, because the guard might
/// lock.
template <Name kName, typename Result, typename... Arguments>
Result pass_on(Arguments... arguments) noexcept {
  using Function = Result (*)(Arguments...);
  static std::atomic<Function> next{nullptr};
  if (next.load() == nullptr) next.store(reinterpret_cast<Function>(dlsym(RTLD_NEXT, kName.text)));
  return next.load()(arguments...);
}

template <Name kName, typename Result, typename... Arguments>
Result forbidden(Arguments... arguments) noexcept {
  note(kName.text);
  return pass_on<kName, Result>(arguments...);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

// Memory. dlsym may allocate, so these go to the C library by the names it keeps for that.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t items, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);

void* malloc(std::size_t size) noexcept {
  note("malloc");
  return __libc_malloc(size);
}
void* calloc(std::size_t items, std::size_t size) noexcept {
  note("calloc");
  return __libc_calloc(items, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  note("realloc");
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note("aligned_alloc");
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  note("posix_memalign");
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
void free(void* block) noexcept {
  note("free");
  __libc_free(block);
}

// Locks, even those that are free: the next one will not be.
int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  return forbidden<"pthread_mutex_lock", int>(mutex);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  return forbidden<"pthread_mutex_trylock", int>(mutex);
}
int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  return forbidden<"pthread_rwlock_rdlock", int>(lock);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  return forbidden<"pthread_rwlock_wrlock", int>(lock);
}
int pthread_spin_lock(pthread_spinlock_t* lock) noexcept { return forbidden<"pthread_spin_lock", int>(lock); }

// Waiting, and waking by other means than the one. Files and whatever else is a system call are
// system_calls_test.cpp's.
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return forbidden<"pthread_cond_wait", int>(condition, mutex);
}
int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  return forbidden<"pthread_cond_signal", int>(condition);
}
int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  return forbidden<"pthread_cond_broadcast", int>(condition);
}
int sem_wait(sem_t* semaphore) { return forbidden<"sem_wait", int>(semaphore); }
int sem_trywait(sem_t* semaphore) noexcept { return forbidden<"sem_trywait", int>(semaphore); }
int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
  return forbidden<"sem_timedwait", int>(semaphore, deadline);
}
int nanosleep(const timespec* nap, timespec* rest) { return forbidden<"nanosleep", int>(nap, rest); }
int clock_nanosleep(clockid_t clock, int flags, const timespec* nap, timespec* rest) {
  return forbidden<"clock_nanosleep", int>(clock, flags, nap, rest);
}

int sem_post(sem_t* semaphore) noexcept {
  if (in_scope) {
    ++wake_count;
    ++wakes_in_scope;
  }
  return pass_on<"sem_post", int>(semaphore);
}

}  // extern "C"
#pragma GCC visibility pop

namespace refwave::test {

AudioScope::AudioScope() noexcept {
  wakes_in_scope = 0;
  in_scope = true;
}

AudioScope::~AudioScope() {
  in_scope = false;
  ++scope_count;
  std::size_t most = most_wakes.load();
  while (most < wakes_in_scope && !most_wakes.compare_exchange_weak(most, wakes_in_scope)) {
  }
}

Caught caught() {
  Caught all{
      .forbidden = {}, .scopes = scope_count, .wakes = wake_count, .most_wakes_in_a_scope = most_wakes};
  const std::size_t count = std::min(forbidden_count.load(), forbidden_calls.size());
  for (std::size_t i = 0; i < count; ++i) all.forbidden.emplace_back(forbidden_calls[i].load());
  return all;
}

void forget() {
  forbidden_count = 0;
  scope_count = 0;
  wake_count = 0;
  most_wakes = 0;
}

}  // namespace refwave::test
