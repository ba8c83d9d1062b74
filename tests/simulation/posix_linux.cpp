// The C library's threads, locks, semaphores and clocks, by the simulation. The program's own definitions
// come before the library's, in the program and in the shared libraries that it uses. Only what the driver
// and the C++ library call is here.
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <cerrno>

#include <cstdint>

#include "tests/simulation/simulation.h"

namespace {

using namespace refwave::simulation;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSince1970 = 1'790'000'000 * kSecond;
constexpr std::int64_t kLookNs = 40;       // a look at the clock
constexpr std::int64_t kPauseNs = 20'000;  // a pause in a spin, which stands for many

std::int64_t ns_of(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

/// Returns: a deadline of that clock as a time of the simulation.
std::int64_t deadline_of(clockid_t clock, const timespec& time) {
  return ns_of(time) - (clock == CLOCK_REALTIME ? kSince1970 : 0);
}

bool is_interrupted() { return mishaps().interrupted != nullptr && mishaps().interrupted(); }

Fiber* fiber_of(pthread_t thread) { return reinterpret_cast<Fiber*>(thread); }

/// A mutex in the library's own memory. All zeros is a free one.
struct Lock {
  int held;
  unsigned int count;
  int owner;
};
static_assert(sizeof(Lock) <= offsetof(pthread_mutex_t, __data.__kind));

Lock& lock_of(pthread_mutex_t* mutex) { return *reinterpret_cast<Lock*>(mutex); }

bool take(pthread_mutex_t* mutex) {
  Lock& lock = lock_of(mutex);
  const bool again =
      lock.held != 0 && lock.owner == number_of(self()) && mutex->__data.__kind == PTHREAD_MUTEX_RECURSIVE_NP;
  if (lock.held != 0 && !again) return false;
  lock.held = 1;
  lock.owner = number_of(self());
  ++lock.count;
  return true;
}

/// Effects: gives the mutex up, without a switch to another thread.
void give_up(pthread_mutex_t* mutex) {
  Lock& lock = lock_of(mutex);
  if (--lock.count != 0) return;
  lock.held = 0;
  wake_all(mutex);
}

int wait_with(pthread_cond_t* condition, pthread_mutex_t* mutex, std::int64_t deadline_ns) {
  note_call("pthread_cond_wait");
  // Together with the wait one step: no thread signals in between.
  give_up(mutex);
  const bool woken = wait_for(condition, deadline_ns);
  pthread_mutex_lock(mutex);
  return woken ? 0 : ETIMEDOUT;
}

unsigned int& count_of(sem_t* semaphore) { return *reinterpret_cast<unsigned int*>(semaphore); }

int wait_on(sem_t* semaphore, std::int64_t deadline_ns) {
  note_call("sem_wait");
  maybe_switch();
  if (is_interrupted()) {
    errno = EINTR;
    return -1;
  }
  while (count_of(semaphore) == 0) {
    if (wait_for(semaphore, deadline_ns)) continue;
    errno = ETIMEDOUT;
    return -1;
  }
  --count_of(semaphore);
  return 0;
}

}  // namespace

extern "C" {

// --- threads ---

int pthread_create(pthread_t* thread, const pthread_attr_t*, void* (*body)(void*), void* argument) {
  note_call(__func__);
  if (mishaps().no_thread != nullptr && mishaps().no_thread()) return EAGAIN;
  const TestCode test;
  *thread = reinterpret_cast<pthread_t>(create(body, argument));
  maybe_switch();
  return 0;
}

int pthread_join(pthread_t thread, void** result) {
  void* const from_body = join(fiber_of(thread));
  if (result != nullptr) *result = from_body;
  return 0;
}

int pthread_detach(pthread_t thread) {
  detach(fiber_of(thread));
  return 0;
}

pthread_t pthread_self() { return reinterpret_cast<pthread_t>(self()); }

int pthread_setname_np(pthread_t thread, const char* text) {
  name(fiber_of(thread), text);
  return 0;
}

// Of no thread the stack or the priority is known.
int pthread_getattr_np(pthread_t, pthread_attr_t*) { return ESRCH; }
int pthread_getschedparam(pthread_t, int*, sched_param*) { return ESRCH; }
int sched_setscheduler(pid_t, int, const sched_param*) { return 0; }
int sched_setaffinity(pid_t, std::size_t, const cpu_set_t*) { return 0; }
// All fibers share one thread, so one of low priority would make the whole simulation wait for other
// programs.
int setpriority(__priority_which_t, id_t, int) { return 0; }
int prctl(int, ...) { return 0; }

int sched_yield() {
  yield(kLookNs);
  return 0;
}

// --- mutexes and condition variables ---

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  note_call(__func__);
  maybe_switch();
  while (!take(mutex)) wait_for(mutex);
  return 0;
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) {
  note_call(__func__);
  maybe_switch();
  return take(mutex) ? 0 : EBUSY;
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  give_up(mutex);
  maybe_switch();
  return 0;
}

int pthread_mutex_destroy(pthread_mutex_t*) { return 0; }

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait_with(condition, mutex, kNever);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  return wait_with(condition, mutex, deadline_of(clock, *deadline));
}

int pthread_cond_signal(pthread_cond_t* condition) {
  note_call(__func__);
  wake_one(condition);
  maybe_switch();
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t* condition) {
  note_call(__func__);
  wake_all(condition);
  maybe_switch();
  return 0;
}

int pthread_cond_destroy(pthread_cond_t*) { return 0; }

// --- semaphores ---

int sem_init(sem_t* semaphore, int, unsigned int value) {
  count_of(semaphore) = value;
  return 0;
}

int sem_destroy(sem_t*) { return 0; }
int sem_wait(sem_t* semaphore) { return wait_on(semaphore, kNever); }

int sem_trywait(sem_t* semaphore) {
  if (count_of(semaphore) != 0) return wait_on(semaphore, kNever);
  errno = EAGAIN;
  return -1;
}

// By no other clock (tests/rules).
int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
  return wait_on(semaphore, deadline_of(clock, *deadline));
}

int sem_post(sem_t* semaphore) {
  note_wake();
  ++count_of(semaphore);
  wake_one(semaphore);
  maybe_switch();
  return 0;
}

// --- clocks ---

int clock_gettime(clockid_t clock, timespec* time) {
  spend(kLookNs);
  const std::int64_t ns = now_ns() + (clock == CLOCK_REALTIME ? kSince1970 : 0);
  *time = {.tv_sec = ns / kSecond, .tv_nsec = ns % kSecond};
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* time, timespec*) {
  note_call(__func__);
  if (is_interrupted()) return EINTR;
  sleep_until((flags & TIMER_ABSTIME) != 0 ? deadline_of(clock, *time) : now_ns() + ns_of(*time));
  return 0;
}

int nanosleep(const timespec* time, timespec*) {
  note_call(__func__);
  sleep_until(now_ns() + ns_of(*time));
  return 0;
}

}  // extern "C"

namespace refwave::hal {

/// In the place of hal's own: a spinning thread lets the others go on.
void relax() noexcept { yield(kPauseNs); }

}  // namespace refwave::hal
