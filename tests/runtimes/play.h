// What each of these clients does, for those that can call C.
#pragma once

#include <windows.h>

#include <mmsystem.h>

/// Effects: opens, plays twelve blocks, resets six more and closes; the function gets twenty messages.
/// Returns: 0, or the number of the first step whose answer was wrong.
int play(LPDRVCALLBACK heard);
