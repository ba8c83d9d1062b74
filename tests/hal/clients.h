// Small callbacks of a device, which report to a test.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

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

/// Blocks in its first callback until let_go().
class Standing : public Client {
 public:
  Standing()
      : Client([this](const hal::Period&) {
          entered_.set_value();
          released_.wait();
        }) {}

  void wait_until_it_stands() { entered_.get_future().wait(); }
  void let_go() { release_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> release_;
  const std::shared_future<void> released_ = release_.get_future().share();
};

class Player : public Client {
 public:
  Player(std::vector<std::byte> bytes, std::size_t bytes_per_frame)
      : Client([this](const hal::Period& period) { fill(period); }),
        bytes_(std::move(bytes)),
        bytes_per_frame_(bytes_per_frame) {}

  bool done() const { return played_.load() == bytes_.size(); }

 private:
  void fill(const hal::Period& period) {
    const std::size_t at = played_.load();
    const std::size_t wanted = period.frames * bytes_per_frame_;
    const std::size_t count = std::min(wanted, bytes_.size() - at);
    std::memcpy(period.data, bytes_.data() + at, count);
    std::memset(period.data + count, 0, wanted - count);
    played_.store(at + count);
  }

  const std::vector<std::byte> bytes_;
  const std::size_t bytes_per_frame_;
  std::atomic<std::size_t> played_{0};
};

class Listener : public Client {
 public:
  explicit Listener(std::size_t bytes_per_frame)
      : Client([this, bytes_per_frame](const hal::Period& period) {
          const std::lock_guard lock(mutex_);
          heard_.insert(heard_.end(), period.data, period.data + period.frames * bytes_per_frame);
        }) {}

  std::vector<std::byte> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::byte> heard_;
};

inline std::vector<std::byte> random_bytes(std::size_t count, std::uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xFF);
  return bytes;
}

}  // namespace refwave::test
