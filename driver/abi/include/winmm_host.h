// The stand-in's additions to Windows: drivers registered for this process alone, the reason why a driver did
// not load, and windows with bounded message queues. These are refwave's own functions: a program that should
// also build on Windows does not use them.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
#include <winmm_language.h>

WINMM_BEGIN_FUNCTIONS

/// Effects: registers a driver for this process, as the line `key=command` of [drivers32] would. Wave
/// functions look at the keys wave, wave1 … wave9, in that order. `command` is UTF-8: the driver's file
/// name, in quotes if it has spaces, and after it the parameter string. NULL removes the key. Call it
/// before the first wave function, or unload the wave drivers first. Thread: any.
///
/// A process that registers anything does not read the file. A process that registers nothing uses the
/// environment variable REFWAVE_DRIVER ("path parameters") as `wave`. Without that variable the file is
/// REFWAVE_SYSTEM_INI, or refwave/system.ini in the user's configuration folder. If there is no such file,
/// the driver is the refwave.drv beside libwinmm.
void WINAPI winmm_host_register_driver(LPCSTR key, LPCSTR command);

/// Effects: closes and unloads the drivers that the wave functions have loaded; the next wave function loads
/// them again. Open wave handles become invalid. Thread: any; while no wave function runs.
void WINAPI winmm_host_unload_wave_drivers(void);

/// Returns: the reasons why the last OpenDriver or wave function of this thread failed to find or load a
/// driver. Each reason is one UTF-8 line with file, line and key; "" if there is none. Valid until this
/// thread's next such call.
LPCSTR WINAPI winmm_host_last_error(void);

/// One registration of a wave driver. UTF-8; valid during the call that reports it.
struct WINMM_HOST_REGISTRATION {
  LPCSTR szKey;         // "wave", "wave1" …; "" if there is no registration at all
  LPCSTR szOrigin;      // who made it: "/etc/system.ini:3: wave1"
  LPCSTR szFile;        // the driver's file; "" if there is none
  LPCSTR szParameters;  // the string that follows it
  LPCSTR szError;       // why there is no file, or no registration; ""
};

/// Effects: reports each registration that the wave functions would use, in their order. If there is none,
/// reports once why. Loads nothing. Thread: any.
void WINAPI winmm_host_list_registrations(
    void(CALLBACK* tell)(LPVOID context, const struct WINMM_HOST_REGISTRATION* registration), LPVOID context);

/// Effects: makes a window of the calling thread. Messages that are posted to it go to that thread's queue.
HWND WINAPI winmm_host_create_window(void);
BOOL WINAPI winmm_host_destroy_window(HWND window);

/// Effects: bounds the calling thread's queue (10000 messages otherwise, as on Windows), and makes the queue
/// if there is none. Messages that are queued already stay, even beyond the bound.
void WINAPI winmm_host_set_queue_capacity(UINT messages);

/// Effects: takes the oldest message of the calling thread (of that window alone, unless `window` is NULL),
/// waiting up to `timeout_ms` for one. Returns: FALSE if there was none.
BOOL WINAPI winmm_host_wait_message(LPMSG message, HWND window, DWORD timeout_ms);

WINMM_END_FUNCTIONS
