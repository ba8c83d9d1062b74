// Faults by schedule: a life of the driver from DRV_LOAD to DRV_FREE, with random settings, streams and
// clients, and a device whose faults the seed decides. A life may have many sessions of clients, with rests
// between them in which the device is closed, and the process holds no more than in the first. Options:
// --schedules N, --seed N (the first), --sessions N (of each). A schedule that breaks a promise is printed
// with the options that repeat it. SIMULATION_LOG in the environment is the path of the driver's log.
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "hal/system/owned_thread.h"
#include "tests/simulation/fault_times.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/pages.h"
#include "tests/simulation/player.h"
#include "tests/support/entries.h"

namespace refwave::simulation {
namespace {

/// Returns: 1 to 64 streams, few as a rule.
std::size_t pick_streams(Dice& dice) {
  const std::uint32_t most[] = {1, 2, 2, 4, 4, 8, 16, 64};
  return static_cast<std::size_t>(dice.between(1, most[dice.below(8)]));
}

template <std::size_t kCount>
const char* one_of(Dice& dice, const char* const (&names)[kCount]) {
  return names[dice.below(kCount)];
}

std::string pick_settings(Dice& dice, bool has_input) {
  std::string settings = std::string("output=faulty; input=") + (has_input ? "faulty" : "clocked");
  const auto add = [&settings](const char* key, const std::string& value) {
    settings += std::string("; ") + key + "=" + value;
  };
  add("completion", one_of(dice, {"deferred", "deferred", "direct"}));
  add("wake", one_of(dice, {"park", "park", "predict", "spin"}));
  add("done", one_of(dice, {"consumed", "consumed", "played"}));
  add("ring", one_of(dice, {"16", "64", "256"}));
  add("period", one_of(dice, {"128", "480", "1024"}));
  add("linger_ms", one_of(dice, {"0", "200", "2000"}));
  add("notifier_priority", one_of(dice, {"ordinary", "realtime"}));
  add("start_ms", "350");
  add("resampling", "fastest");
  if (const char* const log = std::getenv("SIMULATION_LOG")) add("log", log);
  return settings;
}

constexpr std::int64_t kLongestMs = 180'000;  // of simulated time, which no session needs
constexpr std::size_t kMostStreams = 6;       // of one of several sessions

/// What the process holds.
struct Holdings {
  std::size_t alive = threads();
  std::size_t files = test::entries_in("/proc/self/fd");
  std::size_t bytes = mallinfo2().uordblks;
  std::size_t keys = test::free_keys();

  std::string text() const {
    return std::to_string(alive) + " threads, " + std::to_string(files) + " files, " + std::to_string(bytes) +
           " bytes, " + std::to_string(keys) + " free keys";
  }
  bool is_more_than(const Holdings& before) const {
    constexpr std::size_t kRoom = 64 * 1024;  // bytes
    return alive > before.alive || files > before.files || bytes > before.bytes + kRoom || keys < before.keys;
  }
};

class Schedule {
 public:
  Schedule(std::uint64_t seed, Tally& tally, std::size_t sessions)
      : seed_(seed),
        dice_(seed),
        tally_(tally),
        sessions_(sessions),
        // The first of several sessions has all threads.
        streams_(sessions == 1 ? pick_streams(dice_) : kMostStreams),
        has_input_(dice_.once_in(2)) {
    begin(seed);
    end_at(now_ns() + kLongestMs * kMs * static_cast<std::int64_t>(sessions));
    device_faults() = {.seed = seed, .one_of = 2 + dice_.below(3), .has_input = has_input_};
    fault_times().clear();
    page_kills(dice_.once_in(3));
  }
  std::string settings() { return pick_settings(dice_, has_input_); }
  std::string run() {
    const std::uint64_t abandoned = hal::abandoned_threads();
    int most_wakes = 1;
    {
      const std::string chosen = settings();
      // The audio thread may wake a notifier for each client that it leaves to one.
      if (chosen.find("completion=direct") != std::string::npos) most_wakes = 64;
      until_heard_ = chosen.find("done=played") != std::string::npos;
      const contract::DirectDriver driver(chosen);
      for (std::size_t session = 0; session < sessions_ && failure_.empty(); ++session) {
        device_faults().healthy = false;
        open_all();
        play(now_ns() + dice_.between(200, 2'500) * kMs);
        recover();
        close_all();
        if (sessions_ != 1) rest();
      }
    }
    if (const std::string what = offence(most_wakes); !what.empty()) fail(what);
    if (threads() != 1) fail("threads are left:\n" + waits());
    if (hal::abandoned_threads() != abandoned) fail("a thread was abandoned");
    return failure_;
  }

 private:
  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }
  /// Returns: whether a client's promise was broken.
  bool is_broken() {
    for (const auto& player : players_) {
      if (!player->failure().empty()) fail(player->failure());
    }
    return !failure_.empty();
  }

  void open_all() {
    for (std::size_t i = 0; i < streams_; ++i) {
      const bool input = dice_.once_in(5);
      auto player = std::make_unique<Player>(Habits{.input = input, .until_heard = until_heard_},
                                             seed_ * 100 + i, tally_);
      player->writes_inside(dice_.once_in(2));
      player->resets_inside(dice_.once_in(16));
      if (player->open() != MMSYSERR_NOERROR) fail("a stream could not be opened");
      if (input) player->run();
      players_.push_back(std::move(player));
    }
  }

  void play(std::int64_t end_ns) {
    while (now_ns() < end_ns && !is_broken()) {
      const std::size_t acts = 1 + streams_ / 4;
      for (std::size_t i = 0; i < acts; ++i)
        act(*players_[dice_.below(static_cast<std::uint32_t>(streams_))]);
      sleep_until(now_ns() + dice_.between(1, 40) * kMs);
      if (now_ns() >= page_back_ns_) return_page();
    }
  }

  void act(Player& player) {
    if (!player.is_open()) return static_cast<void>(reopen(player));
    switch (dice_.below(32)) {
      case 0:
        return player.pause();
      case 1:
      case 2:
      case 3:
        return player.run();
      case 4:
        return player.reset();
      case 5:
        return player.break_loop();
      case 6:
        return miss_a_page(player);
      case 7:
        return stop();
      case 8:
        return close(player);
      case 9:
        return power();
      case 10:
      case 11:
      case 12:
        return player.look_at_position();
      case 13:
        return static_cast<void>(player.write(Player::kHeaders, 20));
      default:
        return static_cast<void>(player.write(1 + dice_.below(4), 100));
    }
  }

  void reopen(Player& player) {
    if (player.open() != MMSYSERR_NOERROR) fail("a stream could not be opened again");
    player.run();
  }

  void close(Player& player) {
    if (!dice_.once_in(4)) return;
    player.reset();
    const MMRESULT result = player.close();
    if (result != MMSYSERR_NOERROR && result != WAVERR_STILLPLAYING) fail("a stream could not be closed");
  }

  /// A thread that needs the page stalls in the stream, or dies there.
  void miss_a_page(Player& player) {
    // The audio state of a thread that stays inside may be kept for the driver's life.
    if (missing_ != nullptr || sessions_ != 1) return;
    page_back_ns_ = now_ns() + dice_.between(1, 1'000) * kMs;
    missing_ = player.write_page(page_back_ns_);
  }

  void return_page() {
    if (missing_ != nullptr) page_in(missing_);
    missing_ = nullptr;
  }

  void stop() {
    if (!dice_.once_in(4)) return;
    const std::int64_t for_ns = dice_.between(50, 900) * kMs;
    stop_process(for_ns);
    fault_times().note();
    for (const auto& player : players_) player->forgive(for_ns);
  }

  static void power() { DriverProc(0, nullptr, DRV_POWER, 0, 0); }

  /// The faults end. Every header must be done now.
  void recover() {
    device_faults().healthy = true;
    return_page();
    for (const auto& player : players_) {
      player->writes_inside(false);
      player->resets_inside(false);
      if (player->is_open()) player->run();
    }
    const std::int64_t deadline_ns = now_ns() + 20'000 * kMs;
    while (!is_broken() && now_ns() < deadline_ns) {
      if (std::ranges::all_of(players_, &Player::owes_nothing)) break;
      sleep_until(now_ns() + 5 * kMs);
    }
    for (const auto& player : players_) {
      if (!player->owes_nothing()) fail("a header is never done: " + player->state());
      if (player->is_open()) player->check_end();
    }
    if (!is_broken()) hear_all();
  }

  /// Every stream has sound again, whatever happened to it.
  void hear_all() {
    for (const auto& player : players_) player->play_loudly();
    // The last window of a meter, a tenth of a second long, may end after the sound.
    std::int64_t end_ns = now_ns() + 5'000 * kMs;
    while (!is_broken() && now_ns() < end_ns) {
      sleep_until(now_ns() + 20 * kMs);
      for (const auto& player : players_) player->listen();
      if (std::ranges::all_of(players_, &Player::owes_nothing))
        end_ns = std::min(end_ns, now_ns() + 120 * kMs);
    }
    for (const auto& player : players_) {
      if (!player->owes_nothing()) fail("a header is never done after the faults: " + player->state());
      player->check_heard();
      if (player->is_open()) player->check_end();
    }
    is_broken();
  }

  void close_all() {
    for (const auto& player : players_) {
      if (!player->is_open()) continue;
      player->reset();
      if (player->close() != MMSYSERR_NOERROR) fail("a stream could not be closed at the end");
    }
    is_broken();
    page_in_all();
  }

  void rest() {
    players_.clear();
    fault_times().clear();
    streams_ = 1 + dice_.below(kMostStreams);
    sleep_until(now_ns() + dice_.between(10'000, 60'000) * kMs);
    const Holdings held;
    if (!first_) first_ = held;
    if (held.is_more_than(*first_)) fail("at first " + first_->text() + " were held, and now " + held.text());
  }

  const std::uint64_t seed_;
  Dice dice_;
  Tally& tally_;
  const std::size_t sessions_;
  std::size_t streams_;
  const bool has_input_;
  bool until_heard_ = false;
  std::vector<std::unique_ptr<Player>> players_;
  const std::byte* missing_ = nullptr;  // a page
  std::int64_t page_back_ns_ = 0;
  std::optional<Holdings> first_;  // in the first rest
  std::string failure_;
};

std::uint64_t seed_in_progress = 0;
std::size_t sessions = 1;

void report(const std::string& failure) {
  Tally unused;
  std::cout << "found: " << failure << "\n  --schedules 1 --sessions " << sessions << " --seed "
            << seed_in_progress << ": " << Schedule(seed_in_progress, unused, 1).settings() << std::endl;
}

int run(std::uint64_t schedules, std::uint64_t first) {
  const TestCode test;
  Tally tally;
  on_deadlock([] { report("no thread can go on"); });
  for (seed_in_progress = first; seed_in_progress < first + schedules; ++seed_in_progress) {
    const std::string failure = Schedule(seed_in_progress, tally, sessions).run();
    if (failure.empty()) continue;
    report(failure);
    return 1;
  }
  std::cout << schedules << " schedules, " << tally.done << " headers\n";
  return tally.done == tally.written ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) {
  std::uint64_t schedules = 300;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::uint64_t value = std::strtoull(arguments[i + 1], nullptr, 10);
    if (std::string_view(arguments[i]) == "--schedules") schedules = value;
    if (std::string_view(arguments[i]) == "--seed") seed = value;
    if (std::string_view(arguments[i]) == "--sessions") refwave::simulation::sessions = value;
  }
  return refwave::simulation::run(schedules, seed);
}
