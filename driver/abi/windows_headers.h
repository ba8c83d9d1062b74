// Windows' multimedia headers, in the order in which they must be included.
#pragma once

#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>
// mmreg.h and mmddk.h want mmsystem.h first.
#include <mmddk.h>
#include <mmreg.h>
// ksmedia.h wants mmreg.h first.
#include <ksmedia.h>
