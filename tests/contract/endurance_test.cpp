// Sound servers are killed or frozen, lose their sink, or get another default or rate, again and again, under
// clients that play and record. Every header completes once and in time. Sound is back within two seconds of
// the server's return; time in which the machine stalls or keeps threads from their processors does not
// count. Nothing is printed or left behind.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <regex>
#include <thread>

#include "tests/contract/census.h"
#include "tests/contract/harness.h"
#include "tests/contract/servers/loop.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/sound_servers.h"
#include "tests/support/stalls.h"

namespace refwave::contract {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBlock{10};  // of a Loop
constexpr std::chrono::milliseconds kLate{500};
// A frozen server, or one without a sink, looks like one whose sink rests (driver/README.md).
constexpr std::chrono::milliseconds kLateBehindARest{5'000};
constexpr std::chrono::milliseconds kBack{2'000};
constexpr std::size_t kLeakBytesPerFault = 20'000;
// Of a connection that a server's library opens and closes when it likes.
constexpr std::size_t kBufferBytes = 50'000;
// A stream's part of the record, which is allocated at a look of the supervisor.
constexpr std::size_t kRecordBytes = 6'000;

/// Returns: how often each fault is tried after a first time: REFWAVE_ROUNDS of the environment, or once.
/// Under many streams it is a quarter of that, but at least once. The hundred rounds of `--full` see smaller
/// leaks.
int rounds(std::size_t streams) {
  const char* wanted = std::getenv("REFWAVE_ROUNDS");
  const int all = wanted == nullptr ? 1 : std::atoi(wanted);
  return std::max(1, streams == 1 ? all : all / 4);
}

enum class Fault { killed, stopped, sink_unloaded, default_changed, rate_changed };
constexpr std::array<const char*, 5> kFaults = {"killed and restarted", "stopped and continued",
                                                "sink unloaded", "default changed",
                                                "restarted at another rate"};

template <class Server>
class Endurance : public testing::Test {
 protected:
  Endurance() {
    server.export_environment();
    testing::internal::CaptureStderr();
  }
  ~Endurance() override { testing::internal::GetCapturedStderr(); }

  static std::string settings() { return std::string("device=default; rate=48000; input=") + Server::kInput; }

  void begin(LoadedDriver& driver, int streams) {
    for (int i = 0; i < streams; ++i) {
      loops.push_back(std::make_unique<Loop>(driver, Direction::output));
      loops.push_back(std::make_unique<Loop>(driver, Direction::input));
    }
  }
  bool all_on_server() const {
    return std::ranges::none_of(loops, [](const auto& loop) { return loop->is_on_clock(); });
  }
  bool all_on_clock() const {
    return std::ranges::all_of(loops, [](const auto& loop) { return loop->is_on_clock(); });
  }

  /// Returns: whether a stream soon does 30 blocks more.
  bool goes_on() const {
    return test::eventually(
        [this, before = loops.front()->done()] { return loops.front()->done() >= before + 30; });
  }
  /// Returns: the census, once there are as many threads as 30 blocks before: at first, libraries start some.
  Census settled_census() const {
    test::eventually([this] {
      const std::size_t before = threads_alive({});
      return goes_on() && threads_alive({}) == before;
    });
    return {};
  }

  Clock::time_point suffer(Fault fault) {
    if (fault == Fault::killed || fault == Fault::rate_changed) {
      server.kill_server();
      EXPECT_TRUE(test::eventually([this] { return all_on_clock(); }));
      if (fault == Fault::rate_changed) server.change_rate();
      server.start_server();
    } else if (fault == Fault::stopped) {
      server.freeze_server();
      EXPECT_TRUE(test::eventually([this] { return all_on_clock(); }));
      server.thaw_server();
      server.forget_recording();
    } else if (fault == Fault::sink_unloaded) {
      server.unload_sink();
      EXPECT_TRUE(goes_on());  // the server may do anything with streams that have no sink
      server.load_sink();
    } else {
      server.change_default();
    }
    return Clock::now();
  }

  /// Returns: the time from the fault until all streams were on the server again and were heard, less the
  /// machine's stalls.
  std::chrono::milliseconds survive(Fault fault, LoadedDriver& driver) {
    const auto returned = suffer(fault);
    const auto before = loops.front()->done();
    EXPECT_TRUE(test::eventually([&] {
      return all_on_server() && loops.front()->done() > before && server.hears_sound();
    })) << (all_on_server() ? "on the server, and not heard" : "on the clock")
        << ": " << driver.warnings();
    return stalls.own_time(Gap{returned, Clock::now()});
  }

  /// Returns: the longest gap of any stream since the last call.
  std::chrono::milliseconds take_longest_gap() {
    std::chrono::milliseconds longest{0};
    for (const auto& loop : loops)
      for (const Gap& gap : loop->take_gaps()) longest = std::max(longest, stalls.own_time(gap));
    return longest;
  }

  void try_fault(Fault fault, LoadedDriver& driver) {
    const int times = rounds(loops.size() / 2);
    std::chrono::milliseconds back{0}, gap{0};
    // A first fault of the kind lets the libraries allocate what they keep; at the same rate, because another
    // one needs a resampler.
    survive(fault == Fault::rate_changed ? Fault::killed : fault, driver);
    const Census before = settled_census();
    take_longest_gap();
    const std::string left_before = left_behind(driver);
    std::string left = left_before;
    for (int round = 0; round < times && !this->HasFailure(); ++round) {
      test::ProcessorWaits waits;
      const std::chrono::milliseconds until_back = survive(fault, driver);
      const std::chrono::milliseconds longest = take_longest_gap();
      // A stream of a killed server may hang in the server's library, and so be silent as well.
      const auto most = kBlock + (fault == Fault::default_changed ? kLate : kLateBehindARest);
      EXPECT_TRUE(until_back <= kBack || waits.skips_over(until_back - kBack))
          << until_back.count() << " ms, " << name_of(fault) << ": " << driver.warnings();
      EXPECT_TRUE(longest <= most || waits.skips_over(longest - most))
          << longest.count() << " ms, " << name_of(fault);
      back = std::max(back, until_back);
      gap = std::max(gap, longest);
      if (const std::string now = left_behind(driver); !now.empty()) left = now;
    }
    // A resampler allocates tables, so the census is compared at the rate of the beginning.
    if (fault == Fault::rate_changed && times % 2 != 0) survive(fault, driver);
    const Census after = census_after(before);
    print_row(fault, times, back, gap, before, after);
    if (left != left_before) return;
    EXPECT_LE(after.threads, before.threads);
    EXPECT_LE(after.files, before.files);
    if (CONTRACT_MEASURES_MEMORY) {
      const auto tries = static_cast<std::size_t>(times * (1 + back / 1s));  // one a second while it is away
      EXPECT_LT(after.memory_bytes, before.memory_bytes + kBufferBytes + loops.size() * kRecordBytes +
                                        tries * kLeakBytesPerFault);
    }
  }
  /// Returns: the newest warning of a thread that does not end, or "". libpulse may deadlock when its server
  /// dies, which costs threads, descriptors and memory (hal/README.md).
  static std::string left_behind(LoadedDriver& driver) {
    const std::string warnings = driver.warnings();
    const std::size_t begin = warnings.rfind("the sound server's library hangs");
    return begin == std::string::npos ? "" : warnings.substr(begin, warnings.find('\n', begin) - begin);
  }
  static const char* name_of(Fault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

  /// Effects: prints a row of a table. hal/RESULTS.md has the worst of these figures.
  void print_row(Fault fault, int times, std::chrono::milliseconds back, std::chrono::milliseconds gap,
                 const Census& before, const Census& after) const {
    const std::string suite = testing::UnitTest::GetInstance()->current_test_info()->test_suite_name();
    const auto grown =
        static_cast<long long>(after.memory_bytes) - static_cast<long long>(before.memory_bytes);
    std::cout << "| " << suite.substr(suite.find('/') + 1) << ", " << loops.size() / 2 << " | "
              << name_of(fault) << " | " << times << " | " << back.count() << " ms | " << gap.count()
              << " ms | " << before.threads << ", " << after.threads << " | " << before.files << ", "
              << after.files << " | " << grown / 1'000 << " KB |" << std::endl;
  }

  void endure(int streams) {
    LoadedDriver driver(settings());
    begin(driver, streams);
    EXPECT_TRUE(test::eventually([this] { return all_on_server() && server.hears_sound(); }))
        << driver.warnings();
    for (const Fault fault :
         {Fault::killed, Fault::stopped, Fault::sink_unloaded, Fault::default_changed, Fault::rate_changed}) {
      if ((fault == Fault::sink_unloaded || fault == Fault::default_changed) && !server.has_sinks()) continue;
      if (!this->HasFailure()) try_fault(fault, driver);
      if (fault == Fault::killed) {
        EXPECT_NE(driver.warnings().find("is back"), std::string::npos) << driver.warnings();
      }
    }
    end_all();
  }
  /// Expects: each header was done once, and nothing was printed.
  void end_all() {
    for (const auto& loop : loops) EXPECT_EQ(loop->end(), "");
    loops.clear();  // before their driver
    // All JACK programs of a user share a database. Some hundred killed servers exhaust its mutexes, and each
    // open reports that until a server ends cleanly.
    static const std::regex of_database("BDB2034 unable to allocate memory for mutex[^\n]*\n");
    EXPECT_EQ(std::regex_replace(testing::internal::GetCapturedStderr(), of_database, ""), "");
    testing::internal::CaptureStderr();
  }

  test::Stalls stalls;
  Server server;
  std::vector<std::unique_ptr<Loop>> loops;
};

TYPED_TEST_SUITE(Endurance, test::ThreeServers, test::ServerNames);

TYPED_TEST(Endurance, Of_one_stream_each_way) { this->endure(1); }
TYPED_TEST(Endurance, Of_eight_streams_each_way) { this->endure(8); }

/// The server dies within the first two milliseconds: before, while and after the device starts.
TYPED_TEST(Endurance, Of_a_server_that_dies_at_the_start) {
  for (int round = 0; round < 4 * rounds(1); ++round) {
    LoadedDriver driver(this->settings());
    this->begin(driver, 1);
    std::this_thread::sleep_for(round % 4 * 700us);
    test::ProcessorWaits waits;
    const std::chrono::milliseconds back = this->survive(Fault::killed, driver);
    EXPECT_TRUE(back <= kBack || waits.skips_over(back - kBack))
        << back.count() << " ms: " << driver.warnings();
    this->end_all();
  }
}

/// A call that waits for the frozen server returns when that is killed. Until the next server comes, nothing
/// spins.
TYPED_TEST(Endurance, Of_a_server_that_is_frozen_and_then_killed) {
  LoadedDriver driver(this->settings());
  this->begin(driver, 1);
  for (int round = 0; round < rounds(1); ++round) {
    ASSERT_TRUE(test::eventually([this] { return this->all_on_server(); })) << driver.warnings();
    this->server.freeze_server();
    EXPECT_TRUE(test::eventually([this] { return this->all_on_clock(); }));
    this->server.kill_server();
    const std::clock_t used = std::clock();
    EXPECT_TRUE(this->goes_on());
    EXPECT_LT(std::clock() - used, CLOCKS_PER_SEC / 10) << "something spins";
    this->server.start_server();
    EXPECT_TRUE(test::eventually([this] { return this->all_on_server() && this->server.hears_sound(); }))
        << driver.warnings();
  }
  this->end_all();
}

}  // namespace
}  // namespace refwave::contract
