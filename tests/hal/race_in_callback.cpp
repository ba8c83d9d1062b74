// A race between this program and its callback on one of libpulse's threads, which ThreadSanitizer must
// report in spite of the suppressions.
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
  refwave::hal::SharedLibrary pulse("libpulse.so.0");
  const decltype(&pa_threaded_mainloop_new) make = pulse.find("pa_threaded_mainloop_new");
  const decltype(&pa_threaded_mainloop_get_api) api_of = pulse.find("pa_threaded_mainloop_get_api");
  const decltype(&pa_threaded_mainloop_start) start = pulse.find("pa_threaded_mainloop_start");
  const decltype(&pa_mainloop_api_once) once = pulse.find("pa_mainloop_api_once");
  if (!pulse.is_complete()) return 1;
  pa_threaded_mainloop* const loop = make();
  once(api_of(loop), called, nullptr);
  start(loop);
  ++raced;
  while (!was_called.load(std::memory_order_relaxed)) std::this_thread::yield();
  std::printf("%d\n", raced);
}
