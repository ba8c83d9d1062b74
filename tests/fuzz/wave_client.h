// A client of the wave messages whose headers and data lie in memory of exactly their size, so that
// AddressSanitizer sees any access beyond them. It counts what it wrote and what it was told.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

#include "tests/contract/model/direct_driver.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

/// A header, its data, and its account.
struct Written {
  std::unique_ptr<WAVEHDR> header = std::make_unique<WAVEHDR>();
  std::unique_ptr<char[]> data;
  std::atomic<std::uint32_t> accepted{0};
  std::atomic<std::uint32_t> told{0};

  bool is_queued() const { return accepted != told; }
  /// Effects: new memory of `length` bytes. Precondition: not queued.
  void renew(std::size_t length);
};

/// One stream's place: it is open, or not yet, or no more.
struct Place {
  bool is_input = false;
  DWORD_PTR handle = 0;
  bool is_open = false;
  std::atomic<bool> was_closed{false};    // WOM_CLOSE or WIM_CLOSE has come
  std::atomic<bool> told_wrongly{false};  // of an unknown header, or of one that is not done
  std::array<Written, 6> written;

  UINT either(UINT output, UINT input) const { return is_input ? input : output; }
  DWORD send(UINT message, DWORD_PTR first = 0, DWORD_PTR second = 0, UINT device = 0) const {
    return (is_input ? widMessage : wodMessage)(device, message, handle, first, second);
  }
  void open(const WAVEFORMATEX& format, DWORD flags);
  void write(Written& written);
  /// Returns: the driver's answer.
  DWORD close();
  /// Effects: reset and close. Throws: Broken, unless every header came back, once.
  void finish();

  static void CALLBACK called(HDRVR, UINT message, DWORD_PTR place, DWORD_PTR header, DWORD_PTR);

 private:
  void on_message(UINT message, const WAVEHDR* header);
};

inline constexpr std::array<WAVEFORMATEX, 3> kFormats{{{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0},
                                                       {WAVE_FORMAT_PCM, 1, 44'100, 44'100, 1, 8, 0},
                                                       {WAVE_FORMAT_PCM, 2, 48'000, 288'000, 6, 24, 0}}};

}  // namespace refwave::fuzz
