// `refwave loopback` as a child process measures exactly the configured delay of the clocked device's loop.
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Loopback : public WithFolder {
 protected:
  /// Returns: the measurement on the looped clocked device; no object if the case is skipped.
  json measure(const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"--device", "clocked", "--option", "loop=true"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return measure_with(arguments);
  }
  json measure_with(const std::vector<std::string>& driver) {
    std::vector<std::string> arguments = {"loopback", "--json", "--seconds", "1.5", "--buffers", "40"};
    arguments.insert(arguments.end(), driver.begin(), driver.end());
    const Outcome outcome = run_refwave(arguments, {.waits = &waits_});
    EXPECT_TRUE(outcome.status == 0 || skips()) << outcome.err;
    return outcome.status == 0 ? json::parse(outcome.out) : json{};
  }
  /// Skips the case if a thread waited for longer than the shortest of these streams' buffers last.
  bool skips() { return waits_.skips_over(std::chrono::milliseconds(20)); }

  /// Expects: the round trip has so many frames; exactly, if they could be counted. Under load they
  /// are estimated from the times of the reports. Returns: whether they could be counted.
  bool expect_frames(const json& all, double frames) {
    if (!all.is_object()) return false;
    const json& way = all["round_trip_frames"];
    if (!all["in_step"]) {
      EXPECT_TRUE(std::abs(way["p50"].get<double>() - frames) <= 8 || skips())
          << frames << ": " << all.dump();
      return false;
    }
    EXPECT_EQ(way["p50"], frames) << all.dump();
    for (const char* key : {"min", "p99", "max"}) EXPECT_EQ(way[key], frames) << all.dump();
    EXPECT_EQ(all["drift_ppm"], 0);
    return true;
  }

 private:
  ProcessorWaits waits_;
};

TEST_F(Loopback, On_the_clocked_device_is_exactly_the_configured_latency) {
  struct Case {
    std::string latency_ms;
    std::string period;
    double frames;
  };
  int counted = 0;
  for (const Case& one :
       {Case{"0", "480", 0}, Case{"1", "480", 48}, Case{"25", "1024", 1'200}, Case{"400", "256", 19'200}}) {
    const json all = measure({"--option", "latency_ms=" + one.latency_ms, "--period", one.period});
    counted += expect_frames(all, one.frames);
    if (!all.is_object()) continue;
    EXPECT_EQ(all["lost_frames"], 0);
    // The shortest blocks last 20 ms in all. A thread may be later than that; then the driver says so.
    EXPECT_TRUE(all["doubled_frames"] == 0 || all["counters"]["underruns"] != 0) << all.dump();
    EXPECT_TRUE(all["level_db"] == 0 || !all["in_step"]) << all.dump();
  }
  EXPECT_TRUE(counted > 0 || skips()) << "frames could never be counted";
}

TEST_F(Loopback, Another_driver_is_measured_with_its_own_parameters) {
  expect_frames(measure_with({"--driver", REFWAVE_DRIVER, "--parameters",
                              "output=clocked; input=clocked; loop=true; latency_ms=10"}),
                480);
}

TEST_F(Loopback, An_unknown_capture_device_is_named) {
  const Outcome outcome =
      run_refwave({"loopback", "--device", "clocked", "--capture-device", "no \"such\"; thing"});
  expect_error(outcome, 1, AllOf(HasSubstr("recording"), HasSubstr("no \"such\"; thing")));
}

}  // namespace
}  // namespace refwave::test
