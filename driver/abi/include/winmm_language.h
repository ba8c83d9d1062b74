#pragma GCC system_header
// What C and C++ say differently, for these headers.
#pragma once

#ifdef __cplusplus
#define WINMM_BEGIN_FUNCTIONS _Pragma("GCC visibility push(default)") extern "C" {
#define WINMM_END_FUNCTIONS \
  }                         \
  _Pragma("GCC visibility pop")
#if __cplusplus >= 201703L
#define WINMM_CONSTANT inline constexpr
#else
#define WINMM_CONSTANT __attribute__((unused)) static const
#endif
#define WINMM_CAST(type, value) (static_cast<type>(value))
#define WINMM_REFERENCE(type) const type&
#else
#include <uchar.h>
#define WINMM_BEGIN_FUNCTIONS _Pragma("GCC visibility push(default)")
#define WINMM_END_FUNCTIONS _Pragma("GCC visibility pop")
#define WINMM_CONSTANT __attribute__((unused)) static const
#define WINMM_CAST(type, value) ((type)(value))
#define WINMM_REFERENCE(type) const type*
#endif
