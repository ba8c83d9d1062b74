// A driver's entries, called without a winmm, and headers of silence for its streams.
#pragma once

#include <array>

#include "driver/abi/windows_headers.h"

namespace refwave::test {

using WaveMessage = DWORD(APIENTRY*)(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);

inline DWORD_PTR address(const void* object) { return reinterpret_cast<DWORD_PTR>(object); }

template <class Function>
Function entry(HMODULE module, const char* name) {
  return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module, name)));
}

/// Returns: a stream of 16 bits, stereo, 48 kHz; 0 if the driver refuses.
inline DWORD_PTR open_stream(WaveMessage wave, UINT message, LPDRVCALLBACK client = nullptr) {
  WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  WAVEOPENDESC description{};
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  description.dwCallback = reinterpret_cast<DWORD_PTR>(client);
  DWORD_PTR stream = 0;
  wave(0, message, address(&stream), address(&description), client ? CALLBACK_FUNCTION : CALLBACK_NULL);
  return stream;
}

/// Four headers of a millisecond.
struct Headers {
  std::array<char, 4 * 48> silence{};
  std::array<WAVEHDR, 4> all{};

  void write(WaveMessage wave_out, DWORD_PTR stream) {
    for (WAVEHDR& header : all) {
      header = {};
      header.lpData = silence.data();
      header.dwBufferLength = static_cast<DWORD>(silence.size());
      wave_out(0, WODM_PREPARE, stream, address(&header), sizeof header);
      wave_out(0, WODM_WRITE, stream, address(&header), sizeof header);
    }
  }
};

}  // namespace refwave::test
