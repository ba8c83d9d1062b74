#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>

#include <atomic>
#include <string_view>

#include "bench/benchmarks/buffer_done/path.h"
#include "bench/benchmarks/common/samples.h"

namespace {

std::atomic<std::int64_t> last_ns{0};  // the audio thread → the thread that it wakes

bool is_audio_thread() {
  thread_local const bool is = [] {
    char name[16] = "";
    return pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
           std::string_view(name) == "refwave-audio";
  }();
  return is;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int sem_post(sem_t* semaphore) noexcept {
  static const auto post = reinterpret_cast<int (*)(sem_t*)>(dlsym(RTLD_NEXT, "sem_post"));
  if (is_audio_thread()) last_ns.store(refwave::bench::now_ns(), std::memory_order_relaxed);
  return post(semaphore);
}

namespace refwave::bench {

std::int64_t last_wake_ns() noexcept { return last_ns.load(std::memory_order_relaxed); }

}  // namespace refwave::bench
