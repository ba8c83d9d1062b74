// The driver: it loads refwave, which does all the work.
#include <dlfcn.h>

#include <cstdlib>

#include "tests/conform/mistakes/mistake.h"

namespace refwave::conform {
namespace {

using WaveEntry = DWORD(APIENTRY*)(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);

template <class Function>
Function refwaves(const char* name) {
  static void* const library = dlopen(REFWAVE_DRIVER, RTLD_NOW | RTLD_LOCAL);
  return reinterpret_cast<Function>(dlsym(library, name));
}

const Mistake& the_mistake() {
  static const Mistake chosen = [] {
    const char* const name = std::getenv("REFWAVE_MISTAKE");
    for (const Mistake& mistake : all_mistakes())
      if (name != nullptr && mistake.name == name) return mistake;
    std::abort();
  }();
  return chosen;
}

constexpr UINT kToInput = WIDM_OPEN - WODM_OPEN;  // the two directions' numbers have the same order

bool has_other_number(UINT output_message) {
  return output_message >= WODM_GETNUMDEVS && output_message <= WODM_GETPOS && output_message != WODM_PAUSE &&
         output_message != WODM_RESTART;
}

void CALLBACK on_message(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR first, DWORD_PTR second) {
  the_mistake().on_message({*reinterpret_cast<const WAVEOPENDESC*>(instance), message, first, second});
}

/// Effects: an OPEN by which refwave notifies this driver in place of the client.
DWORD open_between(const Call& call) {
  // It outlives the stream, whose callback may still be running.
  const auto* client = new WAVEOPENDESC(*reinterpret_cast<const WAVEOPENDESC*>(call.first));
  WAVEOPENDESC between = *client;
  between.dwCallback = reinterpret_cast<DWORD_PTR>(&on_message);
  between.dwInstance = reinterpret_cast<DWORD_PTR>(client);
  return refwaves<WaveEntry>(call.input ? "widMessage" : "wodMessage")(
      call.device, call.input ? WIDM_OPEN : WODM_OPEN, call.user, reinterpret_cast<DWORD_PTR>(&between),
      call.second);
}

}  // namespace

LRESULT forward(const Proc& proc) {
  return refwaves<DRIVERPROC>("DriverProc")(proc.id, proc.handle, proc.message, proc.first, proc.second);
}

DWORD forward(const Call& call) {
  if (call.message == WODM_OPEN && call.first != 0 && the_mistake().on_message != nullptr &&
      (call.second & CALLBACK_TYPEMASK) == CALLBACK_FUNCTION)
    return open_between(call);
  const UINT message = call.input && has_other_number(call.message) ? call.message + kToInput : call.message;
  return refwaves<WaveEntry>(call.input ? "widMessage" : "wodMessage")(call.device, message, call.user,
                                                                       call.first, call.second);
}

void forward(const Message& message) {
  DriverCallback(message.client.dwCallback, HIWORD(CALLBACK_FUNCTION),
                 reinterpret_cast<HDRVR>(message.client.hWave), message.message, message.client.dwInstance,
                 message.first, message.second);
}

extern "C" {

LRESULT CALLBACK DriverProc(DWORD_PTR id, HDRVR handle, UINT message, LPARAM first, LPARAM second) {
  return the_mistake().proc({id, handle, message, first, second});
}

DWORD APIENTRY wodMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) {
  return the_mistake().call({false, device, message, user, first, second});
}

DWORD APIENTRY widMessage(UINT device, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) {
  const UINT number = message - kToInput;
  return the_mistake().call({true, device,
                             message >= WIDM_GETNUMDEVS && has_other_number(number) ? number : message, user,
                             first, second});
}

}  // extern "C"

}  // namespace refwave::conform
