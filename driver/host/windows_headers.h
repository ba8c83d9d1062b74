// Windows' multimedia headers, in the order in which they must be included.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmddk.h wants mmsystem.h first.
#include <mmddk.h>
