// `refwave latency` as a child process: its output and files are complete and agree with each other. The
// figures themselves are not judged.
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Latency : public WithFolder {};

/// Expects: figures, histogram and samples are of the same blocks.
void expect_consistent(const json& measured) {
  std::int64_t before = measured["min_ns"];
  for (const char* key : {"p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns"}) {
    EXPECT_GE(measured[key], before) << key;
    before = measured[key];
  }
  EXPECT_EQ(measured["samples"].size(), measured["count"]);
  std::uint64_t in_steps = 0;
  for (const json& step : measured["histogram"]) in_steps += step[2].get<std::uint64_t>();
  EXPECT_EQ(in_steps, measured["count"]);
}

TEST_F(Latency, Files_are_written_beside_the_table_and_policies_are_what_was_asked_for) {
  const Outcome outcome = run_refwave({"latency", "--seconds", "1", "--device", "clocked", "--completion",
                                       "direct", "--wake", "spin", "--done", "played", "--period", "240",
                                       "--json", path("all.json"), "--html", path("page.html")});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("direct, spin, played"), HasSubstr("bare wake"), Not(HasSubstr("{"))));
  const json all = json::parse(content(path("all.json")));
  EXPECT_EQ(all["schema"], 1);
  EXPECT_EQ(all["settings"]["completion"], "direct");
  EXPECT_EQ(all["settings"]["period_frames"], 240);
  ASSERT_EQ(all["measured"].size(), 2U);
  for (const json& measured : all["measured"]) expect_consistent(measured);
  EXPECT_GT(all["measured"][0]["count"], 40);  // of 100
  double pieces = 0;
  for (const json& piece : all["pieces"]) pieces += piece["mean_ns"].get<double>();
  EXPECT_EQ(all["pieces"].size(), 5U);
  EXPECT_NEAR(pieces, all["measured"][0]["mean_ns"], 10);
  for (const json& piece : all["pieces"]) {
    if (piece["name"] == "wake") {
      EXPECT_EQ(piece["max_ns"], 0) << "the audio thread itself reports";
    }
  }
  EXPECT_THAT(content(path("page.html")),
              AllOf(testing::StartsWith("<!doctype html>"), testing::ContainsRegex("\ncompletion +direct\n"),
                    testing::EndsWith("</html>\n")));
}

TEST_F(Latency, Another_driver_is_measured_from_outside_beside_refwave) {
  ProcessorWaits waits;
  const Outcome outcome = run_refwave({"latency", "--seconds", "1", "--driver", REFWAVE_DRIVER,
                                       "--parameters", "device=clocked", "--device", "clocked", "--json"},
                                      {.waits = &waits});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const json all = json::parse(outcome.out);
  EXPECT_EQ(all["measure"], "outside");
  ASSERT_EQ(all["measured"].size(), 3U);
  for (const json& measured : all["measured"]) expect_consistent(measured);
  for (const int driver : {0, 1}) {
    const double percent = all["measured"][driver]["outside"]["real_time_percent"];
    EXPECT_TRUE(std::abs(percent - 100) <= 20 || waits.skips_over(std::chrono::milliseconds(200))) << percent;
  }
  EXPECT_FALSE(all.contains("pieces"));
}

TEST_F(Latency, What_cannot_be_measured_is_an_error) {
  const std::string nowhere = path("no folder/file");
  for (const auto& [words, reason] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{"--seconds", "600", "--json", nowhere}, "cannot be written"},
           {{"--seconds", "600", "--html", nowhere}, "cannot be written"},
           {{"--seconds", "0.2", "--block", "480000", "--device", "clocked"}, "--seconds"}}) {
    std::vector<std::string> line = words;
    line.insert(line.begin(), "latency");
    expect_error(run_refwave(line), 1, HasSubstr(reason));
  }
}

TEST_F(Latency, A_report_compared_with_itself_passes_and_with_other_settings_is_refused) {
  const std::string a = path("a.json");
  ASSERT_EQ(run_refwave({"latency", "--seconds", "0.5", "--device", "clocked", "--json", a}).status, 0);
  const Outcome same = run_refwave({"latency", "--compare", a, a});
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_THAT(same.out, AllOf(HasSubstr("p50"), HasSubstr("+0 %"), HasSubstr("\nExit status 0: nothing")));
  json other = json::parse(content(a));
  other["settings"]["device"] = "\"another\"";
  expect_error(run_refwave({"latency", "--compare", a, write("b.json", other.dump())}), 2,
               HasSubstr("and \"another\"; compare reports of the same settings"));
}

TEST_F(Latency, The_device_of_another_driver_is_chosen_by_number_or_name) {
  const auto measure = [](const char* device) {
    return run_refwave({"latency", "--seconds", "1", "--driver", REFWAVE_DRIVER, "--parameters",
                        "output=clocked|clocked", "--device", device, "--option", "output=clocked"});
  };
  for (const char* device : {"1", "clocked"}) EXPECT_EQ(measure(device).status, 0) << device;
  expect_error(measure("speaker"), 1,
               AllOf(HasSubstr("no output device \"speaker\"; it has 0 \""), HasSubstr(", 1 \"")));
}

TEST_F(Latency, Shows_percentiles_meanwhile_and_Ctrl_C_prints_what_was_measured_so_far) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const Outcome outcome =
      run_refwave({"latency", "--seconds", "600", "--device", "clocked", "--json", path("all.json")},
                  {.stderr_is_terminal = true,
                   // After half a second, or later, because a busy machine shows fewer moments.
                   .interrupt_when = [](const std::string& err) {
                     return std::regex_search(
                         err, std::regex("0:(00[.][5-9]|0[1-9]|[1-5][0-9])[.0-9]* / 10:00.000  p50 "));
                   }});
  EXPECT_EQ(outcome.status, 130);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("interrupted"), HasSubstr("bare wake")));
  EXPECT_EQ(json::parse(content(path("all.json")))["interrupted"], true);
}

}  // namespace
}  // namespace refwave::test
