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
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

/// Looks at a file of trace events as a viewer would ("Trace Event Format", the document of the Chromium
/// project).
class Check {
 public:
  std::vector<std::string> offences_of(const json& trace) {
    if (!trace.is_object() || !trace.contains("traceEvents") || !trace["traceEvents"].is_array())
      return {"no array traceEvents"};
    for (const json& event : trace["traceEvents"]) {
      event_ = event.dump();
      take(event);
    }
    at_the_end();
    return std::move(offences_);
  }

 private:
  struct Step {
    double ts;
    std::string ph;
  };

  void blame(const std::string& what) { offences_.push_back(what + ": " + event_); }

  bool has(const json& event, const char* member, json::value_t type) {
    if (event.contains(member) && event[member].type() == type) return true;
    blame(std::string("no ") + member);
    return false;
  }

  void take(const json& event) {
    if (!has(event, "ph", json::value_t::string) || !event.contains("pid")) return blame("no ph or pid");
    const std::string ph = event["ph"];
    if (ph == "M") return take_name(event);
    if (!event.contains("ts") || !event["ts"].is_number() || !event.contains("tid"))
      return blame("no ts or tid");
    const double ts = event["ts"];
    if (ts < 0) blame("before the beginning");
    const int tid = event["tid"];
    if (seen_.contains(tid) && ts < seen_[tid]) blame("the thread's time falls");
    seen_[tid] = ts;
    if (ph == "B" || ph == "E") return take_slice(event, ph, tid);
    if (ph == "s" || ph == "t" || ph == "f") return take_arrow(event, ph, tid, ts);
    if (ph == "b" || ph == "e") return take_phase(event, ph);
    if (ph == "C") return take_counter(event);
    if (ph != "i") return blame("unknown ph");
    if (has(event, "s", json::value_t::string) && !std::set<std::string>{"t", "p", "g"}.contains(event["s"]))
      blame("an instant's scope");
  }

  void take_name(const json& event) {
    if (!has(event, "name", json::value_t::string) || !has(event, "args", json::value_t::object)) return;
    if (event["name"] == "thread_name") named_.insert(event["tid"].get<int>());
  }
  void take_slice(const json& event, const std::string& ph, int tid) {
    if (ph == "B") {
      has(event, "name", json::value_t::string);
      ++open_[tid];
    } else if (--open_[tid] < 0) {
      blame("an end without a beginning");
      open_[tid] = 0;
    }
  }
  void take_arrow(const json& event, const std::string& ph, int tid, double ts) {
    if (!has(event, "id", json::value_t::string) || !has(event, "cat", json::value_t::string)) return;
    if (open_[tid] == 0) blame("an arrow outside of every slice");
    if (ph == "f" && event.value("bp", "") != "e") blame("an arrow's end that holds on to the next slice");
    arrows_[event["id"]].push_back({ts, ph});
  }
  void take_phase(const json& event, const std::string& ph) {
    if (!has(event, "id", json::value_t::string) || !has(event, "name", json::value_t::string)) return;
    auto& row = rows_[event["id"]];
    if (ph == "b") return row.push_back(event["name"]);
    if (row.empty() || row.back() != event["name"].get_ref<const std::string&>())
      return blame("a phase's end that is not the newest's");
    row.pop_back();
  }
  void take_counter(const json& event) {
    if (!has(event, "args", json::value_t::object)) return;
    for (const json& value : event["args"]) {
      if (!value.is_number() || value < 0) blame("a counter's value");
    }
  }

  void at_the_end() {
    event_ = "at the end";
    for (const auto& [tid, open] : open_) {
      if (open != 0) blame("a slice of thread " + std::to_string(tid) + " does not end");
    }
    for (const auto& [tid, ts] : seen_) {
      if (!named_.contains(tid)) blame("thread " + std::to_string(tid) + " has no name");
    }
    for (const auto& [id, row] : rows_) {
      if (!row.empty()) blame("phase " + row.back() + " of " + id + " does not end");
    }
    for (auto& arrow : arrows_) {
      std::vector<Step>& steps = arrow.second;
      std::ranges::stable_sort(steps, {}, &Step::ts);
      const auto count = [&](const char* ph) { return std::ranges::count(steps, ph, &Step::ph); };
      if (count("s") != 1 || count("f") != 1 || steps.front().ph != "s" || steps.back().ph != "f")
        blame("arrow " + arrow.first + " is not whole");
    }
  }

  std::vector<std::string> offences_;
  std::string event_;
  std::map<int, double> seen_;
  std::map<int, int> open_;
  std::set<int> named_;
  std::map<std::string, std::vector<Step>> arrows_;
  std::map<std::string, std::vector<std::string>> rows_;
};

/// Returns: what is wrong with the file; nothing if a viewer shows all of it.
std::vector<std::string> offences_of(const json& trace) { return Check().offences_of(trace); }

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
  EXPECT_THAT(offences_of(traced.file), IsEmpty());
  EXPECT_THAT(traced.thread_names(), IsSupersetOf({"client", "audio", "blocks"}));
  EXPECT_THAT(traced.outcome.out, HasSubstr("0 lost, 0 blocks incomplete\na stamp costs "));
  const std::size_t told = traced.count("B", "WOM_DONE");
  EXPECT_GE(told, 20U);
  EXPECT_EQ(traced.count("B", "waveOutWrite"), told);
  EXPECT_EQ(traced.count("B", "DriverCallback"), told);
  EXPECT_EQ(traced.count("s", "buffer"), told);
  EXPECT_EQ(traced.count("t", "buffer"), 2 * told) << "its first frame and its last";
  EXPECT_EQ(traced.count("f", "buffer"), told);
  EXPECT_EQ(traced.count("b", "playing"), told);
  EXPECT_THAT(traced.count("B", "period"), Ge(told));
}

TEST(Trace, Many_streams_with_an_awake_notifier_make_a_file_that_is_whole) {
  const Traced traced = trace({"--streams", "8", "--period", "64", "--wake", "spin"});
  EXPECT_THAT(offences_of(traced.file), IsEmpty());
  EXPECT_EQ(traced.count("B", "WOM_DONE"), traced.count("f", "buffer"));
}

TEST(Trace, On_the_audio_thread_the_callback_lies_in_the_period) {
  const Traced traced = trace({"--completion", "direct"});
  EXPECT_THAT(offences_of(traced.file), IsEmpty());
  EXPECT_THAT(traced.thread_names(), ElementsAre("audio", "blocks", "client"));
  EXPECT_EQ(traced.count("B", "search"), 0U);
}

TEST(Trace, To_standard_output_goes_the_picture_and_nothing_else) {
  const Outcome outcome = run_refwave({"trace", "--device", "clocked", "--seconds", "0.2", "--output", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(offences_of(json::parse(outcome.out, nullptr, false)), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST(Trace, A_file_that_cannot_be_written_is_said_before_anything_plays) {
  const Outcome outcome = run_refwave({"trace", "--device", "clocked", "--output", "/no/such/folder/x.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(is_one_error_line(outcome.err)) << outcome.err;
}

/// The check itself finds what it is for.
TEST(Trace_schema, Finds_what_it_looks_for) {
  const auto found = [](const char* events) {
    return offences_of(json::parse(std::string(R"({"traceEvents":[
        {"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"x"}},)") +
                                   events + "]}"));
  };
  EXPECT_THAT(found(R"({"ph":"B","pid":1,"tid":1,"ts":1,"name":"x"},{"ph":"E","pid":1,"tid":1,"ts":2})"),
              IsEmpty());
  for (
      const char* one : {
          R"({"ph":"B","pid":1,"tid":1,"ts":1,"name":"x"})",
          R"({"ph":"E","pid":1,"tid":1,"ts":1})",
          R"({"ph":"C","pid":1,"tid":1,"ts":1,"name":"x","args":{"n":-1}})",
          R"({"ph":"C","pid":1,"tid":2,"ts":1,"name":"x","args":{"n":1}})",
          R"({"ph":"i","pid":1,"tid":1,"ts":2,"s":"t"},{"ph":"i","pid":1,"tid":1,"ts":1,"s":"t"})",
          R"({"ph":"b","pid":1,"tid":1,"ts":1,"id":"1","name":"x"})",
          R"({"ph":"B","pid":1,"tid":1,"ts":1,"name":"x"},{"ph":"s","pid":1,"tid":1,"ts":1,"cat":"c","id":"1"},
              {"ph":"E","pid":1,"tid":1,"ts":2})",
      })
    EXPECT_THAT(found(one), SizeIs(1)) << one;
  EXPECT_THAT(offences_of(json::parse("[]")), SizeIs(1));
  EXPECT_THAT(offences_of(json()), SizeIs(1)) << "what is no JSON";
}

}  // namespace
}  // namespace refwave::test
