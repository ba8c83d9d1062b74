#include "bench/conform/client/finding.h"

#include <iterator>

namespace refwave::conform {
namespace {

constexpr const char* kResults[] = {"MMSYSERR_NOERROR",    "MMSYSERR_ERROR",     "MMSYSERR_BADDEVICEID",
                                    "MMSYSERR_NOTENABLED", "MMSYSERR_ALLOCATED", "MMSYSERR_INVALHANDLE",
                                    "MMSYSERR_NODRIVER",   "MMSYSERR_NOMEM",     "MMSYSERR_NOTSUPPORTED",
                                    "MMSYSERR_BADERRNUM",  "MMSYSERR_INVALFLAG", "MMSYSERR_INVALPARAM"};
constexpr const char* kWaveResults[] = {"WAVERR_BADFORMAT", "WAVERR_STILLPLAYING", "WAVERR_UNPREPARED",
                                        "WAVERR_SYNC"};
constexpr const char* kOutputMessages[] = {
    "GETNUMDEVS", "GETDEVCAPS", "OPEN",      "CLOSE",           "PREPARE",         "UNPREPARE",
    "WRITE",      "PAUSE",      "RESTART",   "RESET",           "GETPOS",          "GETPITCH",
    "SETPITCH",   "GETVOLUME",  "SETVOLUME", "GETPLAYBACKRATE", "SETPLAYBACKRATE", "BREAKLOOP"};
constexpr const char* kInputMessages[] = {"GETNUMDEVS", "GETDEVCAPS", "OPEN", "CLOSE", "PREPARE", "UNPREPARE",
                                          "ADDBUFFER",  "START",      "STOP", "RESET", "GETPOS"};
constexpr const char* kClientMessages[] = {"WOM_OPEN", "WOM_CLOSE", "WOM_DONE",
                                           "WIM_OPEN", "WIM_CLOSE", "WIM_DATA"};

}  // namespace

const char* outcome_name(Outcome outcome) {
  constexpr const char* kNames[] = {"kept", "broken", "not applicable"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string message_name(UINT message) {
  if (message - WODM_GETNUMDEVS < std::size(kOutputMessages))
    return std::string("WODM_") + kOutputMessages[message - WODM_GETNUMDEVS];
  if (message - WIDM_GETNUMDEVS < std::size(kInputMessages))
    return std::string("WIDM_") + kInputMessages[message - WIDM_GETNUMDEVS];
  if (message - WOM_OPEN < std::size(kClientMessages)) return kClientMessages[message - WOM_OPEN];
  return "message " + std::to_string(message);
}

std::string result_name(DWORD result) {
  const std::string number = std::to_string(result);
  if (result < std::size(kResults)) return std::string(kResults[result]) + " (" + number + ")";
  if (result - WAVERR_BADFORMAT >= std::size(kWaveResults)) return number;
  return std::string(kWaveResults[result - WAVERR_BADFORMAT]) + " (" + number + ")";
}

void require(bool condition, std::string_view seen) {
  if (!condition) end_rule({Outcome::broken, std::string(seen)});
}

void require_result(DWORD actual, DWORD expected, std::string_view what) {
  if (actual == expected) return;
  end_rule({Outcome::broken,
            std::string(what) + " returned " + result_name(actual) + ", expected " + result_name(expected)});
}

void not_applicable(std::string_view why) { end_rule({Outcome::not_applicable, std::string(why)}); }

}  // namespace refwave::conform
