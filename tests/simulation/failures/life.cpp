#include "tests/simulation/failures/life.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "driver/event_log/log_file.h"
#include "hal/system/owned_thread.h"
#include "tests/simulation/failures/injection.h"
#include "tests/simulation/fault_times.h"
#include "tests/simulation/faulty_backend.h"
#include "tests/simulation/player.h"

namespace refwave::simulation {
namespace {

using contract::address_of;

constexpr std::int64_t kLongestLifeMs = 60'000;
constexpr std::int64_t kUntilTheDeviceIsBackMs = 2'500;
constexpr std::uintmax_t kLargeLog = event_log::LogFile::kMostBytes + 1;
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kStreams = kOutputs + 1;

enum Entry : std::size_t { kDriver, kOutput, kInput, kEntries };
std::set<UINT> sent[kEntries];

/// The numbers of the messages that a life sends, from `first` to `last`.
struct Range {
  Entry entry;
  UINT first;
  UINT last;
};
constexpr Range kMessages[] = {{kDriver, DRV_LOAD, DRV_EXITSESSION},
                               {kDriver, DRV_POWER, DRV_POWER},
                               {kDriver, DRV_PNPINSTALL, DRV_PNPINSTALL},
                               {kDriver, REFWAVE_GET_STATISTICS, REFWAVE_GET_STATISTICS},
                               {kDriver, REFWAVE_GET_WARNINGS, REFWAVE_COUNT_WARNINGS},
                               {kOutput, DRVM_INIT, DRVM_ENABLE},
                               {kOutput, WODM_GETNUMDEVS, WODM_BREAKLOOP},
                               {kOutput, REFWAVE_GET_STATISTICS, REFWAVE_GET_STATISTICS},
                               {kInput, DRVM_INIT, DRVM_ENABLE},
                               {kInput, WIDM_GETNUMDEVS, WIDM_GETPOS},
                               {kInput, REFWAVE_GET_STATISTICS, REFWAVE_GET_STATISTICS}};

void note_message(Entry entry, UINT message) {
  const TestCode test;
  sent[entry].insert(message);
}

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
    Player::sends = [](bool input, UINT message) { note_message(input ? kInput : kOutput, message); };
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
    note_message(kDriver, message);
    const TestCode driver(false);
    return DriverProc(instance_, nullptr, message, first, second);
  }
  /// Returns: the answer, which is 0 for a refusal.
  LRESULT to_driver_until_done(UINT message, LPARAM first = 0) {
    note_message(kDriver, message);
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
    note_message(input ? kInput : kOutput, message);
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

}  // namespace

std::string messages_missing() {
  constexpr const char* kNames[kEntries] = {"DriverProc", "wodMessage", "widMessage"};
  std::string text;
  for (const auto& [entry, first, last] : kMessages) {
    for (UINT message = first; message <= last; ++message) {
      if (!sent[entry].contains(message))
        text += std::string(" ") + kNames[entry] + " " + std::to_string(message);
    }
  }
  return text;
}

std::string live(const std::string& folder, bool direct) { return Life(folder, direct).run(); }

}  // namespace refwave::simulation
