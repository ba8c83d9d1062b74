// The simulated devices, measured alone: each one that goes on calling takes its frames at its rate, or at
// kSlowest thousandths of it. Players reckon with that when they say when a header is due.
#include <cstdio>
#include <memory>

#include "hal/portaudio/backend.h"
#include "tests/simulation/faulty_backend.h"

namespace refwave::simulation {
namespace {

constexpr std::uint64_t kDevices = 2'000;
constexpr std::int64_t kMeasuredNs = 10'000 * kMs;
constexpr std::int64_t kRoomNs = 100 * kMs;  // a period, and what a device catches up later

struct Count final : hal::AudioCallback {
  void process(const hal::Period& period) noexcept override {
    if (begin_ns == 0) begin_ns = period.monotonic_ns;
    frames += period.frames;
  }
  void on_lost() noexcept override {}
  std::int64_t begin_ns = 0;
  std::int64_t frames = 0;
};

/// Returns: whether the device of `seed` was slower than a device may be.
bool is_too_slow(std::uint64_t seed) {
  begin(seed);
  device_faults() = {.seed = seed, .one_of = 1U << 31U, .lasts = 1'000'000};
  const auto count = std::make_shared<Count>();
  const hal::OpenResult opened = hal::make_portaudio_backend()->open({}, count);
  if (!opened.device || !opened.device->start().ok()) return false;
  sleep_until(now_ns() + kMeasuredNs);
  const std::int64_t end_ns = now_ns();
  const std::int64_t frames = count->frames;
  opened.device->stop();
  // Some devices never call.
  if (frames == 0) return false;
  const std::int64_t taken_ns = frames * 1'000 * kMs / kDeviceRate * 1'000 / kSlowest;
  if (taken_ns + kRoomNs >= end_ns - count->begin_ns) return false;
  std::printf("found: a device with periods of %u frames took %lld ms of sound in %lld ms\n  seed %llu\n",
              opened.device->info().period_frames, static_cast<long long>(taken_ns / kMs),
              static_cast<long long>((end_ns - count->begin_ns) / kMs),
              static_cast<unsigned long long>(seed));
  return true;
}

int run() {
  const TestCode test;
  for (std::uint64_t seed = 1; seed <= kDevices; ++seed) {
    if (is_too_slow(seed)) return 1;
  }
  std::printf("%llu devices; paces", static_cast<unsigned long long>(device_counts().opens));
  for (const std::uint64_t pace : device_counts().paces)
    std::printf(" %llu", static_cast<unsigned long long>(pace));
  std::printf("\n");
  for (std::size_t pace = 0; pace < static_cast<std::size_t>(Pace::count); ++pace) {
    if (device_counts().paces[pace] == 0) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace refwave::simulation

int main() { return refwave::simulation::run(); }
