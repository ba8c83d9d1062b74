// Faults that are made on purpose, and whose fault `refwave watch` calls the clicks. On an idle machine 95 %
// of them are named correctly, and a client without a fault has no click, unless the machine stood still. It
// prints a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tests/support/private_jack.h"
#include "tests/support/private_pipewire.h"
#include "tests/support/private_pulse.h"
#include "tests/support/shell.h"
#include "tests/support/stalls.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

struct Fault {
  const char* name;
  const char* client;  // in bash: $late_client and its words, or $refwave
  const char* reason;  // a part of it, or of several with | between; empty: no click is expected
  int made = 0;        // how often each; 0: the client prints it
  // Lines of bash, run after the client's start: $client is its process, $server the server's; what is in
  // `loads` is ended after it.
  const char* load = "";
  const char* settings = "";
  const char* may_come = nullptr;  // a part of a reason that other clicks may have
};

// A sink that rests may do so for two seconds at first, so faults begin after three.
constexpr char kStops[] =
    "(sleep 3; for time in 0.08 0.15 0.3 0.6 1; do kill -STOP $client; sleep $time; kill -CONT $client; "
    "sleep 1.2; done) & loads+=($!)\n";
const Fault kFaults[] = {
    {"none", "$refwave play --quiet --loop 42 /usr/share/sounds/alsa/Front_Center.wav", ""},  // a minute
    {"pauses and resets", "$late_client restless 1 0 0 24", ""},
    {"late thread", "$late_client thread 1 90 50 10", "the program wrote late"},
    {"late thread, nice", "nice $late_client thread 1 90 50 10", "the program wrote late"},
    {"late thread of 4", "$late_client thread 4 90 50 10", "the program wrote late"},
    {"slow callback", "$late_client callback 1 81 50 10", "the program's callback took"},
    {"slow callback of 64", "$late_client callback 64 81 50 10", "the program's callback took"},
    {"slow callback, direct", "$late_client callback 4 121 50 10", "the program's callback took", 0, "",
     "completion = \"direct\"\n"},
    {"stopped client", "$late_client thread 1 0 0 13", "stopped the whole program", 5, kStops},
};
// PipeWire takes in one burst what it has missed, and a client that is quick enough loses nothing. This one
// needs 5 ms for each block.
const Fault kStoppedServer = {
    "stopped server", "$late_client thread 1 5 1 10", "the device called late", 4,
    "(trap 'kill -CONT $server' EXIT; sleep 3; for i in {1..4}; do kill -STOP $server; sleep 0.3; "
    "kill -CONT $server; sleep 1.2; done) & loads+=($!)\n"};
const Fault kStoppedServerAndLateThread = {
    "stopped server, late", "$late_client thread 1 60 0 13", "the device called late|the program wrote late",
    4,
    "(trap 'kill -CONT $server' EXIT; sleep 3; for i in {1..4}; do kill -STOP $server; sleep 0.1; "
    "kill -USR1 $client; sleep 0.3; kill -CONT $server; sleep 1.6; done) & loads+=($!)\n"};
const Fault kSuspendedSink = {"suspended sink", "$late_client thread 1 0 0 10", "the device called late", 4,
                              "(sleep 3; for i in {1..4}; do pactl suspend-sink @DEFAULT_SINK@ 1; sleep 0.3; "
                              "pactl suspend-sink @DEFAULT_SINK@ 0; sleep 1.2; done) & loads+=($!)\n"};
// Beside other programs, which begin when the client plays. The real-time ones leave the others no processor.
constexpr char kHogs[] =
    "sleep 1; for i in $(seq $((6 * $(nproc)))); do (while :; do :; done) & loads+=($!); done\n";
constexpr char kRealTime[] =
    "(sleep 2; for i in {1..8}; do for core in $(seq 0 $(($(nproc) - 1))); do chrt -f 50 taskset -c $core "
    "perl -e 'use Time::HiRes \"time\"; $end = time + 0.2; 1 while time < $end' & done; wait; sleep 0.8; "
    "done) & loads+=($!)\n";
const Fault kLoads[] = {
    {"six hogs a core", "$late_client thread 1 0 0 20", "", 0, kHogs, "", "the machine ran"},
    {"six hogs, nice", "nice $late_client thread 1 0 0 20", "", 0, kHogs, "", "the machine ran"},
    {"six hogs, late thread", "$late_client thread 1 90 50 10", "the program wrote late", 0, kHogs, "",
     "the machine ran"},
    {"real-time load", "$late_client thread 1 5 1 12", "the machine ran", 8, kRealTime},
};
const Fault kRecordings[] = {
    {"recording: none", "$late_client record 1 0 0 10", ""},
    {"recording: late thread", "$late_client record 1 90 50 10", "the program gave buffers late"},
};

struct Named {
  int made = 0, correctly = 0;
  std::map<std::string, int> others;  // reasons
  std::string clicks;                 // all, as the report has them
};

std::string others_of(const Named& named) {
  std::string text;
  for (const auto& [reason, count] : named.others) text += ", " + std::to_string(count) + " " + reason;
  return text.empty() ? "-" : text.substr(2);
}

/// Effects: makes the fault once, and adds what was named.
void add_run(Named& named, const Fault& fault, const std::string& device) {
  const TemporaryFolder folder;
  std::ofstream(folder / "refwave.toml") << device << "latency_ms = 40\n" << fault.settings;
  std::ofstream(folder / "program") << "loads=()\ntrap 'kill \"${loads[@]}\"; kill -CONT $client' EXIT\n"
                                    << fault.client << " >" << (folder / "made").string() << " & client=$!\n"
                                    << fault.load << "wait $client\n";
  const std::string report = (folder / "report").string();
  text_of("XDG_RUNTIME_DIR=" + folder.path().string() +
          " REFWAVE_CONFIG=" + (folder / "refwave.toml").string() + " " REFWAVE_COMMAND " watch --json " +
          report + " -- bash " + (folder / "program").string() + " 2>&1");
  std::string word;
  int made = fault.made;
  if (made == 0) std::ifstream(folder / "made") >> word >> made;
  std::map<std::string, int> left;  // of each reason
  std::istringstream reasons(fault.reason);
  for (std::string reason; std::getline(reasons, reason, '|');) named.made += left[reason] = made;
  const auto json = nlohmann::json::parse(std::ifstream(report), nullptr, false);
  EXPECT_EQ(json["status"], 0) << fault.name;
  EXPECT_EQ(json["processes"].size(), 1U) << fault.name << ": " << json;
  for (const auto& process : json["processes"]) {
    for (const auto& stream : process["streams"]) EXPECT_GT(stream["blocks"], 500) << fault.name;
    for (const auto& click : process["clicks"]) {
      const std::string reason = click["reason"];
      if (fault.may_come != nullptr && reason.find(fault.may_come) != std::string::npos) continue;
      const auto right = std::ranges::find_if(left, [&](const auto& one) {
        return one.second > 0 && reason.find(one.first) != std::string::npos;
      });
      if (right != left.end()) --right->second;
      (right != left.end() ? named.correctly : named.others[reason]) += click["count"].get<int>();
      named.clicks += '\n' + click.dump();
    }
  }
}

class Watch_faults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    setenv("refwave", REFWAVE_COMMAND, 1);
    setenv("late_client", REFWAVE_LATE_CLIENT, 1);
    std::printf("%-13s %-24s %5s %8s  %s\n", "device", "fault", "made", "correctly", "named instead");
  }
  void expect_named(const Fault& fault, const char* name, const std::string& device = {}) {
    Named named;
    const auto stalls_before = static_cast<int>(stalls_.count());
    for (int run = 0; run < 3; ++run) add_run(named, fault, device);
    const int stalls_now = static_cast<int>(stalls_.count()) - stalls_before;
    std::printf("%-13s %-24s %5d %8d  %s", name, fault.name, named.made, named.correctly,
                others_of(named).c_str());
    std::printf(stalls_now != 0 ? "; the machine stood still: %d\n" : "\n", stalls_now);
    std::fflush(stdout);
    int others = -stalls_now;
    for (const auto& [reason, count] : named.others) others += count;
    SCOPED_TRACE(std::string(name) + ": " + fault.name + named.clicks);
    EXPECT_GE(named.correctly + stalls_now, 0.95 * named.made);
    EXPECT_LE(others, 0.05 * named.made);
  }
  void expect_all_named(const char* name, const std::string& output, const char* input) {
    for (const Fault& fault : kFaults) expect_named(fault, name, output);
    for (const Fault& fault : kRecordings)
      expect_named(fault, name, std::string("input = [\"") + input + "\"]\n");
  }
  void expect_stops_named(const char* name, const PrivateServer& server) {
    setenv("server", std::to_string(server.server_number()).c_str(), 1);
    expect_named(kStoppedServer, name);
  }
  void expect_loads_named(const char* name, const std::string& output = {}) {
    for (const Fault& fault : kLoads) expect_named(fault, name, output);
  }

 private:
  const Stalls stalls_;  // each may be a click, whatever it is named as, or hide one
};

TEST_F(Watch_faults, On_the_clocked_device_are_named_correctly) {
  expect_all_named("clocked", "output = [\"clocked\"]\n", "clocked");
  expect_loads_named("clocked", "output = [\"clocked\"]\n");
}

TEST_F(Watch_faults, On_PulseAudio_are_named_correctly) {
  for (const auto kind : {PrivatePulse::Sink::steady, PrivatePulse::Sink::resting}) {
    const char* const name = kind == PrivatePulse::Sink::steady ? "steady sink" : "resting sink";
    PrivatePulse pulse(PrivatePulse::kRate, kind);
    pulse.export_environment();
    expect_all_named(name, "", PrivatePulse::kInput);
    expect_loads_named(name);
    expect_stops_named(name, pulse);
    expect_named(kStoppedServerAndLateThread, name);
    expect_named(kSuspendedSink, name);
  }
}

TEST_F(Watch_faults, On_PipeWire_are_named_correctly) {
  PrivatePipewire pipewire;
  pipewire.export_environment();
  expect_all_named("PipeWire", "", PrivatePipewire::kInput);
  expect_loads_named("PipeWire");
  expect_stops_named("PipeWire", pipewire);
}

TEST_F(Watch_faults, On_JACK_are_named_correctly) {
  // Of a shorter period a busy machine makes xruns.
  PrivateJack jack(48'000, PrivateJack::Cycle::goes_on, 512);
  jack.export_environment();
  expect_all_named("JACK", "output = [\"JACK/system\"]\n", PrivateJack::kInput);
}

}  // namespace
}  // namespace refwave::test
