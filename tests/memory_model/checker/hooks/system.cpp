// What the system gives a program, for threads that are fibers: mutexes, semaphores, memory, the clock, naps.
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <new>
#include <set>
#include <vector>

#include "hal/system/realtime.h"
#include "hal/system/threads.h"
#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/memory.h"
#include "tests/memory_model/checker/scenario.h"
#include "tests/memory_model/checker/sites.h"

namespace refwave::memory_model {
namespace {

constexpr std::size_t kLargeBytes = 1'000'000;
constexpr std::int64_t kClockStepNs = 100;
constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kLongNapNs = 2'000'000'000;

bool long_naps = false;

/// The mutexes that are taken.
std::set<const void*>& mutexes() {
  static std::set<const void*> all;
  return all;
}

std::vector<void*>& freed() {
  static std::vector<void*> all;
  return all;
}

void* allocate(std::size_t size, std::size_t alignment) {
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  if (watching && size >= kLargeBytes) ignored = {reinterpret_cast<Address>(memory), size};
  return memory;
}

/// A thread's memory is not used again before the execution is over, so that a late access is seen.
void give_back(void* memory, void* caller) {
  if (memory == nullptr) return;
  if (!watching) return std::free(memory);
  const Unwatched unwatched;
  refwave::memory_model::memory().free(reinterpret_cast<Address>(memory), malloc_usable_size(memory),
                                       reinterpret_cast<Address>(caller));
  freed().push_back(memory);
}

void take_mutex(const void* object) {
  const Unwatched unwatched;
  execution().point();
  while (!mutexes().insert(object).second) execution().block(object);
  memory().acquire(object);
}

void leave_mutex(const void* object) {
  const Unwatched unwatched;
  memory().release(object);
  mutexes().erase(object);
  execution().wake(object);
}

unsigned& count_of(sem_t* semaphore) { return *reinterpret_cast<unsigned*>(semaphore); }

}  // namespace

void begin_system() {
  for (void* memory : freed()) std::free(memory);
  freed().clear();
  mutexes().clear();
  long_naps = false;
}

void allow_long_naps() { long_naps = true; }

}  // namespace refwave::memory_model

using namespace refwave::memory_model;

// --- memory ---

// Those for arrays call these.
void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size); }
void operator delete(void* memory) noexcept { give_back(memory, __builtin_return_address(0)); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory, __builtin_return_address(0)); }
void operator delete(void* memory, std::align_val_t) noexcept {
  give_back(memory, __builtin_return_address(0));
}

// --- mutexes and semaphores; outside of threads they are free ---

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (watching) take_mutex(mutex);
  return 0;
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (watching) leave_mutex(mutex);
  return 0;
}

int sem_post(sem_t* semaphore) noexcept {
  const Unwatched unwatched;
  if (execution().self_number() != kThreads) {
    execution().point();
    memory().release(semaphore);
    execution().wake(semaphore);
  }
  ++count_of(semaphore);
  return 0;
}
int sem_wait(sem_t* semaphore) {
  const Unwatched unwatched;
  if (execution().self_number() != kThreads) {
    execution().point();
    while (count_of(semaphore) == 0) execution().block(semaphore);
    memory().acquire(semaphore);
  }
  --count_of(semaphore);
  return 0;
}
int clock_gettime(clockid_t clock, timespec* time) noexcept {
  if (!watching) return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  *time = {.tv_sec = execution().now_ns / kSecondNs, .tv_nsec = execution().now_ns % kSecondNs};
  return 0;
}

}  // extern "C"

// --- time, and the rest of hal that the sources ask for ---

std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
  return time_point(nanoseconds(execution().now_ns += kClockStepNs));
}

namespace refwave::hal {

void sleep_until_ns(std::int64_t deadline_ns) noexcept {
  if (!watching) return;
  const Unwatched unwatched;
  Execution& run = execution();
  run.now_ns = std::max(run.now_ns, deadline_ns);
  if (long_naps && run.choices().unusual(4) == 1) run.now_ns += kLongNapNs;
  run.point(true);
}

void fence_all_threads() noexcept {
  if (!watching) return;
  const Unwatched unwatched;
  Operation operation{.caller = reinterpret_cast<Address>(__builtin_return_address(0))};
  visit(operation, Doing::fence);
  // Weaker means that it is left out.
  if (operation.order == Order::seq_cst) memory().fence_all_threads(operation);
}

std::uintptr_t this_thread_id() noexcept { return execution().self_number() + 1; }
std::uint32_t this_thread_number() noexcept { return 0; }
std::uint32_t current_processor() noexcept { return 0; }

}  // namespace refwave::hal
