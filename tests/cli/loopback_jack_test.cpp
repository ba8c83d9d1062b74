// `refwave loopback` beside jack_iodelay: both in one JACK server, each with a cable of the same length from
// its output to its input.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/run_refwave.h"
#include "tests/support/eventually.h"
#include "tests/support/private_jack.h"
#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

using nlohmann::json;

constexpr double kJackPeriod = 128;  // frames, of PrivateJack

/// Returns: the frames that jack_iodelay told last: "  1128.000 frames     23.500 ms total roundtrip
/// latency"; 0 if it has told none.
double told_by_iodelay(const std::filesystem::path& log) {
  double frames = 0;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    double number = 0;
    std::string unit;
    if (words >> number >> unit && unit == "frames") frames = number;
  }
  return frames;
}

/// Whether the machine keeps more from the threads than what is measured can bear.
bool is_loud(const ProcessorWaits& waits) { return waits.are_over(std::chrono::milliseconds(200)); }

/// Returns: what refwave measured with that period.
json measure(const std::string& period, const ProcessorWaits& waits) {
  const Outcome outcome = run_refwave({"loopback", "--device", PrivateJack::kInput, "--period", period,
                                       "--buffers", "16", "--seconds", "2", "--json"});
  EXPECT_TRUE(outcome.status == 0 || is_loud(waits)) << outcome.err;
  if (outcome.status != 0) return {};
  json all = json::parse(outcome.out);
  std::printf("period %s: %s\n", period.c_str(), all["round_trip_frames"].dump().c_str());
  EXPECT_TRUE(all["counters"]["underruns"] == 0 || is_loud(waits));
  return all;
}

/// Expects: the middle of the round trips is so many frames.
void expect_frames(const json& all, double frames, double at_most_off, const ProcessorWaits& waits) {
  if (!all.is_object()) return;  // it has failed
  const double middle = all["round_trip_frames"]["p50"];
  EXPECT_TRUE(std::abs(middle - frames) <= at_most_off || is_loud(waits)) << frames << ": " << all.dump();
}

TEST(LoopbackJack, Tells_what_jack_iodelay_tells) {
  constexpr std::uint32_t kCableFrames = 5'000;
  const ProcessorWaits waits;
  TemporaryFolder folder;
  // On a busy machine, a server that goes on without a late client would play that client's last period
  // twice.
  PrivateJack jack(48'000, PrivateJack::Cycle::waits_for_clients);
  jack.export_environment();
  ChildProcess iodelay = jack.start_program({"stdbuf", "-oL", "jack_iodelay"}, folder / "iodelay.log");
  const ChildProcess its_cable = jack.lay_cable(kCableFrames, "jack_delay");
  const ChildProcess our_cable = jack.lay_cable(kCableFrames, "refwave");
  ASSERT_TRUE(eventually([&] { return told_by_iodelay(folder / "iodelay.log") > kCableFrames; }));

  // With JACK's own period PortAudio hands each one through. If a busy machine moves the times of reports, so
  // that blocks cannot be counted, the times decide.
  json direct = measure("128", waits);
  const double expected = told_by_iodelay(folder / "iodelay.log");
  std::printf("jack_iodelay: %.3f frames\n", expected);
  EXPECT_NEAR(expected, kCableFrames + kJackPeriod, 0.01)
      << "a program that hears itself hears the period before";
  const bool in_step = direct.is_object() && direct["in_step"];
  expect_frames(direct, expected, in_step ? 0.5 : 24, waits);
  EXPECT_TRUE((direct["lost_frames"] == 0 && direct["doubled_frames"] == 0) || is_loud(waits))
      << direct.dump();

  // With a longer one it gathers frames: as many as a period has more than JACK's. Here the times
  // always decide.
  expect_frames(measure("512", waits), expected + 512 - kJackPeriod, 24, waits);

  // It would wait ten times for jack_iodelay, which ends without a word.
  jack.kill_server();
}

}  // namespace
}  // namespace refwave::test
