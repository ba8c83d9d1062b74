// Every request of the system fails once: in a life of the driver, from DRV_LOAD to DRV_FREE, with all its
// messages, a loss of the device and a return, other settings, and a device that is stepped, the n-th
// allocation, thread, call for a file or wait fails, for each n. The client asks again where it was refused.
// Nothing ends the program, hangs, loses a header, or leaks memory, a thread or a descriptor. Options: --kind
// NAME, --only N, --every N.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/event_log/log_file.h"
#include "hal/system/owned_thread.h"
#include "tests/simulation/failures/injection.h"
#include "tests/simulation/fault_times.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/player.h"
#include "tests/support/entries.h"
#include "tests/support/temporary_folder.h"

namespace refwave::simulation {
namespace {

using contract::address_of;

constexpr std::int64_t kLongestLifeMs = 60'000;
constexpr std::int64_t kUntilTheDeviceIsBackMs = 2'500;
constexpr std::uintmax_t kLargeLog = event_log::LogFile::kMostBytes + 1;
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
    fault_times().clear();
    Player::repeats = [](MMRESULT) { return has_failed() && !std::exchange(repeated, true); };
    repeated = false;
  }

  /// Returns: the first promise that was broken.
  std::string run() {
    const std::uint64_t abandoned = hal::abandoned_threads();
    prepare_files();
    begin_life();
    ask_everything();
    play();
    change_settings();
    step_a_device();
    for (const UINT message : {DRV_CLOSE, DRV_DISABLE, DRV_FREE}) to_driver(message);
    players_.clear();
    if (const std::string what = offence(direct_ ? int{kStreams} : 1); !what.empty()) fail(what);
    if (threads() != 1) fail("threads are left:\n" + waits());
    if (hal::abandoned_threads() != abandoned) fail("a thread was abandoned");
    expect(has_failed() || log_bytes(".1") == kLargeLog, "the large log is where it was");
    expect(log_bytes("") + log_bytes(".1") > kLargeLog || is_log_warned_of_, "no warning of a missing log");
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
  struct Answer {
    LRESULT value;
    bool met;  // the injected failure came in this call
    bool is(LRESULT wanted, LRESULT when_met) const { return value == wanted || (met && value == when_met); }
  };
  Answer ask(UINT message, LPARAM first = 0, LPARAM second = 0) {
    const bool failed_before = has_failed();
    const LRESULT value = to_driver(message, first, second);
    return {value, has_failed() && !failed_before};
  }
  /// Effects: sends one of refwave's messages, which has no other excuse than no memory.
  void send(UINT message, LPARAM first = 0, LPARAM second = 0) {
    if (!ask(message, first, second).is(MMSYSERR_NOERROR, MMSYSERR_NOMEM))
      fail("message " + std::to_string(message - REFWAVE_MESSAGE_BASE) + " of refwave's was refused");
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

  /// Effects: a file of settings, and a log that is so large that the driver sets it aside.
  void prepare_files() {
    std::ofstream settings(folder_ + "/refwave.toml");
    expect(static_cast<bool>(settings << "ring = 16\nlinger_ms = 100\n" << std::flush), "no room for a file");
    setenv("REFWAVE_CONFIG", (folder_ + "/refwave.toml").c_str(), 1);
    std::filesystem::remove(folder_ + "/log.1");
    std::ofstream(folder_ + "/log");
    std::filesystem::resize_file(folder_ + "/log", kLargeLog);
  }
  std::uintmax_t log_bytes(const char* suffix) const {
    std::error_code absent;
    const std::uintmax_t bytes = std::filesystem::file_size(folder_ + "/log" + suffix, absent);
    return absent ? 0 : bytes;
  }

  void begin_life() {
    to_driver(DRV_LOAD);
    expect(to_driver_until_done(DRV_ENABLE) == 1, "DRV_ENABLE failed twice");
    configure(
        "output=faulty; input=faulty; start_ms=350; resampling=fastest; clock=1; "
        "capture=" +
        folder_ + "/played.wav; log=" + folder_ + "/log" + (direct_ ? "; completion=direct" : ""));
  }

  void ask_everything() {
    ask_driver();
    for (const bool input : {false, true}) ask_device(input);
    DWORD volume = 0x8000'8000;
    to_device(false, WODM_SETVOLUME, volume);
    to_device(false, WODM_GETVOLUME, address_of(&volume));
  }

  void ask_driver() {
    constexpr LRESULT kDevices = 4;  // faulty and clocked, outputs and inputs
    constexpr int kUnknown = DRV_USER + 0x123;
    std::array<char, 4'096> text{};
    std::array<REFWAVE_DEVICE, kDevices> devices{};
    REFWAVE_STATISTICS statistics{};
    statistics.cbSize = sizeof(statistics);
    send(REFWAVE_GET_STATISTICS, reinterpret_cast<LPARAM>(&statistics));
    expect(ask(REFWAVE_LIST_DEVICES, reinterpret_cast<LPARAM>(devices.data()), kDevices).is(kDevices, 0),
           "a wrong number of devices");
    const Answer size =
        ask(REFWAVE_GET_WARNINGS, reinterpret_cast<LPARAM>(text.data()), static_cast<LPARAM>(text.size()));
    expect(size.is(static_cast<LRESULT>(std::string_view(text.data()).size() + 1), 0),
           "a wrong size of the warnings");
    const bool has_none = ask(REFWAVE_COUNT_WARNINGS).is(0, 0) && text[0] == '\0';
    expect(has_failed() || has_none, "a warning of nothing");
    is_log_warned_of_ = std::string_view(text.data()).find("log: ") != std::string_view::npos;
    expect(ask(REFWAVE_TRACE_COST, 0).is(0, 0), "a point of no trace has a cost");
    // No dialog opens on Linux.
    for (const int message : {DRV_INSTALL, DRV_REMOVE, DRV_QUERYCONFIGURE, DRV_CONFIGURE, DRV_POWER,
                              DRV_EXITSESSION, DRV_PNPINSTALL, kUnknown})
      to_driver(static_cast<UINT>(message));
  }

  void ask_device(bool input) {
    std::array<char, 80> caps{};
    to_device(input, input ? WIDM_GETNUMDEVS : WODM_GETNUMDEVS);
    expect(to_device(input, input ? WIDM_GETDEVCAPS : WODM_GETDEVCAPS, address_of(caps.data()),
                     caps.size()) == MMSYSERR_NOERROR,
           "the capabilities failed twice");
    for (const UINT message : {DRVM_INIT, DRVM_ENABLE, DRVM_DISABLE, DRVM_EXIT}) to_device(input, message);
    const WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
    const WAVEOPENDESC description = contract::open_description(format, nullptr, nullptr);
    expect(to_device(input, input ? WIDM_OPEN : WODM_OPEN, address_of(&description), WAVE_FORMAT_QUERY) ==
               MMSYSERR_NOERROR,
           "the question for a format failed twice");
  }

  void open_all() {
    for (std::size_t i = 0; i < kStreams; ++i) {
      players_.push_back(std::make_unique<Player>(Habits{.input = i >= kOutputs}, i + 1, tally_));
      expect(players_.back()->open() == MMSYSERR_NOERROR, "a stream could not be opened twice");
    }
  }

  void play() {
    constexpr LPARAM kSomeKinds = 1'000;
    send(REFWAVE_TRACE_START, kSomeKinds);
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
      act(player, i);
      player.look_at_position();
      player.prepare_and_unprepare();
      player.run();
      player.write(2, 60);
    }
    to_driver(DRV_POWER);
    finish(kUntilTheDeviceIsBackMs);
    send(REFWAVE_TRACE_STOP);
    read_trace();
  }

  /// Effects: what a client does once. The streams take turns, and the last of kStreams is the input.
  void act(Player& player, int turn) {
    constexpr DWORD kLoud = 0xFFFF'FFFF;
    constexpr DWORD kUnity = 0x1'0000;
    if (turn == 2) player.change_sound(kLoud, kUnity, kUnity * 5 / 4);
    if (turn == 4) player.change_sound(kLoud / 2, kUnity * 3 / 2, kUnity * 3 / 4);
    if (turn == 5) player.reset();
    if (turn == 6 || turn == 7) player.pause();
    if (turn == 8) player.break_loop();
    if (turn == 9 || turn == 11) player.look_at_statistics();
    if (turn == 10) read_trace();
    if (turn == 12) player.change_sound(kLoud, kUnity, kUnity);
  }

  void read_trace() {
    std::array<REFWAVE_TRACE_EVENT, 512> events{};
    REFWAVE_TRACE_BATCH batch{};
    batch.cbSize = sizeof(batch);
    batch.cbEvent = sizeof(REFWAVE_TRACE_EVENT);
    batch.dwRoom = events.size();
    batch.pEvents = events.data();
    send(REFWAVE_TRACE_READ, reinterpret_cast<LPARAM>(&batch));
  }

  /// Effects: waits `least_ms` and until every header is done, and closes all. The stepped device makes
  /// `periods` in each 5 ms.
  void finish(std::int64_t least_ms, LPARAM periods = 0) {
    const std::int64_t least_ns = now_ns() + least_ms * kMs;
    const std::int64_t deadline_ns = now_ns() + 20'000 * kMs;
    const auto is_over = [&] {
      return now_ns() > least_ns &&
             std::ranges::all_of(players_, [](const auto& player) { return player->owes_nothing(); });
    };
    while (!is_over() && now_ns() < deadline_ns) {
      sleep_until(now_ns() + 5 * kMs);
      if (periods != 0) send(REFWAVE_STEP, periods);
    }
    send(REFWAVE_SETTLE, 1'000);
    for (const auto& player : players_) {
      if (!player->owes_nothing()) fail("a header is never done: " + player->state());
      if (player->is_open()) player->check_end();
      if (player->is_open()) player->reset();
      if (player->is_open() && player->close() != MMSYSERR_NOERROR) fail("a stream could not be closed");
      if (!player->failure().empty()) fail(player->failure());
    }
    players_.clear();
  }

  /// Other settings make other devices, and the closed ones linger.
  void change_settings() {
    sleep_until(now_ns() + 300 * kMs);
    configure("output=clocked; ring=64; unknown=1");
    play_shortly();
    finish(kUntilTheDeviceIsBackMs);
  }
  void step_a_device() {
    configure("input=clocked; clock=0");
    play_shortly();
    finish(100, 2);
  }
  void play_shortly() {
    open_all();
    for (const auto& player : players_) {
      if (player->is_open()) player->write(4, 30);
      if (player->is_open()) player->run();
    }
  }

  const std::string folder_;
  const bool direct_;
  DWORD_PTR instance_ = 0;
  Tally tally_;
  std::vector<std::unique_ptr<Player>> players_;
  bool is_log_warned_of_ = false;
  std::string failure_;
};

Injected kind_now = Injected::memory;
std::uint64_t point_now = 0;

void report(const std::string& failure) {
  std::cout << "found: " << failure << "\n  --kind " << name_of(kind_now) << " --only " << point_now
            << std::endl;
}

[[noreturn]] void report_end() {
  report("the program ends");
  std::_Exit(EXIT_FAILURE);
}

struct Options {
  std::string kind;
  std::uint64_t only = 0;
  std::uint64_t every = 1;
};

std::size_t descriptors() { return test::entries_in("/proc/self/fd"); }

/// Returns: whether the life with a failure at that point kept all promises.
bool live_with(Injected kind, std::uint64_t point, const std::string& folder, bool direct) {
  kind_now = kind;
  point_now = point;
  const std::int64_t blocks = blocks_alive();
  const std::size_t files = descriptors();
  arm(kind, point);
  std::string failure = Life(folder, direct).run();
  if (failure.empty() && blocks_alive() != blocks)
    failure = std::to_string(blocks_alive() - blocks) + " allocations leaked";
  if (failure.empty() && descriptors() != files)
    failure = std::to_string(files) + " descriptors became " + std::to_string(descriptors());
  if (failure.empty() && point != 0 && !has_failed()) failure = "the life did not come to the point";
  if (failure.empty()) return true;
  report(failure);
  return false;
}

/// Effects: a life without a failure, in which the requests of that kind are counted. Returns: whether it
/// kept all promises, and made enough requests.
bool count_points(Injected kind, const std::string& folder, bool direct) {
  // What stays for good is there after the first life.
  arm(kind, 0);
  Life(folder, direct).run();
  if (!live_with(kind, 0, folder, direct)) return false;
  // With fewer requests the proof would show nothing.
  constexpr std::uint64_t kLeast[] = {1'000, 10, 400, 400};  // by kind
  const bool enough = requests() >= kLeast[static_cast<std::size_t>(kind)];
  if (!enough) report("only " + std::to_string(requests()) + " points");
  return enough;
}

/// Effects: tries lives until one breaks a promise. Returns: whether all kept every promise.
bool try_kind(Injected kind, const Options& options, const std::string& folder, bool direct) {
  if (!count_points(kind, folder, direct)) return false;
  const std::uint64_t points = requests();
  // There are few threads, so each is tried.
  const std::uint64_t step = kind == Injected::thread ? 1 : options.every;
  for (std::uint64_t point = 1; point <= points; point += step) {
    if (options.only != 0 && point != options.only) continue;
    if (!live_with(kind, point, folder, direct)) return false;
  }
  std::cout << name_of(kind) << ", " << (direct ? "direct" : "deferred") << ": " << points
            << " points, one in " << step << " tried\n";
  return true;
}

int run(const Options& options) {
  const TestCode test;
  std::set_terminate(report_end);
  on_deadlock([] { report("no thread can go on, or the run does not end"); });
  const test::TemporaryFolder folder;
  unsetenv("REFWAVE_LOG");  // it would come before the log of the settings
  int kinds = 0;
  for (const bool direct : {false, true}) {
    for (int i = 0; i < static_cast<int>(Injected::count); ++i) {
      const auto kind = static_cast<Injected>(i);
      if (!options.kind.empty() && options.kind != name_of(kind)) continue;
      ++kinds;
      if (!try_kind(kind, options, (folder / "").string(), direct)) return 1;
    }
  }
  if (kinds == 0) std::cout << "there is no kind " << options.kind << "\n";
  return kinds != 0 ? 0 : 1;
}

}  // namespace
}  // namespace refwave::simulation

int main(int count, char** arguments) {
  refwave::simulation::Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--kind") options.kind = arguments[i + 1];
    if (name == "--every") options.every = std::strtoull(arguments[i + 1], nullptr, 10);
    if (name == "--only") options.only = std::strtoull(arguments[i + 1], nullptr, 10);
  }
  return refwave::simulation::run(options);
}
