// Faults that are made on purpose, and whose fault `refwave watch` calls the clicks. On an idle machine 95 %
// of them are told rightly, and a client without a fault has no click. It prints a table. FAULTS_RUNS: how
// often each is made, else three times; FAULTS_ONLY: a part of the name of those that are made, else all.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using Sink = PrivatePulse::Sink;

enum class Stopped : std::uint8_t { nothing, client, server };

struct Fault {
  const char* name;
  const char* client;  // its words
  const char* reason;  // a part of it; empty: no click is expected
  Stopped stopped = Stopped::nothing;
  std::vector<int> stops_ms{};  // if something is stopped, or starved; else the client says how many it made
  const char* settings = "";
  const char* load = "";  // lines of bash
};

const Fault kFaults[] = {
    {"none", "thread 1 0 0 20", ""},
    {"late thread", "thread 1 90 50 10", "the program wrote late"},
    {"late thread of 4", "thread 4 90 50 10", "the program wrote late"},
    {"slow callback", "callback 1 81 50 10", "the program's callback took"},
    {"slow callback of 64", "callback 64 81 50 10", "the program's callback took"},
    {"slow callback, direct",
     "callback 4 121 50 10",
     "the program's callback took",
     Stopped::nothing,
     {},
     "completion = \"direct\"\n"},
    {"stopped client",
     "thread 1 0 0 13",
     "stopped the whole program",
     Stopped::client,
     {80, 150, 300, 600, 1'000}},
};
const Fault kStoppedServer = {
    "stopped server", "thread 1 0 0 10", "the device called late", Stopped::server, {300, 300, 300, 300}};
// PipeWire then takes in one burst what it has missed, and a client that is quick enough loses nothing. This
// one needs 5 ms for each block.
const Fault kCaughtUp = {
    "stopped server", "thread 1 5 1 10", "the device called late", Stopped::server, {300, 300, 300, 300}};
// Beside other programs. The real-time ones leave the others no processor.
constexpr char kHogs[] = "for i in $(seq $((6 * $(nproc)))); do (while :; do :; done) & loads+=($!); done\n";
constexpr char kRealTime[] =
    "(sleep 2; for i in {1..8}; do for core in $(seq 0 $(($(nproc) - 1))); do chrt -f 50 taskset -c $core "
    "perl -e 'use Time::HiRes \"time\"; $end = time + 0.2; 1 while time < $end' & done; wait; sleep 0.8; "
    "done) "
    "& loads+=($!)\n";
const Fault kLoads[] = {
    {"six hogs a core", "thread 1 0 0 20", "", Stopped::nothing, {}, "", kHogs},
    {"six hogs, late thread", "thread 1 90 50 10", "the program wrote late", Stopped::nothing, {}, "", kHogs},
    {"real-time load",
     "thread 1 0 0 12",
     "the machine ran",
     Stopped::nothing,
     {200, 200, 200, 200, 200, 200, 200, 200},
     "",
     kRealTime},
};
const Fault kRecordings[] = {
    {"recording: none", "record 1 0 0 10", ""},
    {"recording: late thread", "record 1 90 50 10", "the program gave buffers late"},
};

struct Told {
  int made = 0, rightly = 0;
  std::map<std::string, int> others;  // reasons
};

std::string others_of(const Told& told) {
  std::string text;
  for (const auto& [reason, count] : told.others) text += ", " + std::to_string(count) + " " + reason;
  return text.empty() ? "-" : text.substr(2);
}

/// Effects: stops the client, which writes its number into that file, or the server, and lets it go on.
void stop(const Fault& fault, const std::filesystem::path& client, PrivateServer* server) {
  using std::chrono::milliseconds;
  if (fault.stopped == Stopped::nothing) return;
  // A sink that rests may do so for two seconds at first.
  std::this_thread::sleep_for(milliseconds(1'800));
  for (const int ms : fault.stops_ms) {
    std::this_thread::sleep_for(milliseconds(1'200));
    pid_t process = 0;
    std::ifstream(client) >> process;
    const bool is_server = fault.stopped == Stopped::server;
    if (is_server ? server == nullptr : process == 0) return;
    is_server ? server->freeze_server() : static_cast<void>(::kill(process, SIGSTOP));
    std::this_thread::sleep_for(milliseconds(ms));
    is_server ? server->thaw_server() : static_cast<void>(::kill(process, SIGCONT));
  }
}

/// Effects: makes the fault once, and adds what was told.
void add_run(Told& told, const Fault& fault, const std::string& device, PrivateServer* server) {
  const TemporaryFolder folder;
  std::ofstream(folder / "refwave.toml") << device << "latency_ms = 40\n" << fault.settings;
  std::ofstream(folder / "program") << "loads=()\n"
                                    << fault.load << REFWAVE_LATE_CLIENT " " << fault.client << " >"
                                    << (folder / "made").string() << " & echo $! >"
                                    << (folder / "client").string() << "\nwait $!\nkill \"${loads[@]}\"\n";
  const std::string report = (folder / "report").string();
  {
    std::jthread stops([&] { stop(fault, folder / "client", server); });
    text_of("XDG_RUNTIME_DIR=" + folder.path().string() +
            " REFWAVE_CONFIG=" + (folder / "refwave.toml").string() + " " REFWAVE_COMMAND " watch --json " +
            report + " -- bash " + (folder / "program").string() + " 2>&1");
  }
  std::string word;
  int made = static_cast<int>(fault.stops_ms.size());
  if (made == 0) std::ifstream(folder / "made") >> word >> made;
  told.made += made;
  const auto json = nlohmann::json::parse(std::ifstream(report), nullptr, false);
  EXPECT_EQ(json["processes"].size(), 1U) << fault.name << ": " << json;
  for (const auto& process : json["processes"])
    for (const auto& click : process["clicks"]) {
      const std::string reason = click["reason"];
      const bool is_right = *fault.reason != 0 && reason.find(fault.reason) != std::string::npos;
      (is_right ? told.rightly : told.others[reason]) += click["count"].get<int>();
    }
}

class Watch_faults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::printf("%-13s %-24s %5s %8s  %s\n", "device", "fault", "made", "rightly", "told instead");
  }
  static void expect_told(const Fault& fault, const char* name, const std::string& device = {},
                          PrivateServer* server = nullptr) {
    const char* const runs = std::getenv("FAULTS_RUNS");
    const char* const only = std::getenv("FAULTS_ONLY");
    if (only != nullptr && std::string_view(fault.name).find(only) == std::string_view::npos) return;
    Told told;
    for (int run = 0; run < (runs != nullptr ? std::atoi(runs) : 3); ++run)
      add_run(told, fault, device, server);
    std::printf("%-13s %-24s %5d %8d  %s\n", name, fault.name, told.made, told.rightly,
                others_of(told).c_str());
    std::fflush(stdout);
    int others = 0;
    for (const auto& [reason, count] : told.others) others += count;
    EXPECT_GE(told.rightly, 0.95 * told.made) << name << ": " << fault.name;
    EXPECT_LE(told.rightly, 1.05 * told.made) << name << ": " << fault.name;
    EXPECT_LE(others, 0.05 * told.made) << name << ": " << fault.name;
  }
  static void expect_all_told(PrivateServer& server, const char* name,
                              const Fault& stopped = kStoppedServer) {
    server.export_environment();
    for (const Fault& fault : kFaults) expect_told(fault, name);
    for (const Fault& fault : kLoads) expect_told(fault, name);
    expect_told(stopped, name, {}, &server);
  }
};

TEST_F(Watch_faults, On_the_clocked_device_are_told_rightly) {
  for (const Fault& fault : kFaults) expect_told(fault, "clocked", "output = [\"clocked\"]\n");
  for (const Fault& fault : kLoads) expect_told(fault, "clocked", "output = [\"clocked\"]\n");
  for (const Fault& fault : kRecordings) expect_told(fault, "clocked", "input = [\"clocked\"]\n");
}

TEST_F(Watch_faults, On_PulseAudio_are_told_rightly) {
  PrivatePulse pulse(PrivatePulse::kRate, Sink::steady);
  expect_all_told(pulse, "steady sink");
  for (const Fault& fault : kRecordings)
    expect_told(fault, "steady sink", std::string("input = [\"") + PrivatePulse::kInput + "\"]\n");
}

TEST_F(Watch_faults, On_a_sink_of_PulseAudio_that_rests_are_told_rightly) {
  PrivatePulse pulse(PrivatePulse::kRate, Sink::resting);
  expect_all_told(pulse, "resting sink");
}

TEST_F(Watch_faults, On_PipeWire_are_told_rightly) {
  PrivatePipewire pipewire;
  expect_all_told(pipewire, "PipeWire", kCaughtUp);
}

TEST_F(Watch_faults, On_JACK_are_told_rightly) {
  // Of a shorter period a busy machine makes xruns.
  PrivateJack jack(48'000, PrivateJack::Cycle::goes_on, 512);
  jack.export_environment();
  for (const Fault& fault : kFaults) expect_told(fault, "JACK", "output = [\"JACK/system\"]\n");
}

}  // namespace
}  // namespace refwave::test
