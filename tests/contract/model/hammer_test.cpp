// A million operations from nine threads at once on shared streams, against an audio thread that never rests,
// for ThreadSanitizer to examine. It prints how often both sides lost the lock, as a sign that the sides did
// meet. GTEST_RANDOM_SEED=N tries other operations.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "driver/control/driver_gate.h"
#include "tests/contract/model/direct_driver.h"

namespace refwave::contract {
namespace {

constexpr std::uint64_t kOperations = 1'000'000;
constexpr std::uint64_t kTimesLost = 1'000;  // each side
constexpr std::chrono::seconds kLongest{200};
constexpr std::size_t kStreams = 3;  // the last one is never reset: its position only grows
constexpr std::size_t kNeverReset = kStreams - 1;
constexpr std::size_t kWriters = 2;
constexpr std::size_t kHeaders = 8;  // of each writer for each stream
constexpr DWORD kBytes = 1'000;
constexpr std::uint32_t kBurst = 16;  // operations of a thread in a row, so that all have their turn
// Not the device's rate, because the audio thread stays longer in a stream that it resamples.
constexpr WAVEFORMATEX kStereo{WAVE_FORMAT_PCM, 2, 44'100, 176'400, 4, 16, 0};

struct Sent {
  WAVEHDR header{};
  std::array<char, kBytes> data{};
  std::size_t writer = 0;
  std::uint64_t number = 0;  // counted by its writer, for this stream
  std::atomic<bool> free{true};
};

/// A stream with its client. One thread at a time calls the client back, so members that only callbacks touch
/// need no lock.
class Target {
 public:
  explicit Target(bool input = false) : input_(input) {
    const WAVEOPENDESC description = open_description(kStereo, &called, this);
    EXPECT_EQ(call(input ? WIDM_OPEN : WODM_OPEN, address_of(&handle_), address_of(&description),
                   CALLBACK_FUNCTION),
              0U);
    for (Sent& sent : sent_) {
      sent.writer = static_cast<std::size_t>(&sent - sent_.data()) / kHeaders;
      sent.header.lpData = sent.data.data();
      sent.header.dwBufferLength = kBytes;
      sent.header.dwFlags = WHDR_PREPARED;
      sent.header.dwUser = address_of(&sent);
    }
  }
  DWORD_PTR handle() const { return handle_; }
  DWORD send(UINT message, DWORD_PTR first = 0, DWORD_PTR second = 0) const {
    return call(message, handle_, first, second);
  }
  /// Effects: queues one of the writer's headers. Returns: whether one was free.
  bool write(std::size_t writer, DWORD loops) {
    for (std::size_t i = 0; i < kHeaders; ++i) {
      Sent& sent = sent_[writer * kHeaders + i];
      if (!sent.free.load(std::memory_order_acquire)) continue;  // pairs with called()
      sent.free.store(false, std::memory_order_relaxed);
      sent.number = written_[writer].fetch_add(1, std::memory_order_relaxed) + 1;
      sent.header.dwFlags = WHDR_PREPARED | (loops > 1 ? WHDR_BEGINLOOP | WHDR_ENDLOOP : 0);
      sent.header.dwLoops = loops;
      EXPECT_EQ(send(input_ ? WIDM_ADDBUFFER : WODM_WRITE, address_of(&sent.header), sizeof(WAVEHDR)), 0U);
      return true;
    }
    return false;
  }
  DWORD frames() const {
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    EXPECT_EQ(send(input_ ? WIDM_GETPOS : WODM_GETPOS, address_of(&time), sizeof(time)), 0U);
    return time.u.sample;
  }
  std::uint64_t written() const { return written_[0] + written_[1]; }
  std::uint64_t told() const { return told_.load(); }
  bool orderly() const { return orderly_.load(); }
  std::uint32_t closed() const { return closed_.load(); }

 private:
  DWORD call(UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) const {
    return (input_ ? widMessage : wodMessage)(0, message, user, first, second);
  }
  static void CALLBACK called(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR) {
    auto& self = *reinterpret_cast<Target*>(instance);
    if (message == WOM_CLOSE || message == WIM_CLOSE) ++self.closed_;
    if (message != WOM_DONE && message != WIM_DATA) return;
    const auto& header = *reinterpret_cast<const WAVEHDR*>(first);
    auto& sent = *reinterpret_cast<Sent*>(header.dwUser);
    const bool in_turn = sent.number == ++self.told_of_[sent.writer];
    const bool flagged = (flags_of(header) & (WHDR_DONE | WHDR_INQUEUE)) == WHDR_DONE;
    if (!in_turn || !flagged || self.closed_ != 0) self.orderly_ = false;
    ++self.told_;
    sent.free.store(true, std::memory_order_release);  // pairs with write()
  }

  const bool input_;
  DWORD_PTR handle_ = 0;
  std::array<Sent, kWriters * kHeaders> sent_;
  std::array<std::atomic<std::uint64_t>, kWriters> written_{};  // each its writer's
  std::array<std::uint64_t, kWriters> told_of_{};               // the callbacks'
  std::atomic<std::uint64_t> told_{0};
  std::atomic<std::uint32_t> closed_{0};
  std::atomic<bool> orderly_{true};
};

struct Contention {
  std::uint64_t by_audio_thread = 0;
  std::uint64_t by_control_threads = 0;
};

/// Returns: how often the locks of the first streams were found taken or wanted.
Contention contention() {
  const control::DriverReference driver;
  Contention sum;
  for (std::size_t i = 0; i <= kStreams; ++i) {
    const core::StreamCounters& counters = driver->streams().table()->streams[i].counters;
    sum.by_audio_thread += counters.skipped.load(std::memory_order_relaxed);
    sum.by_control_threads += counters.awaited.load(std::memory_order_relaxed);
  }
  return sum;
}

class Hammer : public testing::Test {
 protected:
  void start(const char* name, std::function<bool(std::minstd_rand&)> operation) {
    counts_.push_back({.name = name});
    Count& mine = counts_.back();
    const std::size_t seed = static_cast<std::size_t>(GTEST_FLAG_GET(random_seed)) + counts_.size();
    threads_.emplace_back([this, &mine, seed, operation = std::move(operation)] {
      std::minstd_rand random(static_cast<std::minstd_rand::result_type>(seed));
      while (!enough_.load(std::memory_order_relaxed)) {
        if (operation(random)) {
          ++mine.operations;
          all_.fetch_add(1, std::memory_order_relaxed);
        }
        if (random() % kBurst == 0) std::this_thread::yield();
      }
    });
  }
  void run() {
    const auto begin = std::chrono::steady_clock::now();
    const auto lost_enough = [] {
      const Contention now = contention();
      return now.by_audio_thread >= kTimesLost && now.by_control_threads >= kTimesLost;
    };
    while ((all_.load() < kOperations || !lost_enough()) &&
           std::chrono::steady_clock::now() - begin < kLongest)
      std::this_thread::yield();
    enough_ = true;
    for (std::thread& thread : threads_) thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%.1f s:", took.count());
    for (const Count& count : counts_)
      std::printf(" %s %llu", count.name, static_cast<unsigned long long>(count.operations));
    std::printf("\n");
  }
  std::uint64_t operations() const { return all_.load(); }

 private:
  struct Count {
    const char* name;
    std::uint64_t operations = 0;  // its thread's until that is joined
  };
  std::deque<Count> counts_;
  std::vector<std::thread> threads_;
  std::atomic<std::uint64_t> all_{0};
  std::atomic<bool> enough_{false};
};

/// A stream that is opened and closed again and again while other threads call it.
class Mortal {
 public:
  /// Effects: opens the stream, writes to it, resets it and closes it. Returns: true, because this is always
  /// possible.
  bool live() {
    Target stream;
    handle_ = stream.handle();
    stream.write(0, 1);
    stream.write(0, 0xFFFF'FFFF);
    EXPECT_EQ(stream.send(WODM_RESET), 0U);
    EXPECT_EQ(stream.send(WODM_CLOSE), 0U);
    EXPECT_EQ(stream.told(), 2U);
    EXPECT_EQ(stream.closed(), 1U);
    EXPECT_TRUE(stream.orderly());
    return true;
  }
  /// Effects: sends a message to the handle that was opened last.
  bool disturb(UINT message) const {
    MMTIME time{};
    const DWORD result = wodMessage(0, message, handle_, address_of(&time), sizeof(time));
    EXPECT_TRUE(result == MMSYSERR_NOERROR || result == MMSYSERR_INVALHANDLE) << result;
    return true;
  }

 private:
  std::atomic<DWORD_PTR> handle_{0};
};

class SharedStreams : public Hammer {
 protected:
  Target& any(std::minstd_rand& random) { return streams_[random() % kStreams]; }

  void start_writers() {
    for (std::size_t writer = 0; writer < kWriters; ++writer)
      start("writes",
            [this, writer](auto& random) { return any(random).write(writer, random() % 8 == 0 ? 3 : 1); });
    start("records", [this](auto& random) {
      constexpr UINT messages[] = {WIDM_START, WIDM_START, WIDM_STOP, WIDM_RESET};
      if (recorded_.write(0, 1)) return true;
      EXPECT_EQ(recorded_.send(messages[random() % std::size(messages)]), 0U);
      return true;
    });
  }
  void start_readers() {
    for (int reader = 0; reader < 2; ++reader)
      start("positions", [this, last = DWORD{0}](auto& random) mutable {
        any(random).frames();
        const DWORD now = streams_[kNeverReset].frames();
        EXPECT_GE(static_cast<std::int32_t>(now - last), 0) << "ran backwards";
        last = now;
        return true;
      });
  }
  void start_controllers() {
    start("pauses and the like", [this](auto& random) {
      constexpr UINT messages[] = {WODM_PAUSE, WODM_RESTART, WODM_RESTART, WODM_BREAKLOOP, WODM_SETVOLUME};
      EXPECT_EQ(any(random).send(messages[random() % std::size(messages)], random()), 0U);
      return true;
    });
    start("resets", [this, before = std::array<std::uint64_t, kNeverReset>{}](auto& random) mutable {
      const std::size_t i = random() % kNeverReset;
      // Without new headers to return, a reset would only keep the writers out.
      if (streams_[i].written() - before[i] < kHeaders / 2) return false;
      before[i] = streams_[i].written();
      EXPECT_EQ(streams_[i].send(WODM_RESET), 0U);
      return true;
    });
    start("lives", [this](auto&) { return mortal_.live(); });
    start("disturbances", [this](auto& random) {
      constexpr UINT messages[] = {WODM_PAUSE, WODM_RESTART, WODM_RESET, WODM_GETPOS, WODM_BREAKLOOP};
      return mortal_.disturb(messages[random() % std::size(messages)]);
    });
  }
  /// Effects: resets and closes all streams. Returns: how often the clients were called back.
  std::uint64_t take_back() {
    for (const Target& stream : streams_) EXPECT_EQ(stream.send(WODM_RESET), 0U);
    EXPECT_EQ(recorded_.send(WIDM_RESET), 0U);
    EXPECT_TRUE(driver_.settle(std::chrono::seconds{20}));
    for (const Target& stream : streams_) EXPECT_EQ(stream.send(WODM_CLOSE), 0U);
    EXPECT_EQ(recorded_.send(WIDM_CLOSE), 0U);
    std::uint64_t told = 0;
    for (const Target* stream : {&streams_[0], &streams_[1], &streams_[2], &recorded_}) {
      EXPECT_TRUE(stream->orderly());
      EXPECT_EQ(stream->told(), stream->written());
      told += stream->told();
    }
    return told;
  }

 private:
  const DirectDriver driver_{
      "device=clocked; clock=1000000; rate=48000; period=1024; ring=16; resampling=fastest"};
  std::array<Target, kStreams> streams_;
  Target recorded_{true};
  Mortal mortal_;
};

TEST_F(SharedStreams, Lose_double_and_reorder_nothing_while_all_threads_call_at_once) {
  SCOPED_TRACE("again: GTEST_RANDOM_SEED=" + std::to_string(GTEST_FLAG_GET(random_seed)) +
               " contract_hammer_test");
  start_writers();
  start_readers();
  start_controllers();
  run();

  const Contention lost = contention();
  const std::uint64_t told = take_back();
  std::printf("lock lost by the audio thread %llu times, by control threads %llu times; %llu callbacks\n",
              static_cast<unsigned long long>(lost.by_audio_thread),
              static_cast<unsigned long long>(lost.by_control_threads),
              static_cast<unsigned long long>(told));
  EXPECT_GE(operations(), kOperations);
  EXPECT_GE(lost.by_audio_thread, kTimesLost);
  EXPECT_GE(lost.by_control_threads, kTimesLost);
}

}  // namespace
}  // namespace refwave::contract
