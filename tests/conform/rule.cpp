#include "tests/conform/rule.h"

#include <array>

#include "tests/conform/jobs.h"
#include "tests/conform/rules.h"

namespace refwave::conform {
namespace {

struct ResultName {
  DWORD result;
  const char* name;
};

constexpr ResultName kResultNames[] = {{MMSYSERR_NOERROR, "MMSYSERR_NOERROR"},
                                       {MMSYSERR_ERROR, "MMSYSERR_ERROR"},
                                       {MMSYSERR_BADDEVICEID, "MMSYSERR_BADDEVICEID"},
                                       {MMSYSERR_NOTENABLED, "MMSYSERR_NOTENABLED"},
                                       {MMSYSERR_ALLOCATED, "MMSYSERR_ALLOCATED"},
                                       {MMSYSERR_INVALHANDLE, "MMSYSERR_INVALHANDLE"},
                                       {MMSYSERR_NODRIVER, "MMSYSERR_NODRIVER"},
                                       {MMSYSERR_NOMEM, "MMSYSERR_NOMEM"},
                                       {MMSYSERR_NOTSUPPORTED, "MMSYSERR_NOTSUPPORTED"},
                                       {MMSYSERR_INVALFLAG, "MMSYSERR_INVALFLAG"},
                                       {MMSYSERR_INVALPARAM, "MMSYSERR_INVALPARAM"},
                                       {WAVERR_BADFORMAT, "WAVERR_BADFORMAT"},
                                       {WAVERR_STILLPLAYING, "WAVERR_STILLPLAYING"},
                                       {WAVERR_UNPREPARED, "WAVERR_UNPREPARED"},
                                       {WAVERR_SYNC, "WAVERR_SYNC"}};

}  // namespace

std::vector<Rule> all_rules() {
  const std::array groups = {driver_rules(),   callback_rules(), device_rules(), open_rules(),
                             header_rules(),   queue_rules(),    reset_rules(),  close_rules(),
                             position_rules(), loop_rules(),     volume_rules(), input_rules(),
                             client_rules(),   crowd_rules()};
  std::vector<Rule> all;
  for (const std::span<const Rule> group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

std::string result_name(DWORD result) {
  for (const ResultName& known : kResultNames) {
    if (known.result == result) return std::string(known.name) + " (" + std::to_string(result) + ")";
  }
  return std::to_string(result);
}

void require(bool condition, std::string_view seen) {
  if (!condition) end_rule({Outcome::broken, std::string(seen)});
}

void require_result(DWORD actual, DWORD expected, std::string_view what) {
  if (actual == expected) return;
  end_rule({Outcome::broken,
            std::string(what) + " answered " + result_name(actual) + " and not " + result_name(expected)});
}

void not_applicable(std::string_view why) { end_rule({Outcome::not_applicable, std::string(why)}); }

}  // namespace refwave::conform
