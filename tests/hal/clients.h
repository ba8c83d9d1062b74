// A callback of a device, which reports to a test.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "hal/device.h"

namespace refwave::test {

class Client : public hal::AudioCallback {
 public:
  Client() = default;
  explicit Client(std::function<void(const hal::Period&)> act) : act_(std::move(act)) {}

  void process(const hal::Period& period) noexcept override {
    if (act_) act_(period);
    ++periods;
  }
  void on_lost() noexcept override { ++losses; }

  std::atomic<std::uint32_t> periods{0};
  std::atomic<std::uint32_t> losses{0};

 private:
  std::function<void(const hal::Period&)> act_;
};

}  // namespace refwave::test
