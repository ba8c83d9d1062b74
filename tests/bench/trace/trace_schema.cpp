#include "tests/bench/trace/trace_schema.h"

#include <algorithm>
#include <map>
#include <set>

namespace refwave::test {
namespace {

using nlohmann::json;

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

}  // namespace

std::vector<std::string> offences_of(const json& trace) { return Check().offences_of(trace); }

}  // namespace refwave::test
