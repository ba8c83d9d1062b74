#include "tests/contract/model/losable_device.h"

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "hal/portaudio/backend.h"
#include "hal/system/clock.h"

namespace refwave::contract {
namespace {

struct Line {
  std::shared_ptr<hal::AudioCallback> callback;
  bool started = false;
};

struct Shelf {
  std::mutex mutex;
  bool opens = true;
  std::vector<std::shared_ptr<Line>> open;
  std::vector<std::shared_ptr<hal::AudioCallback>> lost;
};

Shelf& shelf() {
  static Shelf the_shelf;
  return the_shelf;
}

class LosableDevice final : public hal::Device {
 public:
  explicit LosableDevice(std::shared_ptr<Line> line) : line_(std::move(line)) {}
  ~LosableDevice() override {
    const std::lock_guard lock(shelf().mutex);
    std::erase(shelf().open, line_);
  }
  const hal::OpenInfo& info() const override { return info_; }
  hal::Status start() override { return set(true); }
  hal::Status stop() override { return set(false); }

 private:
  hal::Status set(bool started) {
    const std::lock_guard lock(shelf().mutex);
    line_->started = started;
    return {};
  }
  const std::shared_ptr<Line> line_;
  // A latency of minutes, so that the device does not count as silent while the test waits for a processor.
  const hal::OpenInfo info_{.name = kLosable,
                            .format = {.type = dsp::SampleType::s16, .channels = 2, .rate = kLosableRate},
                            .period_frames = kLosablePeriod,
                            .latency_frames = kLosableRate * 300,
                            .stack_bytes = 64 * 1024};
};

class LosableBackend final : public hal::Backend {
 public:
  std::string_view name() const override { return kLosable; }
  std::vector<hal::DeviceInfo> list(hal::Direction direction, hal::AskRates) override {
    if (direction == hal::Direction::input) return {};
    return {{.name = kLosable,
             .backend = kLosable,
             .direction = direction,
             .max_channels = 2,
             .default_rate = kLosableRate,
             .is_default = true}};
  }
  hal::OpenResult open(const hal::OpenRequest&, std::shared_ptr<hal::AudioCallback> callback) override {
    const std::lock_guard lock(shelf().mutex);
    if (!shelf().opens) return {nullptr, "losable: is lost"};
    shelf().open.push_back(std::make_shared<Line>(Line{.callback = std::move(callback)}));
    return {std::make_unique<LosableDevice>(shelf().open.back()), {}};
  }
};

void call(hal::AudioCallback& callback, std::uint32_t frames) {
  std::array<std::int16_t, std::size_t{kLosablePeriod} * 2> samples{};
  callback.process({.data = reinterpret_cast<std::byte*>(samples.data()),
                    .frames = frames,
                    .monotonic_ns = hal::monotonic_now_ns(),
                    .clock_rate = 0.0});
}

std::shared_ptr<hal::AudioCallback> newest() {
  const std::lock_guard lock(shelf().mutex);
  for (auto line = shelf().open.rbegin(); line != shelf().open.rend(); ++line) {
    if ((*line)->started) return (*line)->callback;
  }
  return nullptr;
}

}  // namespace

namespace losable {

void allow(bool opens) {
  const std::lock_guard lock(shelf().mutex);
  shelf().opens = opens;
}

void step() {
  for (const auto& late : shelf().lost) call(*late, kLosablePeriod);
  if (const auto callback = newest()) call(*callback, kLosablePeriod);
}

void pulse() {
  if (const auto callback = newest()) call(*callback, 0);
}

bool lose() {
  const auto callback = newest();
  if (!callback) return false;
  {
    const std::lock_guard lock(shelf().mutex);
    for (const auto& line : shelf().open) line->started = false;
  }
  shelf().lost.push_back(callback);
  callback->on_lost();
  return true;
}

void forget_lost() { shelf().lost.clear(); }

}  // namespace losable
}  // namespace refwave::contract

namespace refwave::hal {

std::unique_ptr<Backend> make_portaudio_backend() { return std::make_unique<contract::LosableBackend>(); }

}  // namespace refwave::hal
