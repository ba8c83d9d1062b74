// A sound device whose faults a test chooses: it fails or hangs on open, never calls, stops calling,
// is lost, or calls after its replacement or while it stops. Its periods may have odd sizes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "hal/device.h"
#include "hal/system/clock.h"

namespace refwave::test {

/// The faults of all the backend's devices, which a test may set at any moment, and counters.
struct Faults {
  std::atomic<bool> does_not_open{false};
  std::atomic<bool> opens_slowly{false};          // an open lasts as long as this is set
  std::atomic<bool> throws{false};                // an open runs out of memory
  std::atomic<bool> stops_slowly{false};          // it calls all the while
  std::atomic<bool> calls{true};                  // false: never, or no longer
  std::atomic<std::uint64_t> lost_after{0};       // callbacks, of every device opened from then on; 0: never
  std::atomic<std::uint32_t> opens{0};            // that succeeded
  std::atomic<std::uint32_t> refusals{0};         // opens while does_not_open
  std::atomic<std::uint32_t> slow_calls{0};       // opens, starts and stops that are waiting
  std::atomic<std::uint32_t> alive{0};            // devices open now
  std::atomic<std::uint64_t> periods{0};          // called back
  std::atomic<std::uint64_t> loud_frames{0};      // in which the left sample was not zero
  std::vector<std::uint32_t> period_frames{480};  // one after the other; constant while a device is open
  std::atomic<std::uint32_t> rate{48'000};
  std::atomic<bool> takes_any_rate{false};  // otherwise its own rate alone
  std::int64_t nap_us = 1'000;              // between two callbacks
  std::uint32_t pause_ms = 0;               // as the device tells it
  std::atomic<hal::ServerAnswer> answer{hal::ServerAnswer::unknown};
  std::atomic<std::uint32_t> changes{0};  // of the devices, as a system reports them

  std::mutex mutex;
  std::vector<std::shared_ptr<hal::AudioCallback>> callbacks;  // of all devices opened, for late callbacks

  void hang_while(const std::atomic<bool>& hangs) {
    ++slow_calls;
    while (hangs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --slow_calls;
  }
  std::shared_ptr<hal::AudioCallback> callback(std::size_t index) {
    const std::lock_guard lock(mutex);
    return callbacks.at(index);
  }
};

class FaultyDevice final : public hal::Device {
 public:
  FaultyDevice(std::shared_ptr<Faults> faults, std::shared_ptr<hal::AudioCallback> callback,
               std::uint32_t rate)
      : faults_(std::move(faults)), callback_(std::move(callback)), lost_after_(faults_->lost_after) {
    info_ = {.name = "faulty",
             .format = {.type = dsp::SampleType::s16, .channels = 2, .rate = rate},
             .period_frames = faults_->period_frames.front(),
             .latency_frames = 480,
             .pause_ms = faults_->pause_ms};
    ++faults_->opens;
    ++faults_->alive;
  }
  ~FaultyDevice() override {
    stop();
    --faults_->alive;
  }
  const hal::OpenInfo& info() const override { return info_; }
  std::string priority() const override { return "a priority, in words"; }
  hal::ServerAnswer ask_server(std::int64_t) noexcept override { return faults_->answer; }
  hal::Status start() override {
    if (!thread_.joinable()) {
      ending_ = false;
      thread_ = std::thread([this] { run(); });
    }
    return {};
  }
  hal::Status stop() override {
    faults_->hang_while(faults_->stops_slowly);
    ending_ = true;
    if (thread_.joinable()) thread_.join();
    return {};
  }

 private:
  void run() {
    for (std::size_t i = 0; !ending_; ++i) {
      if (lost_after_ != 0 && i == lost_after_) return callback_->on_lost();
      if (faults_->calls) call(faults_->period_frames[i % faults_->period_frames.size()]);
      std::this_thread::sleep_for(std::chrono::microseconds(faults_->nap_us));
    }
  }
  void call(std::uint32_t frames) {
    std::vector<std::int16_t> data(std::size_t{frames} * 2, 0x7777);
    callback_->process({.data = reinterpret_cast<std::byte*>(data.data()),
                        .frames = frames,
                        .monotonic_ns = hal::monotonic_now_ns(),
                        .latency_frames = 480});
    ++faults_->periods;
    for (std::uint32_t i = 0; i < frames; ++i) faults_->loud_frames += data[std::size_t{i} * 2] != 0 ? 1 : 0;
  }

  const std::shared_ptr<Faults> faults_;
  const std::shared_ptr<hal::AudioCallback> callback_;
  const std::uint64_t lost_after_;
  hal::OpenInfo info_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

class FaultyBackend final : public hal::Backend {
 public:
  explicit FaultyBackend(std::shared_ptr<Faults> faults) : faults_(std::move(faults)) {}

  std::string_view name() const override { return "Faulty"; }
  std::vector<hal::DeviceInfo> list(hal::Direction direction) override {
    return {{.name = "faulty",
             .backend = "Faulty",
             .direction = direction,
             .max_channels = 2,
             .default_rate = faults_->rate,
             .is_default = true}};
  }
  std::uint32_t changes() const noexcept override { return faults_->changes; }
  hal::OpenResult open(const hal::OpenRequest& request,
                       std::shared_ptr<hal::AudioCallback> callback) override {
    if (faults_->throws) throw std::bad_alloc();
    faults_->hang_while(faults_->opens_slowly);
    if (faults_->does_not_open) {
      ++faults_->refusals;
      return {nullptr, "faulty does not open"};
    }
    {
      const std::lock_guard lock(faults_->mutex);
      faults_->callbacks.push_back(callback);
    }
    const std::uint32_t asked = request.rate > 0 ? request.rate : request.preferred.rate;
    const std::uint32_t rate = faults_->takes_any_rate && asked > 0 ? asked : faults_->rate.load();
    return {std::make_unique<FaultyDevice>(faults_, std::move(callback), rate), {}};
  }

 private:
  const std::shared_ptr<Faults> faults_;
};

}  // namespace refwave::test
