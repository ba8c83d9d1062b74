// What the tests of the drop-in winmm.dll share. They run in programs that have winmm.dll beside them.
#pragma once

#include <filesystem>
#include <vector>

#include "driver/abi/windows_headers.h"

namespace refwave::test {

std::filesystem::path program_folder();
HMODULE imported_winmm();
HMODULE system_winmm();

/// Returns: a function of the system's own winmm, as `declared`, which names the imported one, is declared.
template <class Function>
Function* in_system(const char* name, Function& declared) {
  (void)declared;
  return reinterpret_cast<Function*>(reinterpret_cast<void*>(GetProcAddress(system_winmm(), name)));
}

/// A block of silence at 48 kHz, 16 bits, stereo.
struct Block {
  explicit Block(std::size_t frames);
  std::vector<char> memory;
  WAVEHDR header{};
};

inline constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};

/// How long a test waits for anything, in ms.
inline constexpr DWORD kPatienceMs = 30'000;

}  // namespace refwave::test
