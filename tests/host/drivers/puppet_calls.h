// What a puppet driver calls in the test program: every message it gets is answered there.
#pragma once

#include <mmddk.h>

#pragma GCC visibility push(default)
extern "C" {
LRESULT puppet_driver_proc(const char* driver, DWORD_PTR identifier, HDRVR handle, UINT message,
                           LPARAM lparam1, LPARAM lparam2);
DWORD puppet_wave_message(const char* driver, const char* entry, UINT device, UINT message, DWORD_PTR user,
                          DWORD_PTR parameter1, DWORD_PTR parameter2);
}
#pragma GCC visibility pop
