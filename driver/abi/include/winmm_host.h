#pragma GCC system_header
// The stand-in's additions to Windows; a program that should also build on Windows does not use them.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
#include <winmm_language.h>

WINMM_BEGIN_FUNCTIONS

/// Effects: registers a driver for this process, as the line `key=command` of [drivers32] would. Wave
/// functions use the keys wave, wave1 … wave9, in that order. `command`: UTF-8, the driver's file name, in
/// quotes if it has spaces, then the parameter string; NULL removes the key. Before the first wave function,
/// or after winmm_host_unload_wave_drivers(). Thread: any.
///
/// A process that registers nothing uses REFWAVE_DRIVER ("path parameters") as `wave`, else the file that
/// REFWAVE_SYSTEM_INI names, else refwave/system.ini in the user's folder, else refwave.drv beside libwinmm.
void WINAPI winmm_host_register_driver(LPCSTR key, LPCSTR command);

/// Effects: closes and unloads the loaded drivers; the next wave function loads them again. Open wave handles
/// become invalid. Thread: any; while no wave function runs.
void WINAPI winmm_host_unload_wave_drivers(void);

/// Returns: why this thread's last OpenDriver or wave function found or loaded no driver: UTF-8 lines with
/// file, line and key, or "". Valid until this thread's next such call.
LPCSTR WINAPI winmm_host_last_error(void);

/// One registration of a wave driver. UTF-8; valid during the call that reports it.
struct WINMM_HOST_REGISTRATION {
  LPCSTR szKey;         // "wave", "wave1" …; "" if there is no registration at all
  LPCSTR szOrigin;      // who made it: "/etc/system.ini:3: wave1"
  LPCSTR szFile;        // the driver's file; "" if there is none
  LPCSTR szParameters;  // the string that follows it
  LPCSTR szError;       // why there is no file, or no registration; ""
};

/// Effects: reports each registration in order, or once why there is none. Loads nothing. Thread: any.
void WINAPI winmm_host_list_registrations(
    void(CALLBACK* tell)(LPVOID context, const struct WINMM_HOST_REGISTRATION* registration), LPVOID context);

/// A window of the calling thread, whose messages go to that thread's queue.
HWND WINAPI winmm_host_create_window(void);
BOOL WINAPI winmm_host_destroy_window(HWND window);

/// Effects: bounds the calling thread's queue (otherwise 10000 messages), and makes it if need be.
void WINAPI winmm_host_set_queue_capacity(UINT messages);

WINMM_END_FUNCTIONS
