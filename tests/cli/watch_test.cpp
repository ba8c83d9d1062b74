// `refwave watch` as a child process: what it passes through, which programs it shows, and the causes that it
// finds for deliberate clicks.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"
#include "tests/support/processor_waits.h"

namespace refwave::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Its records are in a folder without those of other programs.
class Watch : public WithFolder {
 protected:
  Outcome bash(const std::string& command, Surroundings surroundings = {}) const {
    surroundings.waits = &waits_;
    surroundings.environment.push_back("XDG_RUNTIME_DIR=" + path(""));
    return run_bash(command, surroundings);
  }
  /// Returns: the report of `refwave watch` on `command` of bash.
  json watched(const std::string& command, int status = 0) const {
    const Outcome outcome = bash("refwave watch --json " + path("report") + " -- bash -c '" + command + "'");
    EXPECT_EQ(outcome.status, status) << outcome.err;
    return json::parse(content(path("report")), nullptr, false);
  }
  mutable ProcessorWaits waits_;
};

TEST_F(Watch, Without_a_program_says_how_one_gets_refwave) {
  for (const char* words : {"", "--once", "--json", "--pid 1"}) {
    const Outcome outcome = bash(std::string("refwave watch ") + words);
    expect_error(outcome, 1, AllOf(HasSubstr("stream open on refwave"), HasSubstr("libwinmm")));
    if (std::string(words) == "--json") {
      EXPECT_EQ(json::parse(outcome.out)["processes"].size(), 0U);
    }
  }
}

TEST_F(Watch, Passes_words_output_and_status_through) {
  const Outcome outcome = bash(
      "refwave watch -- bash -c 'printf \"%s|\" \"$@\"; echo here >&2; exit 7' x '[1,2]' --name= '' --once "
      "play");
  EXPECT_EQ(outcome.status, 7);
  EXPECT_EQ(outcome.out, "[1,2]|--name=||--once|play|");
  EXPECT_THAT(outcome.err, AllOf(StartsWith("here\n"), HasSubstr("no stream was seen")));
}

TEST_F(Watch, Has_the_status_of_a_shell) {
  EXPECT_EQ(bash("refwave watch -- bash -c 'kill -9 $$'").status, 137);
  EXPECT_EQ(bash("env --ignore-signal=CHLD refwave watch -- bash -c 'exit 3'").status, 3);
  expect_error(bash("refwave watch -- " + path("none")), 127, HasSubstr("cannot be started"));
  expect_error(bash("refwave watch -- " + write("text", "no program")), 126, HasSubstr("cannot be started"));
  expect_error(bash("refwave watch --onec"), 2, HasSubstr("did you mean --once?"));
  expect_error(bash("refwave watch --compare . -- true"), 2, HasSubstr(".: cannot be read"));
  for (const char* words : {"--once -- true", "--pid 1 -- true", "--html page"})
    expect_error(bash(std::string("refwave watch ") + words), 2, HasSubstr("are about "));
}

TEST_F(Watch, Passes_signals_on) {
  for (const char* signal : {"TERM", "ALRM", "PIPE"})
    EXPECT_EQ(bash(std::string("refwave watch -- bash -c 'trap \"exit 5\" ") + signal + "; kill -" + signal +
                   " $PPID; while :; do sleep 0.02; done'")
                  .status,
              5)
        << signal;
}

TEST_F(Watch, Runs_a_script_that_names_no_interpreter) {
  const std::string script = write("script", "exit 9\n");
  ASSERT_EQ(::chmod(script.c_str(), 0755), 0);
  EXPECT_EQ(bash("refwave watch -- " + script).status, 9);
  EXPECT_EQ(bash("PATH=" + path("") + ":$PATH refwave watch -- script").status, 9)
      << "found as a shell finds it";
}

TEST_F(Watch, Of_a_program_without_a_stream_leaves_no_older_report) {
  write("report", "old");
  EXPECT_EQ(watched("exit 3", 3)["processes"].size(), 0U);
}

TEST_F(Watch, Keeps_the_programs_status_if_its_report_cannot_be_written) {
  const Outcome outcome = bash("refwave watch --json /dev/full -- bash -c 'exit 3'");
  EXPECT_EQ(outcome.status, 3);
  EXPECT_THAT(outcome.err, HasSubstr("/dev/full: cannot be written"));
  expect_error(bash("refwave watch --json x --html x -- true"), 2, HasSubstr("the same file"));
}

TEST_F(Watch, Where_there_is_no_folder_or_no_room_makes_one_for_the_program) {
  const std::string full = path("full");
  const std::string in_a_full_folder = "unshare -m bash -c 'mkdir " + full +
                                       "; mount -t tmpfs -o size=8k none " + full +
                                       " && XDG_RUNTIME_DIR=" + full;
  const bool may_mount = bash(in_a_full_folder + " true'").status == 0;
  const std::string watch = " TMPDIR=" + path("") + " refwave watch --json " + path("report") +
                            " -- refwave play -q -d clocked " + write_wav("a.wav", 48'000);
  for (const std::string& line : {"unset XDG_RUNTIME_DIR;" + watch + "; ls -d " + path("") + "/refwave-*",
                                  in_a_full_folder + watch + "'"}) {
    const bool is_full = line.starts_with("unshare");
    if (is_full && !may_mount) GTEST_SKIP() << "no file system may be mounted here";
    std::filesystem::remove(path("report"));
    const Outcome outcome = bash(line);
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("; the program's records are in " + path("")),
                      HasSubstr(is_full ? "/refwave: No space left on device" : "No such file")));
    EXPECT_EQ(json::parse(content(path("report")))["processes"].size(), 1U);
  }
}

TEST_F(Watch, Of_a_script_that_outlives_its_player_is_whole) {
  // sleep does not ask how a child has ended.
  for (const char* const later : {"; sleep 1.5", " & exec sleep 3"}) {
    const json report = watched("refwave play -q -d clocked " + write_wav("a.wav", 48'000) + later);
    EXPECT_EQ(report["processes"].size(), 1U);
    EXPECT_THAT(report["conclusion"].get<std::string>(), testing::Not(HasSubstr("early")));
  }
}

TEST_F(Watch, Sees_programs_that_have_numbers_of_their_own) {
  if (run_bash("unshare -fp true").status != 0) GTEST_SKIP() << "no namespace may be made here";
  const std::string file = write_wav("a.wav", 48'000 * 3);
  const json report =
      watched("for i in 1 2; do unshare -fp refwave play -q -d clocked " + file + " & done; wait");
  ASSERT_EQ(report["processes"].size(), 2U) << report;
  EXPECT_NE(report["processes"][0]["process"], report["processes"][1]["process"]);
}

TEST_F(Watch, Shows_three_programs_at_once) {
  const std::string file = write_wav("a.wav", 48'000 * 100);
  const Outcome outcome =
      bash("for i in 1 2 3; do refwave play -q -d clocked " + file + " & done\n" +
           "until [[ $(refwave watch --json 2>&1) == *'\"process\"'*'\"process\"'*'\"process\"'* ]]; do :; "
           "done\n" +
           "refwave watch; refwave watch --json " + path("one") + " --pid $!; echo pid $!; kill $(jobs -p)");
  EXPECT_THAT(outcome.out, HasSubstr("plays on \"clocked\", 48000 Hz, period 10.0 ms"));
  const json one = json::parse(content(path("one")))["processes"];
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0]["program"], "refwave");
  ASSERT_EQ(one[0]["streams"].size(), 1U);
  EXPECT_EQ(one[0]["streams"][0]["device"]["rate"], 48'000);
  EXPECT_GT(one[0]["streams"][0]["headers"], 0);
  EXPECT_THAT(outcome.out, HasSubstr("pid " + std::to_string(one[0]["process"].get<int>()) + "\n"));
}

/// The periods are so long that no machine is late by one. A gap of half a second would count as a pause.
TEST_F(Watch, Blames_the_program_for_a_late_block) {
  const std::string file = write_wav("a.wav", 48'000 * 2);
  const json report = watched("{ head -c 200000 " + file + "; sleep 1.2; tail -c +200001 " + file +
                              "; } | refwave play - -d clocked --option period=4800");
  std::vector<std::string> causes;
  for (const json& click : report["processes"][0]["clicks"]) causes.push_back(click["cause"]);
  EXPECT_THAT(causes, Contains("program")) << report;
  // Under load there may be clicks of other causes.
  const bool is_alone = testing::Value(causes, testing::Each("program"));
  EXPECT_TRUE(is_alone || waits_.skips_over(std::chrono::milliseconds(100))) << report;
  EXPECT_THAT(report["conclusion"].get<std::string>(),
              ContainsRegex("the program wrote late, by .*: give it more or longer buffers"));
}

TEST_F(Watch, Writes_a_page_and_is_a_gate) {
  const std::string play = " -- refwave play " + write_wav("a.wav", 48'000 * 3) + " -d clocked";
  ASSERT_EQ(bash("refwave watch --json " + path("a") + " --html " + path("page.html") + play).status, 0);
  EXPECT_THAT(content(path("page.html")), AllOf(HasSubstr("refwave on the clocked device"),
                                                HasSubstr("Distribution"), Not(HasSubstr("omission"))));
  json faster = json::parse(content(path("a")));
  for (json& step : faster["measured"][0]["histogram"])
    step = {step[0].get<double>() / 1000, step[1].get<double>() / 1000, step[2]};
  const Outcome worse = bash("refwave watch --compare " + write("b", faster.dump()) + play);
  EXPECT_EQ(worse.status, 1);
  EXPECT_THAT(worse.err, AllOf(HasSubstr("Exit status 1: B is worse"), HasSubstr("refwave: worse than ")));
  const Outcome same = bash("refwave watch --tolerance 1000 --compare " + path("a") + play);
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_EQ(bash("refwave watch --compare " + path("a") + " -- true").status, 1) << "nothing was measured";
}

TEST_F(Watch, On_a_terminal_runs_until_q) {
  if (!has_pseudo_terminals()) GTEST_SKIP() << kNoPseudoTerminal;
  const std::string file = write_wav("a.wav", 48'000 * 100);
  bool has_typed = false;
  const Outcome outcome =
      bash("refwave play -q -d clocked " + file + " & refwave watch >&2; echo $?; stty -a; kill %1",
           {.type = [&](const std::string& err) -> std::string {
             if (has_typed || err.find("48000 Hz") == std::string::npos) return {};
             has_typed = true;
             return "q";
           }});
  EXPECT_TRUE(has_typed) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("0\n"), HasSubstr(" icanon ")));
}

}  // namespace
}  // namespace refwave::test
