// A race between this program and its callback on a thread of libpulse's. ThreadSanitizer must report it,
// whatever the suppressions leave out.
#include <pulse/mainloop-api.h>
#include <pulse/thread-mainloop.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "hal/shared_library.h"

namespace {

int raced = 0;
std::atomic<bool> was_called{false};

void called(pa_mainloop_api*, void*) {
  ++raced;
  was_called.store(true, std::memory_order_relaxed);
}

}  // namespace

int main() {
  const refwave::hal::SharedLibrary pulse("libpulse.so.0");
  const auto make = pulse.find<decltype(pa_threaded_mainloop_new)>("pa_threaded_mainloop_new");
  const auto api_of = pulse.find<decltype(pa_threaded_mainloop_get_api)>("pa_threaded_mainloop_get_api");
  const auto start = pulse.find<decltype(pa_threaded_mainloop_start)>("pa_threaded_mainloop_start");
  const auto once = pulse.find<decltype(pa_mainloop_api_once)>("pa_mainloop_api_once");
  if (make == nullptr || api_of == nullptr || start == nullptr || once == nullptr) return 1;
  pa_threaded_mainloop* const loop = make();
  once(api_of(loop), called, nullptr);
  start(loop);
  ++raced;
  while (!was_called.load(std::memory_order_relaxed)) std::this_thread::yield();
  std::printf("%d\n", raced);
}
