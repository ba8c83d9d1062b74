// A client's header as the driver sees it: the bytes of Windows' WAVEHDR under neutral names (driver/winmm
// asserts that the layouts agree). While a header is queued the driver alone writes `flags` and
// `bytes_recorded`; the store that sets kDone is the last time it touches the header.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

struct ClientHeader {
  std::byte* data;
  std::uint32_t length;          // bytes
  std::uint32_t bytes_recorded;  // input: valid bytes in data
  std::uintptr_t user;
  std::uint32_t flags;
  std::uint32_t loops;
  ClientHeader* next;
  std::uintptr_t reserved;
};

// The flags, with WAVEHDR's own values (WHDR_*).
inline constexpr std::uint32_t kDone = 0x01;
inline constexpr std::uint32_t kPrepared = 0x02;
inline constexpr std::uint32_t kBeginLoop = 0x04;
inline constexpr std::uint32_t kEndLoop = 0x08;
inline constexpr std::uint32_t kInQueue = 0x10;

/// Returns: the flags now. Acquire: pairs with the release in store_flags().
REFWAVE_AUDIO_THREAD inline std::uint32_t load_flags(const ClientHeader& header) noexcept {
  return std::atomic_ref<std::uint32_t>(const_cast<std::uint32_t&>(header.flags))
      .load(std::memory_order_acquire);
}

/// Effects: sets the flags in one store. Release: a thread that sees kDone sees the block's data and
/// bytes_recorded.
REFWAVE_AUDIO_THREAD inline void store_flags(ClientHeader& header, std::uint32_t flags) noexcept {
  std::atomic_ref<std::uint32_t>(header.flags).store(flags, std::memory_order_release);
}

/// Effects: sets the flags to `wanted` if they still equal `flags`; otherwise reads them into `flags`.
/// Returns: whether they were equal. Acquire and release: as load_flags() and store_flags().
REFWAVE_AUDIO_THREAD inline bool change_flags(ClientHeader& header, std::uint32_t& flags,
                                              std::uint32_t wanted) noexcept {
  return std::atomic_ref<std::uint32_t>(header.flags)
      .compare_exchange_strong(flags, wanted, std::memory_order_acq_rel, std::memory_order_acquire);
}

}  // namespace refwave::core
