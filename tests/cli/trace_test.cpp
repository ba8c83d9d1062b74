// `refwave trace`: viewers can open its file, which is whole and in order.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/run_refwave.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using nlohmann::json;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

/// Returns: what is wrong with a file of trace events ("Trace Event Format", the document of the Chromium
/// project).
std::vector<std::string> faults_of(const json& trace) {
  std::vector<std::string> faults;
  std::map<int, double> latest;
  std::map<int, double> slice_end;
  std::set<int> named;
  std::map<std::string, std::vector<std::string>> open_phases;
  for (const json& event : trace.at("traceEvents")) {
    const auto require = [&](bool is_right, const char* rule) {
      if (!is_right) faults.push_back(rule + (": " + event.dump()));
    };
    const std::string ph = event.at("ph");
    if (ph == "M") {
      if (event.at("name") == "thread_name") named.insert(event.at("tid").get<int>());
      continue;
    }
    const int tid = event.at("tid");
    const double ts = event.at("ts");
    require(ts >= latest[tid], "a thread's time never falls");
    latest[tid] = ts;
    if (ph == "X") slice_end[tid] = std::max(slice_end[tid], ts + event.at("dur").get<double>());
    if (ph == "s" || ph == "t" || ph == "f") {
      require(ts <= slice_end[tid] + 0.001, "an arrow's step is inside a slice");
      require(ph != "f" || event.value("bp", "") == "e", "an arrow ends at the slice around it");
    }
    if (ph == "b") open_phases[event.at("id")].push_back(event.at("name"));
    if (ph == "e") {
      std::vector<std::string>& open = open_phases[event.at("id")];
      require(!open.empty() && open.back() == event.at("name"), "the newest phase ends first");
      if (!open.empty()) open.pop_back();
    }
  }
  for (const auto& [tid, ts] : latest)
    if (!named.contains(tid)) faults.push_back("no name for thread " + std::to_string(tid));
  for (const auto& [id, open] : open_phases)
    if (!open.empty()) faults.push_back("phase " + open.back() + " of " + id + " does not end");
  return faults;
}

struct Traced {
  Outcome outcome;
  json file;

  const json& events() const { return file["traceEvents"]; }
  std::size_t count(const char* ph, const char* name) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        events(), [&](const json& event) { return event["ph"] == ph && event.value("name", "") == name; }));
  }
  std::set<std::string> thread_names() const {
    std::set<std::string> names;
    for (const json& event : events()) {
      if (event.value("name", "") == "thread_name") names.insert(event["args"]["name"]);
    }
    return names;
  }
};

Traced trace(std::vector<std::string> more) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "trace.json";
  std::vector<std::string> words = {"trace", "--device", "clocked",    "--seconds",
                                    "0.3",   "--output", file.string()};
  words.insert(words.end(), more.begin(), more.end());
  Traced traced{run_refwave(words), {}};
  EXPECT_EQ(traced.outcome.status, 0) << traced.outcome.err;
  traced.file = json::parse(std::ifstream(file), nullptr, false);
  return traced;
}

TEST(Trace, One_buffer_s_life_can_be_followed_from_thread_to_thread) {
  const Traced traced = trace({});
  EXPECT_THAT(faults_of(traced.file), IsEmpty());
  EXPECT_THAT(traced.thread_names(), IsSupersetOf({"client", "audio", "blocks"}));
  EXPECT_THAT(traced.outcome.out, HasSubstr("0 lost, 0 blocks incomplete\na stamp costs "));
  const std::size_t reported = traced.count("X", "WOM_DONE");
  EXPECT_GE(reported, 20U);
  EXPECT_EQ(traced.count("X", "waveOutWrite"), reported);
  EXPECT_EQ(traced.count("X", "DriverCallback"), reported);
  EXPECT_EQ(traced.count("s", "buffer"), reported);
  EXPECT_EQ(traced.count("t", "buffer"), 2 * reported) << "its first frame and its last";
  EXPECT_EQ(traced.count("f", "buffer"), reported);
  EXPECT_EQ(traced.count("b", "playing"), reported);
  EXPECT_THAT(traced.count("X", "period"), Ge(reported));
}

TEST(Trace, Only_the_picture_is_written_to_standard_output) {
  const Outcome outcome = run_refwave({"trace", "--device", "clocked", "--seconds", "0.2", "--output", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(faults_of(json::parse(outcome.out, nullptr, false)), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists("-"));
}

}  // namespace
}  // namespace refwave::test
