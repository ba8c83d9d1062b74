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

constexpr std::size_t kCallsInAll = 400'000;
constexpr std::size_t kThreads = 4;
constexpr std::size_t kPlaces = 6;
constexpr std::size_t kInputs = 2;  // of these
constexpr std::size_t kHeaders = 24;

/// One client after another. Each rewrites its headers when they are done.
struct Place {
  struct Header {
    core::ClientHeader header{};
    std::vector<std::int16_t> samples = std::vector<std::int16_t>(200);
    std::atomic<bool> ours{true};  // not queued; the thread that takes it writes it
  };
  static bool called(const core::ClientCallback& callback, core::Notice notice,
                     core::ClientHeader* header) noexcept {
    auto* const place = reinterpret_cast<Place*>(callback.instance);
    if (notice == core::Notice::close) ++place->closes;
    if (notice != core::Notice::done) return true;
    ++place->inside;
    if ((core::load_flags(*header) & (core::kDone | core::kInQueue)) != core::kDone) ++place->wrong_flags;
    auto* one = reinterpret_cast<Header*>(header->user);
    if (one->ours.exchange(true)) ++place->doubled;
    place->act_inside(++place->done);
    --place->inside;
    return true;
  }

  void act_inside(std::uint64_t number) {
    Position position;
    if (number % 7 == 1) streams->position(handle, direction, position);
    if (number % 31 == 5) streams->reset(handle, direction);
    if (number % 61 == 7) close();
  }
  void close() {
    const Handle old = handle;
    streams->reset(old, direction);
    if (streams->close(old, direction) == Error::none) handle = 0;
  }

  Streams* streams = nullptr;
  hal::Direction direction = kOutput;
  std::array<Header, kHeaders> headers;
  std::atomic<Handle> handle{0};
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> opens{0};
  std::atomic<std::uint64_t> closes{0};
  std::atomic<std::uint32_t> inside{0};  // callbacks
  std::atomic<std::uint32_t> doubled{0};
  std::atomic<std::uint32_t> wrong_flags{0};
};

class Crowd {
 public:
  explicit Crowd(AssembledDriver& driver) : driver_(driver) {
    // Streams share filters. Without these, each stream would spend milliseconds on its own.
    for (const dsp::Ratio ratio : {1, 2, 4}) filters_->prepare(ratio << 32);
    for (std::size_t i = 0; i < kInputs; ++i) places[i].direction = kInput;
    for (Place& place : places) {
      place.streams = driver.streams.get();
      for (auto& one : place.headers) {
        one.header.data = reinterpret_cast<std::byte*>(one.samples.data());
        one.header.length = 400;
        one.header.flags = core::kPrepared;
        if (&one == &place.headers[0]) one.header.flags |= core::kBeginLoop | core::kEndLoop;
        one.header.loops = 3;
        one.header.user = reinterpret_cast<std::uintptr_t>(&one);
      }
    }
  }

  void run(std::uint32_t seed) {
    std::mt19937 random(seed);
    for (std::size_t call = 0; call < kCallsInAll / kThreads; ++call)
      act(places[random() % kPlaces], static_cast<std::uint32_t>(random() % 100));
  }

  std::array<Place, kPlaces> places;

 private:
  void act(Place& place, std::uint32_t what) {
    Streams& streams = *driver_.streams;
    const Handle handle = place.handle;
    Position position;
    if (what < 50) return write(place, handle);
    if (what < 70) return static_cast<void>(streams.position(handle, place.direction, position));
    if (what < 78) return static_cast<void>(streams.pause(handle, place.direction));
    if (what < 86) return static_cast<void>(streams.run(handle, place.direction));
    if (what < 91) return static_cast<void>(streams.reset(handle, place.direction));
    if (what < 93) return static_cast<void>(streams.break_loop(handle, hal::Direction::output));
    if (what < 94) return static_cast<void>(streams.set_volume(handle, what << 12));
    if (what < 95) return change_speed(handle);
    if (what < 96) return static_cast<void>(streams.total());
    if (what < 97) return place.close();
    open(place);
  }
  void change_speed(Handle handle) {
    const std::uint32_t n = changes_.fetch_add(1);
    const SpeedPart part = n % 2 == 0 ? SpeedPart::rate : SpeedPart::pitch;
    driver_.streams->set_speed(handle, part, dsp::kUnity / 2 << n / 2 % 3);
  }
  void write(Place& place, Handle handle) {
    for (auto& one : place.headers) {
      if (!one.ours.exchange(false)) continue;
      if (driver_.streams->write(handle, place.direction, one.header) == Error::none) {
        ++place.written;
      } else {
        one.ours = true;
      }
      return;
    }
  }
  void open(Place& place) {
    if (place.handle != 0) return;
    Handle expected = 0;
    if (!place.handle.compare_exchange_strong(expected, ~Handle{0})) return;  // nobody else meanwhile
    Handle handle = 0;
    const core::ClientCallback callback{.function = &Place::called,
                                        .instance = reinterpret_cast<std::uintptr_t>(&place)};
    const Error result = driver_.streams->open(
        {.direction = place.direction, .format = test::kStereo16, .callback = callback, .ring_capacity = 16},
        place.direction == kOutput ? driver_.output : driver_.input, *driver_.notifiers, handle);
    if (result == Error::none) ++place.opens;
    place.handle = result == Error::none ? handle : 0;
  }

  AssembledDriver& driver_;
  const std::unique_ptr<dsp::Varispeed> filters_ = dsp::Varispeed::make(1, dsp::Quality::medium);
  std::atomic<std::uint32_t> changes_{0};
};

void run_crowd(AssembledDriver& driver, Crowd& crowd) {
  const auto seed = static_cast<std::uint32_t>(GTEST_FLAG_GET(random_seed));
  SCOPED_TRACE("again: GTEST_RANDOM_SEED=" + std::to_string(seed) +
               " streams_test --gtest_filter='StreamsStress.*'");
  std::vector<std::thread> threads;
  for (std::uint32_t i = 1; i <= kThreads; ++i)
    threads.emplace_back([&crowd, random = seed + i] { crowd.run(random); });
  for (auto& thread : threads) thread.join();
  driver.streams->close_all();
  for (Place& place : crowd.places) {
    EXPECT_TRUE(eventually([&] { return place.done == place.written; }))
        << place.done << " of " << place.written;
    EXPECT_TRUE(eventually([&] { return place.closes == place.opens; }));  // some inside a callback just now
    // A callback that closed its stream may still be running in this object, which dies before the notifiers.
    EXPECT_TRUE(eventually([&] { return place.inside == 0; }));
    EXPECT_EQ(place.doubled, 0U);
    EXPECT_EQ(place.wrong_flags, 0U);
    EXPECT_GT(place.written, 100U) << "hardly anything was tested";
    EXPECT_GT(place.closes, 10U);
  }
}

TEST(StreamsStress, Every_header_is_done_once_while_the_device_is_lost_and_comes_back) {
  auto faults = std::make_shared<test::Faults>();
  faults->lost_after = 5;
  faults->nap_us = 200;
  configuration::Configuration configuration;
  configuration.linger_ms = 0;
  AssembledDriver driver(configuration, 100, faults);
  Crowd crowd(driver);
  for (int round = 0; round < 50 && driver.output->statistics().losses == 0; ++round)
    run_crowd(driver, crowd);
  EXPECT_GT(driver.output->statistics().losses, 0U) << "it was never lost: nothing was tested";
}

TEST(StreamsStress, Every_header_is_done_once_with_direct_completion) {
  configuration::Configuration configuration;
  configuration.completion = configuration::Completion::direct;
  AssembledDriver driver(configuration, 100);
  Crowd crowd(driver);
  run_crowd(driver, crowd);
}

}  // namespace
}  // namespace refwave::control
