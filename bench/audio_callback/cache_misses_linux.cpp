#include "bench/audio_callback/cache_misses.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace refwave::bench {

CacheMisses::CacheMisses() noexcept {
  perf_event_attr event{};
  event.type = PERF_TYPE_HARDWARE;
  event.size = sizeof event;
  event.config = PERF_COUNT_HW_CACHE_MISSES;
  event.disabled = 1;
  event.exclude_kernel = 1;
  event.exclude_hv = 1;
  counter_ = static_cast<int>(syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

CacheMisses::~CacheMisses() {
  if (counter_ >= 0) close(counter_);
}

void CacheMisses::resume() noexcept {
  if (counter_ >= 0) ioctl(counter_, PERF_EVENT_IOC_ENABLE, 0);
}

void CacheMisses::pause() noexcept {
  if (counter_ >= 0) ioctl(counter_, PERF_EVENT_IOC_DISABLE, 0);
}

std::optional<std::uint64_t> CacheMisses::count() const noexcept {
  std::uint64_t misses = 0;
  if (counter_ < 0 || read(counter_, &misses, sizeof misses) != sizeof misses) return std::nullopt;
  return misses;
}

}  // namespace refwave::bench
