// Several threads send random calls to a few outputs and inputs; above all for ThreadSanitizer.
// GTEST_RANDOM_SEED=N changes the calls.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/stream/assembled_driver.h"

namespace refwave::control {
namespace {

using test::AssembledDriver;
using test::eventually;
using test::kInput;
using test::kOutput;

constexpr std::size_t kCalls = 100'000;  // of each thread
constexpr std::size_t kThreads = 4;
constexpr std::size_t kPlaces = 6;
constexpr std::size_t kInputs = 2;  // of these

/// One client after another. Each rewrites its headers when they are done.
class Place {
 public:
  void begin(AssembledDriver& driver, hal::Direction direction) {
    driver_ = &driver;
    direction_ = direction;
    for (auto& one : headers_) {
      one.header.data = reinterpret_cast<std::byte*>(one.samples.data());
      one.header.length = 400;
      one.header.flags = core::kPrepared;
      if (&one == &headers_[0]) one.header.flags |= core::kBeginLoop | core::kEndLoop;
      one.header.loops = 3;
      one.header.user = reinterpret_cast<std::uintptr_t>(&one);
    }
  }
  /// `what`: below 100.
  void act(std::uint32_t what) {
    Streams& streams = *driver_->streams;
    const Handle handle = handle_;
    Position position;
    if (what < 50) return write(handle);
    if (what < 70) return static_cast<void>(streams.position(handle, direction_, position));
    if (what < 78) return static_cast<void>(streams.pause(handle, direction_));
    if (what < 86) return static_cast<void>(streams.run(handle, direction_));
    if (what < 91) return static_cast<void>(streams.reset(handle, direction_));
    if (what < 93) return static_cast<void>(streams.break_loop(handle, kOutput));
    if (what < 94) return static_cast<void>(streams.set_volume(handle, what << 12));
    if (what < 95) return change_speed(handle);
    if (what < 96) return static_cast<void>(streams.total());
    if (what < 97) return close();
    open();
  }
  void expect_an_end() {
    EXPECT_TRUE(eventually([&] { return done_ == written_; })) << done_ << " of " << written_;
    EXPECT_TRUE(eventually([&] { return closes_ == opens_; }));  // some inside a callback just now
    // A callback that closed its stream may still be running in this object, which dies before the notifiers.
    EXPECT_TRUE(eventually([&] { return inside_ == 0; }));
    EXPECT_EQ(wrong_, 0U) << "headers done twice, or with other flags";
    EXPECT_GT(written_, 100U) << "hardly anything was tested";
    EXPECT_GT(closes_, 10U);
  }

 private:
  struct Header {
    core::ClientHeader header{};
    std::vector<std::int16_t> samples = std::vector<std::int16_t>(200);
    std::atomic<bool> ours{true};  // not queued; the thread that takes it writes it
  };
  static bool called(const core::ClientCallback& callback, core::Notice notice,
                     core::ClientHeader* header) noexcept {
    auto* const place = reinterpret_cast<Place*>(callback.instance);
    if (notice == core::Notice::close) ++place->closes_;
    if (notice != core::Notice::done) return true;
    ++place->inside_;
    if ((core::load_flags(*header) & (core::kDone | core::kInQueue)) != core::kDone) ++place->wrong_;
    if (reinterpret_cast<Header*>(header->user)->ours.exchange(true)) ++place->wrong_;
    const std::uint64_t number = ++place->done_;
    if (number % 7 == 1) place->act(50);
    if (number % 31 == 5) place->act(86);
    if (number % 61 == 7) place->close();
    --place->inside_;
    return true;
  }
  void write(Handle handle) {
    const auto one =
        std::ranges::find_if(headers_, [](Header& header) { return header.ours.exchange(false); });
    if (one == headers_.end()) return;
    if (driver_->streams->write(handle, direction_, one->header) == Error::none) {
      ++written_;
    } else {
      one->ours = true;
    }
  }
  void open() {
    Handle expected = 0;
    if (!handle_.compare_exchange_strong(expected, ~Handle{0})) return;  // nobody else meanwhile
    Handle handle = 0;
    const core::ClientCallback callback{.function = &called,
                                        .instance = reinterpret_cast<std::uintptr_t>(this)};
    const bool is_open =
        driver_->streams->open(
            {.direction = direction_, .format = test::kStereo16, .callback = callback, .ring_capacity = 16},
            direction_ == kOutput ? driver_->output : driver_->input, *driver_->notifiers,
            handle) == Error::none;
    if (is_open) ++opens_;
    handle_ = is_open ? handle : 0;
  }
  void change_speed(Handle handle) {
    const std::uint64_t n = written_;
    const SpeedPart part = n % 2 == 0 ? SpeedPart::rate : SpeedPart::pitch;
    driver_->streams->set_speed(handle, part, dsp::kUnity / 2 << n / 2 % 3);
  }
  void close() {
    const Handle old = handle_;
    driver_->streams->reset(old, direction_);
    if (driver_->streams->close(old, direction_) == Error::none) handle_ = 0;
  }

  AssembledDriver* driver_ = nullptr;
  hal::Direction direction_ = kOutput;
  std::array<Header, 24> headers_;
  std::atomic<Handle> handle_{0};
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<std::uint64_t> opens_{0};
  std::atomic<std::uint64_t> closes_{0};
  std::atomic<std::uint32_t> inside_{0};  // callbacks
  std::atomic<std::uint32_t> wrong_{0};
};

using Places = std::array<Place, kPlaces>;

void run_crowd(AssembledDriver& driver, Places& places) {
  const auto seed = static_cast<std::uint32_t>(GTEST_FLAG_GET(random_seed));
  SCOPED_TRACE("again: GTEST_RANDOM_SEED=" + std::to_string(seed) +
               " streams_test --gtest_filter='StreamsStress.*'");
  for (std::size_t i = 0; i < kPlaces; ++i) places[i].begin(driver, i < kInputs ? kInput : kOutput);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 1; i <= kThreads; ++i)
    threads.emplace_back([&places, random = std::mt19937(seed + i)]() mutable {
      for (std::size_t call = 0; call < kCalls; ++call)
        places[random() % kPlaces].act(static_cast<std::uint32_t>(random() % 100));
    });
  for (auto& thread : threads) thread.join();
  driver.streams->close_all();
  for (Place& place : places) place.expect_an_end();
}

TEST(StreamsStress, Every_header_is_done_once_while_the_device_is_lost_and_comes_back) {
  auto faults = std::make_shared<test::Faults>();
  faults->lost_after = 5;
  faults->nap_us = 200;
  configuration::Configuration configuration;
  configuration.linger_ms = 0;
  AssembledDriver driver(configuration, 100, faults);
  Places places;
  for (int round = 0; round < 50 && driver.output->statistics().losses == 0; ++round)
    run_crowd(driver, places);
  EXPECT_GT(driver.output->statistics().losses, 0U) << "it was never lost: nothing was tested";
}

TEST(StreamsStress, Every_header_is_done_once_with_direct_completion) {
  configuration::Configuration configuration;
  configuration.completion = configuration::Completion::direct;
  AssembledDriver driver(configuration, 100);
  Places places;
  run_crowd(driver, places);
}

}  // namespace
}  // namespace refwave::control
