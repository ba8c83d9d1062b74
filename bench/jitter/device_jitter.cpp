// device_jitter PERIOD_FRAMES SECONDS: opens the default sound device as refwave.drv does, renders silence,
// and prints how evenly the device asked for its periods (intervals.h explains the line), then the device and
// its period in ms. waveOut cannot be more even than its device.
#include <cstdlib>
#include <cstring>
#include <thread>

#include "bench/jitter/intervals.h"
#include "hal/clocked/clocked_backend.h"
#include "hal/devices.h"
#include "hal/portaudio/backend.h"

namespace {

using namespace refwave;

class SilentCallback final : public hal::AudioCallback {
 public:
  SilentCallback(std::size_t most, std::size_t frame_bytes) : periods(most), frame_bytes_(frame_bytes) {}

  void process(const hal::Period& period) noexcept override {
    periods.note();
    std::memset(period.data, 0, period.frames * frame_bytes_);
  }
  void on_lost() noexcept override {}

  bench::Intervals periods;

 private:
  const std::size_t frame_bytes_;
};

hal::Devices devices() {
  std::vector<std::unique_ptr<hal::Backend>> backends;
  backends.push_back(hal::make_portaudio_backend());
  backends.push_back(std::make_unique<hal::ClockedBackend>(hal::ClockedOptions{}));
  return hal::Devices(std::move(backends));
}

}  // namespace

int main(int argc, char** argv) {
  const int period_frames = argc == 3 ? std::atoi(argv[1]) : 0;
  const int seconds = argc == 3 ? std::atoi(argv[2]) : 0;
  if (period_frames < 16 || seconds < 1) {
    std::fputs("usage: device_jitter PERIOD_FRAMES SECONDS\n", stderr);
    return 2;
  }
  constexpr std::uint16_t kChannels = 2;
  constexpr std::uint32_t kRate = 48'000;
  const std::size_t most =
      2 * kRate * static_cast<std::size_t>(seconds) / static_cast<std::size_t>(period_frames);
  const auto callback = std::make_shared<SilentCallback>(most, kChannels * sizeof(std::int32_t));
  hal::Devices all = devices();
  const hal::DeviceResult opened = all.open({.direction = hal::Direction::output,
                                             .rate = kRate,
                                             .channels = kChannels,
                                             .period_frames = static_cast<std::uint32_t>(period_frames),
                                             .any_type = false},
                                            callback, hal::Fallback::clocked);
  const hal::Status started = opened.device ? opened.device->start() : hal::Status::failure(opened.error);
  if (!started.ok()) {
    std::fprintf(stderr, "device_jitter: %s\n", started.reason().c_str());
    return 1;
  }
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  opened.device->stop();
  constexpr std::size_t kSkipped = 10;
  if (callback->periods.count() < kSkipped + 3) {
    std::fputs("device_jitter: next to no periods\n", stderr);
    return 1;
  }
  const hal::OpenInfo& info = opened.device->info();
  const double period_ms = 1e3 * info.period_frames / info.format.rate;
  callback->periods.print(std::chrono::duration<double, std::milli>(period_ms), kSkipped);
  std::printf(" \"%s\" %.3f\n", info.name.c_str(), period_ms);
}
