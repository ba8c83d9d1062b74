// `refwave tune` on the clocked device at a hundredth of its pace, at which no step is late on a busy
// machine, none is shorter than 67 ms, and the longest period is 480 frames.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "bench/tune/tune.h"
#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/child_process.h"

namespace refwave::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kToml =
    "# Mine.\nlatency_ms = 40  # as the dealer said\noutput = [\"clocked\"]\n\n[table]\n# of another "
    "program\n";

class Tune : public WithFolder {
 protected:
  std::string config() { return "REFWAVE_CONFIG=" + write("refwave.toml", kToml); }
};

/// A letter for each step: held, late or failed.
std::vector<tune::Played> steps_of(std::string_view letters) {
  std::vector<tune::Played> steps;
  for (const char letter : letters) {
    tune::Played& played = steps.emplace_back();
    if (letter == 'l') played.gaps_ms = 1;
    if (letter == 'f') played.failure = "busy";
  }
  return steps;
}

TEST_F(Tune, Recommends_the_shortest_step_that_held_with_those_beside_it) {
  struct Case {
    const char* steps;
    int best;  // -1: none
  };
  for (const Case& one : {Case{"hhhh", 1},
                          {"lhhh", 2},
                          {"hlhh", 3},
                          {"fhhh", 2},
                          {"lllh", -1},
                          {"hhhl", -1},
                          {"llll", -1},
                          {"", -1}}) {
    const auto best = tune::recommended(steps_of(one.steps));
    EXPECT_EQ(best ? static_cast<int>(*best) : -1, one.best) << one.steps;
  }
}

TEST_F(Tune, Says_before_it_measures_what_it_cannot_write) {
  const std::string file = write("refwave.toml", "period = = 1\n");
  const Outcome outcome =
      run_refwave({"tune", "--seconds", "3600", "--write"}, {.environment = {"REFWAVE_CONFIG=" + file}});
  expect_error(outcome, 1, HasSubstr("nothing was written; "));
  EXPECT_THAT(outcome.err, HasSubstr("not TOML"));
}

TEST_F(Tune, Prints_and_writes_what_it_recommends_and_keeps_the_rest_of_the_file) {
  const std::string file = path("tune.json");
  const Outcome outcome =
      run_refwave({"tune", "--seconds", "0.2", "-O", "clock=0.01", "--write", "--json", file},
                  {.environment = {config()}});
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const json all = json::parse(content(file));
  ASSERT_EQ(all["steps"].size(), 8U);
  // 64 and 3 on a quiet machine.
  const std::string period = all["recommended"]["period"].dump();
  const std::string latency_ms = all["recommended"]["latency_ms"].dump();
  const std::vector<std::string> lines = lines_of(outcome.out);
  const auto first =
      std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("    32 "); });
  ASSERT_GE(lines.end() - first, 8);
  for (std::size_t i = 0; i < 8; ++i) {
    const json& step = all["steps"][i];
    EXPECT_THAT(
        first[static_cast<std::ptrdiff_t>(i)],
        ContainsRegex(" " + step["period"].dump() + " +" + step["latency_ms"].dump() + " ms  .*  " +
                      step["result"].get<std::string>() + (step["period"].dump() == period ? " \\*$" : "$")));
  }
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("period = " + period + ", latency_ms = " + latency_ms),
                                 HasSubstr("wrote both into ")));
  const auto best = std::ranges::find_if(
      all["steps"], [&](const json& step) { return step["period"] == all["recommended"]["period"]; });
  EXPECT_GE((*best)["attempts"], 2) << "it is confirmed";
  EXPECT_THAT(outcome.out, ContainsRegex("which\nheld for 0.6 s|which held for 0.6 s|held\nfor 0.6 s"));
  EXPECT_EQ(content(path("refwave.toml")), "# Mine.\nlatency_ms = " + latency_ms +
                                               "  # as the dealer said\noutput = [\"clocked\"]\nperiod = " +
                                               period + "\n\n[table]\n# of another program\n");
}

/// The longest step but one has periods of 20 ms. A pause of 60 ms misses them.
TEST_F(Tune, If_the_process_is_stopped_no_step_holds_and_nothing_is_written) {
  config();
  ChildProcess child({REFWAVE_COMMAND, "tune", "--seconds", "0.6", "--write", "--json", path("tune.json")},
                     {{"REFWAVE_CONFIG", path("refwave.toml")}}, folder_ / "output");
  while (child.running()) {
    for (const int signal : {SIGSTOP, SIGCONT}) {
      child.signal(signal);
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
  }
  const json all = json::parse(content(path("tune.json")));
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(all["steps"][i]["result"], "late") << i;
    EXPECT_GT(all["steps"][i]["late_periods"], 0) << i;
  }
  EXPECT_TRUE(all["recommended"].is_null());
  EXPECT_THAT(content(path("output")), HasSubstr("refwave: no step held with a margin"));
  EXPECT_EQ(content(path("refwave.toml")), kToml);
}

TEST_F(Tune, Ctrl_C_reports_what_was_played_and_writes_nothing) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const Outcome outcome = run_refwave(
      {"tune", "--seconds", "1", "-O", "clock=0.01", "--write"},
      {.environment = {config()}, .stderr_is_terminal = true, .interrupt_when = [](const std::string& err) {
         return err.find("period 240") != std::string::npos;
       }});
  EXPECT_EQ(outcome.status, 130);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("; interrupted\n"), HasSubstr("\n   128    6 ms "),
                                 Not(HasSubstr("\n   240 ")), Not(HasSubstr("recommended"))));
  EXPECT_EQ(content(path("refwave.toml")), kToml);
}

TEST_F(Tune, What_cannot_be_tuned_is_an_error) {
  const std::string none = write("none.toml", "output = [\"ALSA/none\"]\n");
  for (const auto& [words, reason] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{"-d", "no such thing"}, "no output device \"no such thing\""},
           {{"--seconds", "0.1"}, "; `-d clocked` tunes the built-in device"}}) {
    std::vector<std::string> line = words;
    line.insert(line.begin(), "tune");
    expect_error(run_refwave(line, {.environment = {"REFWAVE_CONFIG=" + none}}), 1, HasSubstr(reason));
  }
  expect_error(run_refwave({"tune", "--write"}), 1, HasSubstr("REFWAVE_CONFIG"));
}

}  // namespace
}  // namespace refwave::test
