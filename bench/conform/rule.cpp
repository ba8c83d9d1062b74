// All rules; and all messages: the page that describes each, and where refwave handles it.
#include "bench/conform/rule.h"

#include <algorithm>
#include <utility>

#include "bench/conform/rules/rules.h"

namespace refwave::conform {
namespace {

constexpr std::string_view kProc = "driver/winmm/driver_proc.cpp";
constexpr std::string_view kGate = "driver/control/driver_gate.cpp";
constexpr std::string_view kClient = "driver/winmm/client_callback.cpp";
constexpr std::string_view kCall = "driver/winmm/wave_call.cpp";
constexpr std::string_view kCalls = "driver/control/streams_calls.cpp";
constexpr std::string_view kStreams = "driver/control/streams.cpp";
constexpr std::string_view kClose = "driver/control/close_protocol.cpp";

constexpr Message kMessages[] = {
    {"Process", "DllMain entry point, ExitProcess function", "hal/system/process.h", "is_process_ending"},
    {"DRV_LOAD", "DRV_LOAD message", kProc, "DriverProc"},
    {"DRV_ENABLE", "DRV_ENABLE message", kGate, "enable"},
    {"DRV_DISABLE", "DRV_DISABLE message", kGate, "disable"},
    {"DRV_OPEN", "DRV_OPEN message", kProc, "open_instance"},
    {"DRV_CLOSE", "DRV_CLOSE message", kProc, "DriverProc"},
    {"DRV_FREE", "DRV_FREE message", kProc, "DriverProc"},
    {"DRV_INSTALL", "DRV_INSTALL message", kProc, "DriverProc"},
    {"DRV_REMOVE", "DRV_REMOVE message", kProc, "DriverProc"},
    {"DRV_CONFIGURE", "DRV_CONFIGURE message, DRV_QUERYCONFIGURE message", kProc, "DriverProc"},
    {"DRV_POWER", "DRV_POWER message", kProc, "DriverProc"},
    {"DriverProc", "DriverProc callback function, DefDriverProc function", kProc, "DriverProc"},
    {"REFWAVE_GET_STATISTICS", "driver/winmm/refwave.h", "driver/winmm/own_messages.cpp", "give_statistics"},
    {"CALLBACK_FUNCTION", "waveOutOpen function, DriverCallback function", kClient, "call_client"},
    {"CALLBACK_EVENT", "waveOutOpen function, DriverCallback function", kClient, "client_callback"},
    {"CALLBACK_WINDOW", "waveOutOpen function, DriverCallback function", kClient, "client_callback"},
    {"CALLBACK_THREAD", "waveOutOpen function, DriverCallback function", kClient, "client_callback"},
    {"CALLBACK_NULL", "waveOutOpen function, DriverCallback function", kClient, "client_callback"},
    {"WOM_OPEN", "WOM_OPEN message, WODM_OPEN message", kStreams, "open"},
    {"WOM_DONE", "WOM_DONE message, DriverCallback function", "driver/core/stream/deliver.h", "deliver"},
    {"WOM_CLOSE", "WOM_CLOSE message, WODM_CLOSE message", kClose, "notify_closed"},
    {"WIM_OPEN", "WIM_OPEN message, WIDM_OPEN message", kStreams, "open"},
    {"WIM_DATA", "WIM_DATA message, DriverCallback function", "driver/core/stream/deliver.h", "deliver"},
    {"WIM_CLOSE", "WIM_CLOSE message, WIDM_CLOSE message", kClose, "notify_closed"},
    {"wodMessage", "wodMessage function", kCall, "dispatch"},
    {"widMessage", "widMessage function", kCall, "dispatch"},
    {"DRVM_INIT", "DRVM_INIT message", kCall, "is_driver_management"},
    {"WODM_GETNUMDEVS", "WODM_GETNUMDEVS message", kCall, "dispatch"},
    {"WODM_GETDEVCAPS", "WODM_GETDEVCAPS message", "driver/winmm/capabilities.cpp", "output_capabilities"},
    {"WODM_OPEN", "WODM_OPEN message, WAVEFORMATEX structure", kCall, "open_stream"},
    {"WODM_CLOSE", "WODM_CLOSE message", kStreams, "close"},
    {"WODM_PREPARE", "WODM_PREPARE message", kCalls, "prepare"},
    {"WODM_UNPREPARE", "WODM_UNPREPARE message", kCalls, "unprepare"},
    {"WODM_WRITE", "WODM_WRITE message", "driver/core/stream/stream.cpp", "write"},
    {"WODM_PAUSE", "WODM_PAUSE message", kCalls, "pause"},
    {"WODM_RESTART", "WODM_RESTART message", kCalls, "run"},
    {"WODM_RESET", "WODM_RESET message", kStreams, "return_blocks"},
    {"WODM_GETPOS", "WODM_GETPOS message, MMTIME structure", kCall, "get_position"},
    {"WHDR_BEGINLOOP", "WAVEHDR structure, waveOutWrite function", "driver/core/stream/playback_state.cpp",
     "end_block"},
    {"WODM_BREAKLOOP", "WODM_BREAKLOOP message", kCalls, "break_loop"},
    {"WODM_SETVOLUME", "WODM_SETVOLUME message, WODM_GETVOLUME message", kCall, "set_volume"},
    {"WODM_SETPITCH", "WODM_SETPITCH message, WODM_GETPITCH message", kCall, "set_speed"},
    {"WODM_SETPLAYBACKRATE", "WODM_SETPLAYBACKRATE message, WODM_GETPLAYBACKRATE message", kCall,
     "set_speed"},
    {"WIDM_GETNUMDEVS", "WIDM_GETNUMDEVS message", kCall, "dispatch"},
    {"WIDM_GETDEVCAPS", "WIDM_GETDEVCAPS message", "driver/winmm/capabilities.cpp", "input_capabilities"},
    {"WIDM_OPEN", "WIDM_OPEN message, WAVEFORMATEX structure", kCall, "open_stream"},
    {"WIDM_CLOSE", "WIDM_CLOSE message", kStreams, "close"},
    {"WIDM_PREPARE", "WIDM_PREPARE message", kCalls, "prepare"},
    {"WIDM_UNPREPARE", "WIDM_UNPREPARE message", kCalls, "unprepare"},
    {"WIDM_ADDBUFFER", "WIDM_ADDBUFFER message", "driver/core/stream/stream.cpp", "write"},
    {"WIDM_START", "WIDM_START message", kCalls, "run"},
    {"WIDM_STOP", "WIDM_STOP message", kStreams, "return_blocks"},
    {"WIDM_RESET", "WIDM_RESET message", kStreams, "return_blocks"},
    {"WIDM_GETPOS", "WIDM_GETPOS message, MMTIME structure", kCall, "get_position"},
    {"Crowd", "Creating a DriverProc Function, Installable Drivers", "driver/notify/notifiers.cpp", "run"},
};

std::function<void(Subject&)> test_of(const Entry& entry, Direction direction) {
  if (entry.test != nullptr) return entry.test;
  return [test = entry.directed, direction](Subject& subject) { test(subject, direction); };
}

}  // namespace

std::vector<Rule> all_rules() {
  using Group = std::pair<std::string_view, std::span<const Entry>>;
  const Group groups[] = {{"driver", driver_rules()},     {"statistics", statistics_rules()},
                          {"callback", callback_rules()}, {"device", device_rules()},
                          {"open", open_rules()},         {"format", format_rules()},
                          {"header", header_rules()},     {"queue", queue_rules()},
                          {"reset", reset_rules()},       {"close", close_rules()},
                          {"position", position_rules()}, {"loop", loop_rules()},
                          {"volume", volume_rules()},     {"input", input_rules()},
                          {"client", client_rules()},     {"crowd", crowd_rules()}};
  std::vector<Rule> all;
  for (const auto& [name, group] : groups) {
    for (const Direction direction : {kOut, kIn}) {
      for (const Entry& entry : group) {
        const std::string_view id = direction == kOut ? entry.id : entry.input_id;
        if (!id.empty()) all.push_back({id, entry.sentence, test_of(entry, direction), entry.traits, name});
      }
    }
  }
  return all;
}

const Message& message_of(const Rule& rule) {
  return *std::ranges::find(all_messages(), rule.message(), &Message::name);
}

std::span<const Message> all_messages() { return kMessages; }

}  // namespace refwave::conform
