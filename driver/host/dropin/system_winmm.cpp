// The system's functions by name, and the function for each message.
#include "driver/host/dropin/system_winmm.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <span>

#include "driver/host/wave/system_wave.h"

namespace refwave::host {
namespace {

/// Returns: the system's own winmm, which is loaded beside this one; null if there is none.
HMODULE system_winmm() {
  static std::atomic<HMODULE> loaded{nullptr};  // never unloaded
  if (const HMODULE module = loaded) return module;
  wchar_t folder[MAX_PATH];
  if (GetSystemDirectoryW(folder, MAX_PATH) == 0) return nullptr;
  loaded = LoadLibraryW((std::filesystem::path(folder) / L"winmm.dll").c_str());
  return loaded;
}

/// The function that belongs to a message. It takes the handle and some or all of the message's parameters.
struct Function {
  UINT message;
  const char* name;
  int parameters;
};

constexpr std::array kOut = std::to_array<Function>({{WODM_GETDEVCAPS, "waveOutGetDevCapsW", 2},
                                                     {WODM_CLOSE, "waveOutClose", 0},
                                                     {WODM_PREPARE, "waveOutPrepareHeader", 2},
                                                     {WODM_UNPREPARE, "waveOutUnprepareHeader", 2},
                                                     {WODM_WRITE, "waveOutWrite", 2},
                                                     {WODM_PAUSE, "waveOutPause", 0},
                                                     {WODM_RESTART, "waveOutRestart", 0},
                                                     {WODM_RESET, "waveOutReset", 0},
                                                     {WODM_GETPOS, "waveOutGetPosition", 2},
                                                     {WODM_GETPITCH, "waveOutGetPitch", 1},
                                                     {WODM_SETPITCH, "waveOutSetPitch", 1},
                                                     {WODM_GETVOLUME, "waveOutGetVolume", 1},
                                                     {WODM_SETVOLUME, "waveOutSetVolume", 1},
                                                     {WODM_GETPLAYBACKRATE, "waveOutGetPlaybackRate", 1},
                                                     {WODM_SETPLAYBACKRATE, "waveOutSetPlaybackRate", 1},
                                                     {WODM_BREAKLOOP, "waveOutBreakLoop", 0}});
constexpr std::array kIn = std::to_array<Function>({{WIDM_GETDEVCAPS, "waveInGetDevCapsW", 2},
                                                    {WIDM_CLOSE, "waveInClose", 0},
                                                    {WIDM_PREPARE, "waveInPrepareHeader", 2},
                                                    {WIDM_UNPREPARE, "waveInUnprepareHeader", 2},
                                                    {WIDM_ADDBUFFER, "waveInAddBuffer", 2},
                                                    {WIDM_START, "waveInStart", 0},
                                                    {WIDM_STOP, "waveInStop", 0},
                                                    {WIDM_RESET, "waveInReset", 0},
                                                    {WIDM_GETPOS, "waveInGetPosition", 2}});

template <class... Parameters>
MMRESULT call(const char* name, Parameters... parameters) {
  using Called = MMRESULT(WINAPI*)(Parameters...);
  const auto function = reinterpret_cast<Called>(system_function(name));
  return function == nullptr ? MMSYSERR_NODRIVER : function(parameters...);
}

class SystemWinmm final : public SystemWave {
 public:
  MMRESULT open(Direction direction, HWAVE* handle, const OpenCall& opening) const override {
    return call(direction == Direction::output ? "waveOutOpen" : "waveInOpen", handle, WAVE_MAPPER,
                opening.format, opening.callback, opening.instance,
                opening.flags & ~static_cast<DWORD>(WAVE_MAPPED));
  }

  MMRESULT send(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                DWORD_PTR parameter2) const override {
    const std::span<const Function> all =
        direction == Direction::output ? std::span<const Function>(kOut) : std::span<const Function>(kIn);
    const auto found = std::ranges::find(all, message, &Function::message);
    if (found == all.end()) return MMSYSERR_NOTSUPPORTED;
    if (found->parameters == 0) return call(found->name, handle);
    if (found->parameters == 1) return call(found->name, handle, parameter1);
    return call(found->name, handle, parameter1, parameter2);
  }

  MMRESULT id(Direction direction, HWAVE handle, LPUINT id) const override {
    return call(direction == Direction::output ? "waveOutGetID" : "waveInGetID", handle, id);
  }

  MMRESULT message(Direction direction, HWAVE handle, UINT message, DWORD_PTR parameter1,
                   DWORD_PTR parameter2) const override {
    return call(direction == Direction::output ? "waveOutMessage" : "waveInMessage", handle, message,
                parameter1, parameter2);
  }
};

}  // namespace

void* system_function(const char* name) {
  const HMODULE module = system_winmm();
  return module == nullptr ? nullptr : reinterpret_cast<void*>(GetProcAddress(module, name));
}

void serve_with_system_mapper() {
  static const SystemWinmm& system = *new SystemWinmm;  // never destroyed: threads may outlive main
  set_system_wave(system);
}

}  // namespace refwave::host
