// Days of the driver in simulated time: sessions of random clients on a device that is lost and comes
// back, with rests between them in which the device is closed. One client stays for all of it. In each rest
// threads, descriptors, keys and memory are counted: they stay as they were. Options: --hours N, --seed N.
#include <malloc.h>
#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/system/owned_thread.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/player.h"
#include "tests/support/entries.h"

namespace refwave::simulation {
namespace {

constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::int64_t kHour = 3'600 * kSecond;
constexpr std::size_t kMostClients = 6;
constexpr std::size_t kRoomForMemory = 64 * 1024;  // bytes

/// What the process holds.
struct Holdings {
  std::size_t alive = threads();
  std::size_t files = test::entries_in("/proc/self/fd");
  std::size_t free_keys = 0;
  std::size_t bytes = mallinfo2().uordblks;

  Holdings() {
    std::vector<pthread_key_t> keys;
    for (pthread_key_t key{}; pthread_key_create(&key, nullptr) == 0;) keys.push_back(key);
    free_keys = keys.size();
    for (const pthread_key_t key : keys) pthread_key_delete(key);
  }
  std::string text() const {
    return std::to_string(alive) + " threads, " + std::to_string(files) + " files, " +
           std::to_string(free_keys) + " free keys, " + std::to_string(bytes) + " bytes";
  }
  bool is_more_than(const Holdings& before) const {
    return alive > before.alive || files > before.files || free_keys < before.free_keys ||
           bytes > before.bytes + kRoomForMemory;
  }
};

class Soak {
 public:
  Soak(std::uint64_t seed, std::int64_t hours) : dice_(seed) {
    begin(seed);
    begin_ns_ = now_ns();
    end_ns_ = begin_ns_ + hours * kHour;
    // A device lasts for hours. One call in twenty milliseconds, or fewer.
    device_faults() = {.seed = seed, .one_of = 3, .lasts = 20'000, .has_input = true};
  }

  std::string run() {
    {
      const contract::DirectDriver driver(
          "output=faulty; input=faulty; rate=8000; channels=1; start_ms=350; linger_ms=2000; "
          "resampling=fastest");
      Player resident(Habits{.rates = {8'000}, .inside_ms = 2'000}, 1, tally_);
      if (resident.open() != MMSYSERR_NOERROR) fail("a stream could not be opened");
      while (now_ns() < end_ns_ && failure_.empty()) live_a_session(resident);
      if (resident.is_open() && resident.close() != MMSYSERR_NOERROR) fail("a stream could not be closed");
      fail_with(resident);
    }
    if (threads() != 1) fail("threads are left:\n" + waits());
    if (hal::abandoned_threads() != 0) fail("a thread was abandoned");
    if (tally_.told != tally_.written) fail("headers are lost");
    return failure_;
  }

  void print(double real_seconds) const {
    const DeviceCounts& devices = device_counts();
    std::printf(
        "%.1f days in %.1f s: %llu sessions, %llu streams, %llu headers, the latest %lld ms late; %llu "
        "losses, "
        "%llu silences, %llu refusals, %llu hangs\n",
        static_cast<double>(now_ns() - begin_ns_) / static_cast<double>(24 * kHour), real_seconds,
        number(sessions_), number(streams_), number(tally_.told),
        static_cast<long long>(tally_.latest_ns / kMs), number(devices.losses), number(devices.silences),
        number(devices.refusals), number(devices.hangs));
    std::printf("held after the first rest: %s\nheld after the last rest:  %s\n", first_.text().c_str(),
                last_.text().c_str());
  }

 private:
  static unsigned long long number(std::uint64_t value) { return value; }
  void fail(const std::string& what) {
    if (failure_.empty())
      failure_ = what + ", after " + std::to_string((now_ns() - begin_ns_) / kHour) + " hours";
  }
  void fail_with(const Player& player) {
    if (!player.failure().empty()) fail(player.failure());
  }

  void live_a_session(Player& resident) {
    ++sessions_;
    std::vector<std::unique_ptr<Player>> guests;
    // The first session has all clients at once, so that later ones find all threads there.
    const std::size_t count = sessions_ == 1 ? kMostClients : 1 + dice_.below(kMostClients);
    for (std::size_t i = 0; i < count; ++i) guests.push_back(make_guest());
    begin_to_play(resident);
    const std::int64_t end_ns = now_ns() + dice_.between(60, 3'600) * kSecond;
    while (now_ns() < end_ns && failure_.empty()) {
      sleep_until(now_ns() + dice_.between(1, 300) * kSecond);
      act(*guests[dice_.below(static_cast<std::uint32_t>(count))]);
      resident.look_at_position();
      fail_with(resident);
    }
    for (const auto& guest : guests) finish(*guest);
    finish(resident);
    for (const auto& guest : guests) close(*guest);
    guests.clear();
    rest();
  }

  std::unique_ptr<Player> make_guest() {
    ++streams_;
    auto guest = std::make_unique<Player>(
        Habits{
            .input = dice_.once_in(4), .rates = few_other_rates(8'000, 11'025, 16'000), .inside_ms = 1'000},
        streams_, tally_);
    if (guest->open() != MMSYSERR_NOERROR) fail("a stream could not be opened");
    begin_to_play(*guest);
    return guest;
  }

  static void begin_to_play(Player& player) {
    player.writes_inside(true);
    player.write(8, 2'000);
    player.run();
  }

  void act(Player& guest) {
    switch (dice_.below(8)) {
      case 0:
        guest.pause();
        sleep_until(now_ns() + dice_.between(1, 60) * kSecond);
        guest.run();
        break;
      case 1:
        guest.reset();
        begin_to_play(guest);
        break;
      case 2:
        guest.write_loop(static_cast<DWORD>(dice_.between(1, 4'000)));
        break;
      case 3:
        guest.break_loop();
        break;
      default:
        guest.look_at_position();
        guest.write(2, 2'000);
    }
    fail_with(guest);
  }

  void finish(Player& player) {
    player.writes_inside(false);
    player.run();
    const std::int64_t deadline_ns = now_ns() + 4 * kHour;
    while (!player.owes_nothing() && now_ns() < deadline_ns && failure_.empty())
      sleep_until(now_ns() + kSecond);
    if (!player.owes_nothing()) fail("a header is never done: " + player.state());
    player.check_end();
    fail_with(player);
  }

  void close(Player& player) {
    player.reset();
    if (player.close() != MMSYSERR_NOERROR) fail("a stream could not be closed");
    fail_with(player);
  }

  /// The device is closed meanwhile.
  void rest() {
    sleep_until(now_ns() + dice_.between(10, 10'800) * kSecond);
    last_ = Holdings();
    if (sessions_ == 1) first_ = last_;
    if (last_.is_more_than(first_)) fail("more is held than at first: " + last_.text());
  }

  Dice dice_;
  std::int64_t begin_ns_ = 0;
  std::int64_t end_ns_ = 0;
  Tally tally_;
  std::uint64_t sessions_ = 0;
  std::uint64_t streams_ = 0;
  Holdings first_;
  Holdings last_;
  std::string failure_;
};

int run(std::int64_t hours, std::uint64_t seed) {
  const TestCode test;
  const double begin = real_seconds();
  Soak soak(seed, hours);
  const std::string failure = soak.run();
  if (!failure.empty())
    std::printf("found: %s\n  --hours %lld --seed %llu\n", failure.c_str(), static_cast<long long>(hours),
                static_cast<unsigned long long>(seed));
  soak.print(real_seconds() - begin);
  return failure.empty() ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) try {
  std::int64_t hours = 24;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--hours") hours = std::strtoll(arguments[i + 1], nullptr, 10);
    if (name == "--seed") seed = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return refwave::simulation::run(hours, seed);
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
