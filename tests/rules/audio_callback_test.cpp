// The audio callback of the whole driver, with sixteen streams playing and two recording: nothing in it
// allocates, locks or waits, and it wakes at most one thread.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "hal/system/clock.h"
#include "tests/rules/trap.h"
#include "tests/stream/assembled_driver.h"

namespace refwave::test {
namespace {

using control::Handle;
using core::ClientHeader;
using dsp::SampleType;
using hal::Direction;
using testing::Contains;
using testing::IsEmpty;

constexpr std::uint32_t kPeriodFrames = 128;

/// Every audio callback runs inside an AudioScope.
class ScopedCallback final : public hal::AudioCallback {
 public:
  explicit ScopedCallback(std::shared_ptr<hal::AudioCallback> inner) : inner_(std::move(inner)) {}
  void process(const hal::Period& period) noexcept override {
    const AudioScope scope;
    inner_->process(period);
  }
  void on_lost() noexcept override { inner_->on_lost(); }

 private:
  const std::shared_ptr<hal::AudioCallback> inner_;
};

class ScopedBackend final : public hal::Backend {
 public:
  explicit ScopedBackend(std::unique_ptr<hal::Backend> inner) : inner_(std::move(inner)) {}
  std::string_view name() const override { return inner_->name(); }
  std::vector<hal::DeviceInfo> list(hal::Direction direction, hal::AskRates ask) override {
    return inner_->list(direction, ask);
  }
  hal::OpenResult open(const hal::OpenRequest& request,
                       std::shared_ptr<hal::AudioCallback> callback) override {
    return inner_->open(request, std::make_shared<ScopedCallback>(std::move(callback)));
  }

 private:
  const std::unique_ptr<hal::Backend> inner_;
};

/// The driver on a stepped clocked device.
class SteppedDriver : public AssembledDriver {
 public:
  explicit SteppedDriver(configuration::Completion completion)
      : AssembledDriver(configuration(completion), kStepped, nullptr, [](auto clocked) {
          return std::unique_ptr<hal::Backend>(std::make_unique<ScopedBackend>(std::move(clocked)));
        }) {}
  /// Effects: runs so many periods on this thread, then waits for their messages. Returns: false if those do
  /// not come.
  bool settle(std::uint32_t periods) {
    constexpr std::int64_t kPatienceNs = 10'000'000'000;
    step(periods);
    return streams->settle(hal::monotonic_now_ns() + kPatienceNs);
  }

 private:
  static configuration::Configuration configuration(configuration::Completion completion) {
    configuration::Configuration made;
    made.period = kPeriodFrames;
    made.completion = completion;
    return made;
  }
};

/// A program that keeps four headers of one stream in the driver's hands.
class Program {
 public:
  Program(SteppedDriver& driver, Direction direction, const dsp::Format& format,
          core::ClientCallback::Function function)
      : driver_(driver), direction_(direction) {
    const auto& engine = direction == Direction::output ? driver.output : driver.input;
    const core::ClientCallback callback{.function = function};
    EXPECT_EQ(driver.streams->open(
                  {.direction = direction, .format = format, .callback = callback, .ring_capacity = 16},
                  engine, *driver.notifiers, handle_),
              core::Error::none);
    constexpr std::array<std::size_t, 4> kFrames = {97, 211, 31, 331};  // prime, so that ends fall anywhere
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      memory_[i].assign(kFrames[i] * format.bytes_per_frame(), std::byte{0x11});
      headers_[i].data = memory_[i].data();
      headers_[i].length = static_cast<std::uint32_t>(memory_[i].size());
      EXPECT_EQ(streams().prepare(handle_, direction_, headers_[i]), core::Error::none);
    }
  }

  Handle handle() const { return handle_; }

  /// Effects: plays the first two headers that many times each time they are queued.
  void loop(std::uint32_t passes) {
    headers_[0].flags |= core::kBeginLoop;
    headers_[0].loops = passes;
    headers_[1].flags |= core::kEndLoop;
  }

  /// Effects: queues what the driver has given back. Returns: how many headers that was.
  std::size_t queue() {
    std::size_t queued = 0;
    for (ClientHeader& header : headers_) {
      if ((core::load_flags(header) & core::kInQueue) != 0) continue;
      EXPECT_EQ(streams().write(handle_, direction_, header), core::Error::none);
      ++queued;
    }
    return queued;
  }

  control::Streams& streams() { return *driver_.streams; }

 private:
  SteppedDriver& driver_;
  const Direction direction_;
  Handle handle_ = 0;
  std::array<ClientHeader, 4> headers_{};
  std::array<std::vector<std::byte>, 4> memory_;
};

bool take_note(const core::ClientCallback&, core::Notice, ClientHeader*, core::Stack) noexcept {
  return true;
}

/// Allocates, locks, sleeps and signals.
bool offend(const core::ClientCallback&, core::Notice notice, ClientHeader*, core::Stack) noexcept {
  static std::mutex mutex;
  static std::condition_variable condition;
  // volatile: so that new and delete are not left out as having no effect.
  static int* volatile made = nullptr;
  if (notice != core::Notice::done) return true;
  made = new int(1);
  delete made;
  { const std::lock_guard lock(mutex); }  // it is free
  std::this_thread::sleep_for(std::chrono::nanoseconds(1));
  condition.notify_one();
  return true;
}

std::vector<dsp::Format> sixteen_formats() {
  const std::vector<dsp::Format> eight = {{SampleType::u8, 1, 48'000},  {SampleType::s16, 2, 48'000},
                                          {SampleType::s24, 2, 48'000}, {SampleType::s32, 6, 48'000},
                                          {SampleType::f32, 8, 48'000}, {SampleType::s16, 2, 44'100},
                                          {SampleType::u8, 1, 8'000},   {SampleType::f32, 2, 96'000}};
  std::vector<dsp::Format> sixteen = eight;
  sixteen.insert(sixteen.end(), eight.begin(), eight.end());
  return sixteen;
}

using Programs = std::vector<std::unique_ptr<Program>>;

Programs open_clients(SteppedDriver& driver, core::ClientCallback::Function function) {
  Programs clients;
  for (const dsp::Format& format : sixteen_formats())
    clients.push_back(std::make_unique<Program>(driver, Direction::output, format, function));
  for (std::size_t i = 0; i < clients.size(); i += 3) clients[i]->loop(3);
  for (std::uint32_t rate : {48'000U, 22'050U}) {
    const dsp::Format format{SampleType::s16, 2, rate};
    clients.push_back(std::make_unique<Program>(driver, Direction::input, format, function));
    driver.streams->run(clients.back()->handle(), Direction::input);
  }
  return clients;
}

/// Effects: one of the things that clients do while others play; which one depends on `round`.
void meddle(SteppedDriver& driver, Program& client, std::size_t round) {
  control::Streams& streams = *driver.streams;
  const Handle handle = client.handle();
  // Within the range of rates and pitches.
  const auto factor = static_cast<std::uint32_t>(0x4000 + round * 0x0123'4567U % 0x3'C001);
  switch (round % 8) {
    case 0:
      streams.set_volume(handle, static_cast<std::uint32_t>(round * 0x0123'4567U));
      break;
    case 1:
      streams.pause(handle, Direction::output);
      break;
    case 2:
      streams.run(handle, Direction::output);
      break;
    case 3:
      streams.break_loop(handle);
      break;
    case 4:
      streams.reset(handle, Direction::output);
      break;
    case 5:
      EXPECT_EQ(streams.set_speed(handle, control::SpeedPart::rate, factor), core::Error::none);
      break;
    case 6:
      EXPECT_EQ(streams.set_speed(handle, control::SpeedPart::pitch, factor), core::Error::none);
      break;
    default:
      driver.output->volume().store(static_cast<std::uint32_t>(round * 0x7654'3210U));
      break;
  }
}

/// Returns: headers that came back and were queued again.
std::size_t play(SteppedDriver& driver, Programs& clients, std::size_t rounds) {
  std::size_t queued = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& client : clients) queued += client->queue();
    // Eight rounds with each stream in turn, so that what is paused is also run again.
    meddle(driver, *clients[round / 8 % 16], round);
    EXPECT_TRUE(driver.settle(2));
  }
  return queued;
}

/// The completion, and whether a trace runs.
class AudioCallback : public testing::TestWithParam<std::tuple<configuration::Completion, bool>> {};

TEST_P(AudioCallback, Neither_allocates_nor_locks_nor_waits_and_wakes_one_thread_at_most) {
  const auto [completion, is_traced] = GetParam();
  SteppedDriver driver(completion);
  Programs clients = open_clients(driver, take_note);
  core::Trace& trace = driver.streams->trace();
  if (is_traced) trace.start();
  forget();
  const std::size_t queued = play(driver, clients, 400);
  const Caught all = caught();

  EXPECT_THAT(all.forbidden, IsEmpty());
  EXPECT_LE(all.most_wakes_in_a_scope, 1U);
  // It was the whole driver that did all this, and not silence.
  EXPECT_EQ(all.scopes, 2U * 400U * 2U);
  EXPECT_GT(queued, 1'333U);
  EXPECT_EQ(all.wakes > 0, completion == configuration::Completion::deferred);
  EXPECT_EQ(all.most_wakes_in_a_scope > 0, all.wakes > 0);
  if (!is_traced) return;
  std::vector<core::TraceEvent> events(core::Trace::kCapacity);
  std::uint64_t dropped = 0;
  EXPECT_EQ(trace.read(events, dropped), events.size()) << "nobody has read it, and it was full";
  EXPECT_GT(dropped, 0U);
}

INSTANTIATE_TEST_SUITE_P(Completion, AudioCallback,
                         testing::Combine(testing::Values(configuration::Completion::deferred,
                                                          configuration::Completion::direct),
                                          testing::Bool()),
                         [](const auto& one) {
                           const bool is_direct = std::get<0>(one.param) == configuration::Completion::direct;
                           return std::string(is_direct ? "direct" : "deferred") +
                                  (std::get<1>(one.param) ? "_traced" : "");
                         });

/// The way from the trap to the end of the callback is whole: what is put in at its far end is caught.
TEST(AudioCallbackTrap, Catches_allocations_locks_sleeps_and_signals_at_the_end_of_the_callback) {
  SteppedDriver driver(configuration::Completion::direct);
  Programs clients = open_clients(driver, offend);
  forget();
  play(driver, clients, 6);
  for (const char* name : {"malloc", "free", "pthread_mutex_lock", "nanosleep", "pthread_cond_signal"})
    EXPECT_THAT(caught().forbidden, Contains(testing::HasSubstr(name)));
}

}  // namespace
}  // namespace refwave::test
