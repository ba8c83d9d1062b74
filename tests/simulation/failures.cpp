// Every request of the system fails once: in a life of the driver that meets all its messages, a loss and a
// return, the n-th allocation, thread, call for a file or wait fails, for each n. The client asks again where
// it was refused. Nothing ends the program, hangs, leaks or loses a header. Options: --kind NAME, --from N,
// --only N, --every N. SIMULATION_TRACE in the environment prints the stack of the request that failed.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/system/owned_thread.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/injection.h"
#include "tests/simulation/player.h"
#include "tests/support/temporary_folder.h"

namespace refwave::simulation {
namespace {

using contract::address_of;

constexpr std::int64_t kLongestLifeMs = 60'000;
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kStreams = kOutputs + 1;

/// Effects: sends what `message` sends; once more if it was refused because of the injected failure. Returns:
/// the answer. `is_refused`: of an answer.
template <class Message, class Refused>
auto send_again(Message message, Refused is_refused) {
  const TestCode driver(false);
  const bool failed_before = has_failed();
  auto answer = message();
  if (is_refused(answer) && has_failed() && !failed_before) answer = message();
  return answer;
}

class Life {
 public:
  explicit Life(std::string folder, bool direct) : folder_(std::move(folder)), direct_(direct) {
    begin(1);
    end_at(now_ns() + kLongestLifeMs * kMs);
    device_faults() = {.has_input = true, .scripted = true};
    Player::repeats = [](MMRESULT) { return has_failed() && !std::exchange(repeated, true); };
    repeated = false;
  }

  /// Returns: the first promise that was broken.
  std::string run() {
    const std::uint64_t abandoned = hal::abandoned_threads();
    begin_life();
    ask_everything();
    play();
    change_settings();
    for (const UINT message : {DRV_CLOSE, DRV_DISABLE, DRV_FREE}) to_driver(message);
    players_.clear();
    if (threads() != 1) fail("threads are left:\n" + waits());
    if (hal::abandoned_threads() != abandoned) fail("a thread was abandoned");
    return failure_;
  }

 private:
  static inline bool repeated = false;

  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }
  void expect(bool holds, const char* what) {
    if (!holds) fail(what);
  }

  LRESULT to_driver(UINT message, LPARAM first = 0, LPARAM second = 0) {
    const TestCode driver(false);
    return DriverProc(instance_, nullptr, message, first, second);
  }
  /// Returns: the answer, which is 0 for a refusal.
  LRESULT to_driver_until_done(UINT message, LPARAM first = 0) {
    return send_again([&] { return DriverProc(instance_, nullptr, message, first, 0); },
                      [](LRESULT answer) { return answer == 0; });
  }
  DWORD to_device(bool input, UINT message, DWORD_PTR first = 0, DWORD_PTR second = 0) {
    return send_again([&] { return (input ? widMessage : wodMessage)(0, message, 0, first, second); },
                      [](DWORD answer) { return answer != MMSYSERR_NOERROR; });
  }

  void configure(const std::string& settings) {
    const std::u16string wide(settings.begin(), settings.end());
    instance_ =
        static_cast<DWORD_PTR>(to_driver_until_done(DRV_OPEN, reinterpret_cast<LPARAM>(wide.c_str())));
    expect(instance_ != 0, "DRV_OPEN failed twice");
  }

  void begin_life() {
    to_driver(DRV_LOAD);
    expect(to_driver_until_done(DRV_ENABLE) == 1, "DRV_ENABLE failed twice");
    configure(
        "output=faulty; input=faulty; ring=16; start_ms=350; linger_ms=100; resampling=fastest; clock=1; "
        "capture=" +
        folder_ + "/played.wav; log=" + folder_ + "/log" + (direct_ ? "; completion=direct" : ""));
  }

  void ask_everything() {
    std::array<char, 4'096> text{};
    const auto room = reinterpret_cast<LPARAM>(text.data());
    REFWAVE_STATISTICS statistics{};
    statistics.cbSize = sizeof(statistics);
    to_driver(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics));
    to_driver(REFWAVE_LIST_DEVICES, room, 4);
    to_driver(REFWAVE_GET_WARNINGS, room, static_cast<LPARAM>(text.size()));
    for (const UINT message : {DRV_INSTALL, DRV_REMOVE, DRV_QUERYCONFIGURE, DRV_POWER, DRV_EXITSESSION})
      to_driver(message);
    for (const bool input : {false, true}) {
      to_device(input, input ? WIDM_GETNUMDEVS : WODM_GETNUMDEVS);
      const DWORD caps =
          to_device(input, input ? WIDM_GETDEVCAPS : WODM_GETDEVCAPS, address_of(text.data()), 80);
      expect(caps == MMSYSERR_NOERROR, "the capabilities failed twice");
      for (const UINT message : {DRVM_INIT, DRVM_ENABLE, DRVM_DISABLE, DRVM_EXIT}) to_device(input, message);
    }
    DWORD volume = 0x8000'8000;
    to_device(false, WODM_SETVOLUME, volume);
    to_device(false, WODM_GETVOLUME, address_of(&volume));
  }

  void open_all() {
    for (std::size_t i = 0; i < kStreams; ++i) {
      players_.push_back(std::make_unique<Player>(Habits{.input = i >= kOutputs}, i + 1, tally_));
      expect(players_.back()->open() == MMSYSERR_NOERROR, "a stream could not be opened twice");
    }
  }

  void play() {
    to_driver(REFWAVE_TRACE_START, 1'000);
    open_all();
    for (const auto& player : players_) {
      if (!player->is_open()) continue;
      player->write(Player::kHeaders, 60);  // more than the ring holds
      player->run();
    }
    for (int i = 0; i < 20; ++i) {
      sleep_until(now_ns() + 10 * kMs);
      Player& player = *players_[static_cast<std::size_t>(i) % kStreams];
      if (!player.is_open()) continue;
      if (i == 5) player.reset();
      if (i == 6) player.pause();
      if (i == 7) player.break_loop();
      player.look_at_position();
      player.prepare_and_unprepare();
      player.run();
      player.write(2, 60);
    }
    to_driver(DRV_POWER);
    finish();
    to_driver(REFWAVE_TRACE_STOP);
  }

  /// Effects: waits until the device is back and every header is done, and closes all.
  void finish() {
    const std::int64_t least_ns = now_ns() + 2'500 * kMs;
    const std::int64_t deadline_ns = now_ns() + 20'000 * kMs;
    const auto is_over = [&] {
      return now_ns() > least_ns &&
             std::ranges::all_of(players_, [](const auto& player) { return player->owes_nothing(); });
    };
    while (!is_over() && now_ns() < deadline_ns) sleep_until(now_ns() + 5 * kMs);
    for (const auto& player : players_) {
      if (!player->owes_nothing()) fail("a header is never done: " + player->state());
      if (player->is_open()) player->check_end();
      if (player->is_open()) player->reset();
      if (player->is_open() && player->close() != MMSYSERR_NOERROR) fail("a stream could not be closed");
      fail_with(*player);
    }
    players_.clear();
  }
  void fail_with(const Player& player) {
    if (!player.failure().empty()) fail(player.failure());
  }

  /// Other settings make other devices, and the closed ones linger.
  void change_settings() {
    sleep_until(now_ns() + 300 * kMs);
    configure("output=clocked; ring=64; unknown=1");
    open_all();
    for (const auto& player : players_) {
      if (player->is_open()) player->write(4, 30);
      if (player->is_open()) player->run();
    }
    finish();
  }

  const std::string folder_;
  const bool direct_;
  DWORD_PTR instance_ = 0;
  Tally tally_;
  std::vector<std::unique_ptr<Player>> players_;
  std::string failure_;
};

Injected kind_now = Injected::memory;
std::uint64_t point_now = 0;

void print_point() {
  std::printf("  --kind %s --only %llu\n", name_of(kind_now), static_cast<unsigned long long>(point_now));
  std::fflush(stdout);
}

[[noreturn]] void tell_of_end() {
  std::printf("found: the program ends\n");
  print_point();
  std::_Exit(EXIT_FAILURE);
}

void tell_of_deadlock() {
  std::printf("found: no thread can go on, or the run does not end\n");
  print_point();
}

struct Options {
  std::string kind;
  std::uint64_t from = 1;
  std::uint64_t only = 0;
  std::uint64_t every = 1;
};

/// Returns: whether the life with a failure at that point kept all promises.
bool live_with(Injected kind, std::uint64_t point, const std::string& folder, bool direct) {
  kind_now = kind;
  point_now = point;
  const std::int64_t blocks = blocks_alive();
  arm(kind, point);
  std::string failure = Life(folder, direct).run();
  if (failure.empty() && blocks_alive() != blocks)
    failure = std::to_string(blocks_alive() - blocks) + " allocations leaked";
  if (failure.empty()) return true;
  std::printf("found: %s\n", failure.c_str());
  print_point();
  return false;
}

int run(const Options& options) {
  const TestCode test;
  std::set_terminate(tell_of_end);
  on_deadlock(tell_of_deadlock);
  const test::TemporaryFolder folder;
  unsetenv("REFWAVE_LOG");  // it would come before the log of the settings
  bool all_kept = true;
  for (const bool direct : {false, true}) {
    for (int i = 0; i < static_cast<int>(Injected::count); ++i) {
      const auto kind = static_cast<Injected>(i);
      if (!options.kind.empty() && options.kind != name_of(kind)) continue;
      // What stays for good is there after the first life.
      arm(kind, 0);
      Life((folder / "").string(), direct).run();
      if (!live_with(kind, 0, (folder / "").string(), direct)) return 1;
      const std::uint64_t points = requests();
      std::uint64_t tried = 0;
      std::uint64_t kept = 0;
      // There are few threads, so each is tried.
      const std::uint64_t step = kind == Injected::thread ? 1 : options.every;
      for (std::uint64_t point = options.from; point <= points; point += step) {
        if (options.only != 0 && point != options.only) continue;
        ++tried;
        kept += live_with(kind, point, (folder / "").string(), direct) ? 1 : 0;
      }
      all_kept = all_kept && kept == tried;
      std::printf("%s, %s: %llu points, %llu tried, %llu lives kept every promise\n",
                  direct ? "direct" : "deferred", name_of(kind), static_cast<unsigned long long>(points),
                  static_cast<unsigned long long>(tried), static_cast<unsigned long long>(kept));
    }
  }
  return all_kept ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) try {
  refwave::simulation::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--kind") options.kind = arguments[i + 1];
    if (name == "--from") options.from = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--every") options.every = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--only") options.only = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return refwave::simulation::run(options);
} catch (const std::exception& error) {
  std::printf("%s\n", error.what());
  return 1;
}
