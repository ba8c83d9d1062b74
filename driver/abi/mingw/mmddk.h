// MinGW-w64's mmddk.h, and DriverCallback, which its library has, but no header declares.
#pragma once

#include_next <mmddk.h>

extern "C" BOOL APIENTRY DriverCallback(DWORD_PTR dwCallback, DWORD dwFlags, HDRVR hDevice, DWORD dwMsg,
                                        DWORD_PTR dwUser, DWORD_PTR dwParam1, DWORD_PTR dwParam2);
