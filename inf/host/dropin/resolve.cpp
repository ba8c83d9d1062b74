// The target of each function of the drop-in winmm.dll, found at the function's first call: nothing is loaded
// before, and DllMain does nothing. Any thread; two at the same time find the same target.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "driver/abi/windows_headers.h"
#include "inf/host/dropin/recorded_use.h"
#include "inf/host/wave/system_wave.h"
#include "inf/host/wave/wave_devices.h"

namespace refwave::host {
namespace {

/// Returns: the system's own winmm; null if there is none.
HMODULE system_winmm() {
  static std::atomic<HMODULE> loaded{nullptr};  // never unloaded
  if (const HMODULE module = loaded) return module;
  wchar_t folder[MAX_PATH];
  if (GetSystemDirectoryW(folder, MAX_PATH) == 0) return nullptr;
  loaded = LoadLibraryW((std::filesystem::path(folder) / L"winmm.dll").c_str());
  return loaded;
}

/// Returns: the system winmm's function of that name, or number (MAKEINTRESOURCEA); null if it has none.
void* system_function(const char* name) {
  const HMODULE module = system_winmm();
  return module == nullptr ? nullptr : reinterpret_cast<void*>(GetProcAddress(module, name));
}

/// The function for a message. It takes the handle and the first `parameters` parameters.
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

/// Effects: formats that only the system's mapper takes are opened there.
void serve_with_system_mapper() {
  static const SystemWinmm& system = *new SystemWinmm;  // never destroyed: threads may outlive main
  set_system_wave(system);
}

/// One export, laid out by thunks_*.S.
struct Export {
  const char* name;  // or "#2": a number
  void* own;         // this module's function; null if only the system has it
  void* absent;      // answers 0
};

}  // namespace
}  // namespace refwave::host

extern "C" {
extern const refwave::host::Export dropin_exports[];
extern void* dropin_targets[];
void* resolve_export(unsigned index) noexcept;
}

namespace refwave::host {
namespace {

void* in_system(const Export& wanted) {
  const bool numbered = wanted.name[0] == '#';
  void* const function =
      system_function(numbered ? MAKEINTRESOURCEA(std::atoi(wanted.name + 1)) : wanted.name);
  return function == nullptr ? wanted.absent : function;
}

/// The driver's threads call into this module, so it is never unloaded.
void stay_in_memory() {
  HMODULE self = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(dropin_targets), &self);
}

/// Returns: whether refwave has a device for this program.
bool refwave_serves() {
  const auto devices = wave_devices();
  return devices->count(Direction::output) + devices->count(Direction::input) > 0;
}

}  // namespace
}  // namespace refwave::host

void* resolve_export(unsigned index) noexcept {
  using namespace refwave::host;
  const Export& wanted = dropin_exports[index];
  const std::atomic_ref target(dropin_targets[index]);
  if (wanted.own != nullptr) {
    // Without refwave the program keeps the system's sound. This target is not stored, because it is also
    // used while a driver is being loaded.
    if (!refwave_serves()) return in_system(wanted);
    static std::atomic_flag is_recorded;
    if (!is_recorded.test_and_set()) record_use();
    stay_in_memory();
    serve_with_system_mapper();
    target.store(wanted.own);
    return wanted.own;
  }
  void* function = in_system(wanted);
  target.store(function);
  return function;
}
