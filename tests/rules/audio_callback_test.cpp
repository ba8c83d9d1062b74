// The audio callback of the whole driver, with sixteen streams playing and two recording: nothing in it
// allocates, locks or waits, and it wakes at most one thread.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "tests/rules/stepped_driver.h"
#include "tests/rules/trap.h"

namespace refwave::test {
namespace {

using control::Handle;
using core::ClientHeader;
using dsp::SampleType;
using hal::Direction;
using testing::Contains;
using testing::IsEmpty;

constexpr std::uint32_t kPeriodFrames = 128;

/// A program that keeps four headers of one stream in the driver's hands.
class Client {
 public:
  Client(SteppedDriver& driver, Direction direction, const dsp::Format& format,
         core::ClientCallback::Function function)
      : driver_(driver), direction_(direction), handle_(driver.open(direction, format, function)) {
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

  control::Streams& streams() { return driver_.streams(); }

 private:
  SteppedDriver& driver_;
  const Direction direction_;
  const Handle handle_;
  std::array<ClientHeader, 4> headers_{};
  std::array<std::vector<std::byte>, 4> memory_;
};

bool take_note(const core::ClientCallback&, core::Notice, ClientHeader*, core::Stack) noexcept {
  return true;
}

bool allocate(const core::ClientCallback&, core::Notice notice, ClientHeader*, core::Stack) noexcept {
  // volatile: so that new and delete are not left out as having no effect.
  static int* volatile made = nullptr;
  if (notice == core::Notice::done) made = new int(1);
  delete made;
  made = nullptr;
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

configuration::Configuration configuration(configuration::Completion completion) {
  configuration::Configuration made;
  made.period = kPeriodFrames;
  made.completion = completion;
  made.ring = 16;
  return made;
}

using Clients = std::vector<std::unique_ptr<Client>>;

Clients open_clients(SteppedDriver& driver, core::ClientCallback::Function function) {
  Clients clients;
  for (const dsp::Format& format : sixteen_formats())
    clients.push_back(std::make_unique<Client>(driver, Direction::output, format, function));
  for (std::size_t i = 0; i < clients.size(); i += 3) clients[i]->loop(3);
  for (std::uint32_t rate : {48'000U, 22'050U}) {
    const dsp::Format format{SampleType::s16, 2, rate};
    clients.push_back(std::make_unique<Client>(driver, Direction::input, format, function));
    driver.streams().run(clients.back()->handle(), Direction::input);
  }
  return clients;
}

/// Effects: one of the things that clients do while others play; which one depends on `round`.
void meddle(SteppedDriver& driver, Client& client, std::size_t round) {
  control::Streams& streams = driver.streams();
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
      driver.set_device_volume(static_cast<std::uint32_t>(round * 0x7654'3210U));
      break;
  }
}

/// Returns: headers that came back and were queued again.
std::size_t play(SteppedDriver& driver, Clients& clients, std::size_t rounds) {
  std::size_t queued = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const auto& client : clients) queued += client->queue();
    // Eight rounds with each stream in turn, so that what is paused is also run again.
    meddle(driver, *clients[round / 8 % 16], round);
    EXPECT_TRUE(driver.step(2));
  }
  return queued;
}

class AudioCallback : public testing::TestWithParam<configuration::Completion> {};

TEST_P(AudioCallback, Neither_allocates_nor_locks_nor_waits_and_wakes_one_thread_at_most) {
  SteppedDriver driver(configuration(GetParam()));
  Clients clients = open_clients(driver, take_note);
  forget();
  const std::size_t queued = play(driver, clients, 600);
  const Caught all = caught();

  EXPECT_THAT(all.forbidden, IsEmpty());
  EXPECT_LE(all.most_wakes_in_a_scope, 1U);
  // It was the whole driver that did all this, and not silence.
  EXPECT_EQ(all.scopes, 2U * 600U * 2U);
  EXPECT_GT(queued, 2'000U);
  EXPECT_EQ(all.wakes > 0, GetParam() == configuration::Completion::deferred);
}

TEST_P(AudioCallback, Does_no_more_while_it_is_traced_nor_when_nobody_reads_the_trace) {
  SteppedDriver driver(configuration(GetParam()));
  Clients clients = open_clients(driver, take_note);
  core::Trace& trace = driver.streams().trace();
  trace.start();
  forget();
  play(driver, clients, 600);
  const Caught all = caught();

  EXPECT_THAT(all.forbidden, IsEmpty());
  EXPECT_LE(all.most_wakes_in_a_scope, 1U);
  std::vector<core::TraceEvent> events(core::Trace::kCapacity);
  std::uint64_t dropped = 0;
  EXPECT_EQ(trace.read(events, dropped), events.size()) << "it was full";
  EXPECT_GT(dropped, 0U);
}

INSTANTIATE_TEST_SUITE_P(Completion, AudioCallback,
                         testing::Values(configuration::Completion::deferred,
                                         configuration::Completion::direct),
                         [](const auto& completion) {
                           return completion.index == 0 ? "deferred" : "direct";
                         });

/// The way from the trap to the end of the callback is whole: what is put in at its far end is caught.
TEST(AudioCallbackTrap, Catches_an_allocation_at_the_end_of_the_callback) {
  SteppedDriver driver(configuration(configuration::Completion::direct));
  Clients clients = open_clients(driver, allocate);
  forget();
  play(driver, clients, 6);
  EXPECT_THAT(caught().forbidden, Contains("malloc"));
}

}  // namespace
}  // namespace refwave::test
