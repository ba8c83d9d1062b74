// The tag on everything that runs on the audio thread.
#pragma once

/// Marks a function that the audio thread runs. Such a function is noexcept, allocates nothing, locks
/// nothing, logs nothing and makes no system call (the one wake at a period's end excepted). tests/rules
/// checks it.
#define REFWAVE_AUDIO_THREAD
