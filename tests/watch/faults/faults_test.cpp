// Faults that are made on purpose, and whose fault `refwave watch` calls the clicks. On an idle machine 95 %
// of them are told rightly, and a client without a fault has no click.
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/private_pulse.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using Sink = PrivatePulse::Sink;

struct Fault {
  const char* name;
  const char* client;   // its words
  const char* reason;   // a part of it; empty: no click is expected
  int made;             // by the commands below; 0: the client says how many
  const char* signals;  // bash's commands meanwhile; $client is its process
  const char* settings = "";
};

constexpr const char* kStopsClient =
    "for i in 1 2 3 4; do sleep 1.6; kill -STOP $client; sleep 0.3; kill -CONT $client; done";
const Fault kFaults[] = {
    {"none", "thread 1 0 0 20", "", 0, ""},
    {"late thread", "thread 1 90 50 10", "the program wrote late", 0, ""},
    {"late thread of 4", "thread 4 90 50 10", "the program wrote late", 0, ""},
    {"slow callback", "callback 1 81 50 10", "the program's callback took", 0, ""},
    {"slow callback of 64", "callback 64 81 50 10", "the program's callback took", 0, ""},
    {"slow callback, direct", "callback 4 61 50 10", "the program's callback took", 0, "",
     "completion = \"direct\"\n"},
    {"stopped client", "thread 1 0 0 10", "stopped the whole program", 4, kStopsClient},
};
const Fault kStoppedServer = {"stopped server", "thread 1 0 0 10", "the device called late", 4, ""};

/// Effects: makes the fault once. Returns: how many clicks were told rightly, and others, of how many made.
struct Told {
  int rightly = 0, otherwise = 0, made = 0;
};
Told told(const Fault& fault, const std::string& output, PrivatePulse* stopped) {
  const TemporaryFolder folder;
  std::ofstream(folder / "refwave.toml") << output << "latency_ms = 40\n" << fault.settings;
  std::ofstream(folder / "program") << REFWAVE_LATE_CLIENT " " << fault.client << " >"
                                    << (folder / "made").string() << " & client=$!\n"
                                    << fault.signals << "\nwait\n";
  std::jthread stops([stopped](const std::stop_token& end) {
    for (int i = 0; stopped != nullptr && i < 4 && !end.stop_requested(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1'600));
      stopped->freeze_server();
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      stopped->thaw_server();
    }
  });
  const std::string report = (folder / "report").string();
  text_of("XDG_RUNTIME_DIR=" + folder.path().string() +
          " REFWAVE_CONFIG=" + (folder / "refwave.toml").string() + " " REFWAVE_COMMAND " watch --json " +
          report + " -- bash " + (folder / "program").string() + " 2>&1");
  Told all{.made = fault.made};
  std::string word;
  if (fault.made == 0) std::ifstream(folder / "made") >> word >> all.made;
  const auto json = nlohmann::json::parse(std::ifstream(report), nullptr, false);
  for (const auto& process : json["processes"])
    for (const auto& click : process["clicks"]) {
      const bool is_right =
          *fault.reason != 0 && click["reason"].get<std::string>().find(fault.reason) != std::string::npos;
      (is_right ? all.rightly : all.otherwise) += click["count"].get<int>();
    }
  return all;
}

void expect_told(const Fault& fault, const std::string& device, const std::string& output,
                 PrivatePulse* stopped = nullptr) {
  Told sum;
  for (int run = 0; run < 3; ++run) {
    const Told one = told(fault, output, stopped);
    sum = {sum.rightly + one.rightly, sum.otherwise + one.otherwise, sum.made + one.made};
  }
  std::printf("%-16s %-24s made %3d, told rightly %3d, otherwise %3d\n", device.c_str(), fault.name, sum.made,
              sum.rightly, sum.otherwise);
  std::fflush(stdout);
  EXPECT_GE(sum.rightly, 0.95 * sum.made) << device << ": " << fault.name;
  EXPECT_LE(sum.otherwise, 0.05 * sum.made) << device << ": " << fault.name;
}

TEST(Watch_faults, On_the_clocked_device_are_told_rightly) {
  for (const Fault& fault : kFaults) expect_told(fault, "clocked", "output = [\"clocked\"]\n");
}

TEST(Watch_faults, On_PulseAudio_are_told_rightly) {
  for (const Sink sink : {Sink::steady, Sink::resting}) {
    PrivatePulse pulse(PrivatePulse::kRate, sink);
    pulse.export_environment();
    const std::string device = sink == Sink::steady ? "steady sink" : "resting sink";
    for (const Fault& fault : kFaults) expect_told(fault, device, "");
    expect_told(kStoppedServer, device, "", &pulse);
  }
}

}  // namespace
}  // namespace refwave::test
