#include "driver/winmm/client_callback.h"

#include <cxxabi.h>

#include <exception>

#include "hal/system/process.h"

namespace refwave::winmm {
namespace {

DWORD message_of(core::Notice notice, bool input) noexcept {
  if (notice == core::Notice::open) return input ? WIM_OPEN : WOM_OPEN;
  if (notice == core::Notice::close) return input ? WIM_CLOSE : WOM_CLOSE;
  return input ? WIM_DATA : WOM_DONE;
}

/// DCB_NOSWITCH: on the thread's own stack, outside which some language runtimes run no code.
bool call_client(const core::ClientCallback& client, core::Notice notice, core::ClientHeader* header) {
  // A winmm may close its drivers while the process ends.
  if (hal::is_process_ending()) return false;
  const DWORD flags = client.type | DWORD{DCB_NOSWITCH};
  try {
    return DriverCallback(client.target, flags, reinterpret_cast<HDRVR>(client.handle),
                          message_of(notice, client.input), client.instance,
                          reinterpret_cast<DWORD_PTR>(header), 0) != FALSE;
  } catch (const abi::__forced_unwind&) {
    throw;  // it ends its thread
  } catch (...) {
    std::terminate();
  }
}

void CALLBACK no_client(HDRVR, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR) {}

}  // namespace

bool call_no_client(const core::ClientCallback& client, core::Notice notice, core::ClientHeader* header) {
  core::ClientCallback ours = client;
  ours.type = DCB_FUNCTION;
  ours.target = reinterpret_cast<std::uintptr_t>(no_client);
  return call_client(ours, notice, header);
}

core::ClientCallback client_callback(const WAVEOPENDESC& description, DWORD flags,
                                     hal::Direction direction) noexcept {
  const auto type = static_cast<DWORD>(HIWORD(flags & CALLBACK_TYPEMASK));
  const bool wanted = type != DCB_NULL && description.dwCallback != 0;
  return {.function = wanted ? call_client : nullptr,
          .target = description.dwCallback,
          .handle = reinterpret_cast<std::uintptr_t>(description.hWave),
          .instance = description.dwInstance,
          .type = type,
          .input = direction == hal::Direction::input};
}

}  // namespace refwave::winmm
