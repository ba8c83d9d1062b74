// What a driver publishes of itself, read as another process would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <optional>

#include "bench/watch/reader.h"
#include "driver/control/driver.h"
#include "driver/watch/publisher.h"
#include "hal/system/clock.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"
#include "tests/stream/assembled_driver.h"
#include "tests/watch/runtime_folder.h"

namespace refwave::watch {
namespace {

using control::Driver;
using test::Client;
using test::eventually;
using test::kClocked;
using test::kInput;
using test::kOutput;
using test::RuntimeFolder;
using testing::IsEmpty;
using watching::Process;
using watching::processes;
using watching::Stream;

constexpr std::int64_t kMs = 1'000'000;

/// Returns: what this process publishes, without the late ticks of its supervisor, which a loud machine adds;
/// nothing if it does not, or if the record was being written all the time.
std::optional<Process> own() {
  for (Process& process : processes()) {
    if (process.number != hal::process_number() || !process.problem.empty()) continue;
    std::erase_if(process.gaps, [](const core::Gap& gap) { return gap.kind == core::Gap::Kind::supervisor; });
    return std::move(process);
  }
  return std::nullopt;
}

bool is_device_open(bool wanted) {
  const std::optional<Process> process = own();
  return process && (process->devices[0].is_open == 1) == wanted;
}

class Publisher : public testing::Test {
 protected:
  ~Publisher() override { EXPECT_TRUE(driver.end()); }
  void start(const char* settings) {
    driver.configure(settings);
    ASSERT_EQ(open(driver, client), core::Error::none);
  }

  const RuntimeFolder folder;
  Client client;
  Driver driver;
  std::optional<Process> process;
};

TEST_F(Publisher, Says_what_the_driver_says_of_a_stream) {
  start(kClocked);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(write(driver, client), core::Error::none);
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  const auto timed = [&] {
    const auto& counts = process->streams.front().latency;
    return std::accumulate(std::begin(counts), std::end(counts), 0U);
  };
  ASSERT_TRUE(eventually([&] {
    process = own();
    return process && process->streams.size() == 1 && timed() == 200;
  }));
  core::Statistics said;
  ASSERT_EQ(driver.streams().statistics(client.handle, kOutput, said), core::Error::none);
  const Stream& stream = process->streams.front();
  EXPECT_EQ(stream.blocks, said.blocks);
  EXPECT_EQ(stream.underruns, said.underruns);
  EXPECT_EQ(stream.latency_max_ns, said.latency.max_ns);
  core::LatencyHistogram published;
  for (std::size_t i = 0; i < kLatencySteps; ++i)
    for (std::uint32_t one = 0; one < stream.latency[i]; ++one)
      published.record(std::min(core::LatencyHistogram::upper_end(i), stream.latency_max_ns));
  EXPECT_EQ(published.percentile(0.5), said.latency.p50_ns);
  EXPECT_EQ(published.percentile(0.99), said.latency.p99_ns);
  EXPECT_EQ(stream.rate, 48'000U);
  EXPECT_EQ(stream.channels, 2U);
  EXPECT_EQ(stream.headers, 0U);
  EXPECT_EQ(stream.header_frames, 480U);
  EXPECT_EQ(stream.running, 1U);
  EXPECT_EQ(process->head.program, hal::program_name());
  EXPECT_EQ(process->head.pointer_bits, 8 * sizeof(void*));
  ASSERT_EQ(process->devices.size(), 2U);
  EXPECT_STREQ(process->devices[stream.device].name, "clocked");
  EXPECT_EQ(process->devices[stream.device].period_frames, 480U);
  EXPECT_STREQ(process->devices[1].name, "") << "no stream records";
}

TEST_F(Publisher, Has_what_led_to_a_block_that_came_late) {
  start("output = clocked; clock = 0");
  ASSERT_TRUE(eventually([&] { return (process = own()) && process->streams.size() == 1; }));
  std::size_t gaps = 0;
  for (const bool inside : {false, true, false}) {
    std::atomic<bool> has_written{false};
    client.inside = [&] {
      if (!inside || has_written) return;
      // The step that runs dry may not wait for this callback.
      hal::nap(std::chrono::milliseconds(30));
      EXPECT_EQ(write(driver, client), core::Error::none);
      has_written = true;
    };
    ASSERT_EQ(write(driver, client), core::Error::none);
    driver.step(3);
    if (inside) {
      ASSERT_TRUE(eventually([&] { return has_written.load(); }));
    } else {
      ASSERT_TRUE(eventually([&] { return client.all_done(); }));
      ASSERT_EQ(write(driver, client), core::Error::none);
    }
    driver.step(1);
    ASSERT_TRUE(eventually([&] { return client.all_done(); }));
    ++gaps;
    ASSERT_TRUE(eventually([&] { return (process = own()) && process->gaps.size() == gaps; }));
    const core::Gap& gap = process->gaps.back();
    EXPECT_EQ(gap.kind, core::Gap::Kind::stream);
    EXPECT_EQ(gap.writer, inside ? core::Gap::Writer::callback : core::Gap::Writer::thread);
    EXPECT_EQ(gap.stream, process->streams.front().id);
    EXPECT_EQ(gap.device, process->streams.front().device);
    EXPECT_LE(gap.began_at, gap.written_at);
    EXPECT_LE(gap.written_at, gap.ended_at);
    EXPECT_GE(gap.program_ns, inside ? 30 * kMs : 0);
    EXPECT_NE(gap.thread, 0U);
    EXPECT_EQ(gap.thread == hal::this_thread_number(), !inside);
    const bool is_known = gaps == 3 && hal::waited_for_processor_ns() >= 0;
    EXPECT_EQ(gap.waited_ns >= 0, is_known) << "not of a thread's first gap";
    ASSERT_EQ(driver.streams().reset(client.handle, kOutput), core::Error::none);
  }
}

TEST_F(Publisher, Says_that_no_device_is_open) {
  start("output = clocked; linger_ms = 0");
  ASSERT_EQ(write(driver, client, 24'000), core::Error::none);
  EXPECT_TRUE(eventually([] { return is_device_open(true); }));
  ASSERT_TRUE(eventually([&] { return client.all_done(); }));
  EXPECT_TRUE(eventually([] { return is_device_open(false); }));
}

/// A recording, period by period.
class PublisherOfInput : public Publisher {
 protected:
  PublisherOfInput() {
    driver.configure("input = clocked; clock = 0");
    EXPECT_EQ(open(driver, client, kInput), core::Error::none);
    EXPECT_EQ(streams().run(client.handle, kInput), core::Error::none);
    EXPECT_TRUE(eventually([&] { return (process = own()) && process->streams.size() == 1; }));
  }

  control::Streams& streams() { return driver.streams(); }
  void give_block() { ASSERT_EQ(write(driver, client, 480, kInput), core::Error::none); }
  /// Returns: the stream, after some looks at it.
  Stream seen() {
    const std::int64_t now_ns = hal::monotonic_now_ns();
    const bool has_come = eventually([&] {
      process = own();
      return process && process->streams.size() == 1 && process->head.updated_ns > now_ns + kLooks;
    });
    EXPECT_TRUE(has_come);
    return has_come ? process->streams.front() : Stream{};
  }

  static constexpr std::int64_t kLooks = 250'000'000;
};

TEST_F(PublisherOfInput, Has_each_gap_when_it_is_over) {
  for (std::size_t gaps = 0; gaps < 3; ++gaps) {
    give_block();
    driver.step(3);
    EXPECT_EQ(seen().underruns, 960 * (gaps + 1));
    EXPECT_EQ(process->gaps.size(), gaps) << "the newest lasts";
  }
  EXPECT_EQ(process->gaps[0].writer, core::Gap::Writer::thread);
}

TEST_F(PublisherOfInput, Has_no_gap_for_what_follows_its_last_block) {
  give_block();
  driver.step(3);
  EXPECT_EQ(seen().underruns, 960U);
  ASSERT_EQ(streams().stop(client.handle, kInput), core::Error::none);
  seen();
  ASSERT_EQ(streams().run(client.handle, kInput), core::Error::none);
  give_block();
  driver.step(1);
  seen();
  EXPECT_THAT(process->gaps, IsEmpty());
}

TEST_F(Publisher, Takes_no_slow_tick_for_a_stop_of_the_process) {
  // On a loud machine this thread may be late itself.
  EXPECT_TRUE(eventually([&] {
    const auto table = std::make_shared<core::StreamTable>();
    const auto devices = std::make_shared<const int>();
    watch::Publisher publisher(table, std::make_shared<event_log::EventLog>());
    publisher.allow(configuration::Watch::on);
    const auto slow = [] {
      hal::nap(std::chrono::milliseconds(60));
      return std::vector<Served>();
    };
    const std::int64_t begun_ns = hal::monotonic_now_ns();
    publisher.tick(begun_ns, true, devices, slow);
    const std::int64_t next_ns = hal::monotonic_now_ns();
    publisher.tick(next_ns, true, devices, slow);
    publisher.end(hal::Patience());
    std::array<core::Gap, 8> gaps;
    // Later the publisher itself reads them.
    return next_ns - begun_ns < 100 * kMs && table->gaps.read(gaps) == 0;
  }));
}

/// Effects: a stream plays for a tenth of a second, in which the supervisor looks at its device ten times.
/// Returns: whether this process then soon has a record, or soon has none, as `wanted` says.
bool has_record_if(bool wanted, Driver& driver) {
  Client client;
  EXPECT_EQ(open(driver, client), core::Error::none);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(write(driver, client), core::Error::none);
  EXPECT_TRUE(eventually([&] { return client.all_done(); }));
  const bool is_as_wanted = eventually([&] { return own().has_value() == wanted; });
  EXPECT_EQ(close(driver, client), core::Error::none);
  return is_as_wanted;
}

TEST_F(Publisher, Is_switched_off_and_on_by_the_settings) {
  for (const bool on : {false, true, false}) {
    driver.configure(std::string("output = clocked; watch = ") + (on ? "on" : "off"));
    EXPECT_TRUE(has_record_if(on, driver));
  }
  EXPECT_TRUE(driver.end());
}

TEST_F(Publisher, Does_not_publish_a_trial) {
  driver.configure("output = clocked");
  const auto trial = driver.trial("period = 240");
  EXPECT_TRUE(has_record_if(false, *trial));
  EXPECT_TRUE(has_record_if(true, driver));
  EXPECT_TRUE(trial->end());
  EXPECT_TRUE(driver.end());
}

}  // namespace
}  // namespace refwave::watch
