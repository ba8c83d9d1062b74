// The tag on everything that runs on the audio thread.
#pragma once

/// Marks a function that the audio thread runs. Such a function is noexcept, allocates nothing, locks
/// nothing, logs nothing and makes no system call, except for the one wake-up at a period's end and a
/// device's own sleep until its next period.
///
/// With clang 20 and later the tag is the attribute `nonblocking`, and tests/rules/function_effects reports
/// forbidden calls. With other compilers it is empty. For all compilers tests check the imported symbols
/// (audio_symbols_test.cpp) and a driver that plays (system_calls_test.cpp, tests/simulation).
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::nonblocking)
#define REFWAVE_AUDIO_THREAD __attribute__((nonblocking))
#endif
#endif
#ifndef REFWAVE_AUDIO_THREAD
#define REFWAVE_AUDIO_THREAD
#endif
