// A client's header: WAVEHDR under neutral names (driver/winmm asserts the layout). While it is queued, only
// the driver writes `flags` and `bytes_recorded`; the store of kDone is its last access.
//
// Windows declares WAVEHDR without alignment. An atomic access to four unaligned bytes is a split lock on
// x86, a fault on ARM. All flags lie in the first byte, so only that is accessed atomically.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "dsp/audio_thread.h"

namespace refwave::core {

/// WAVEHDR, as Windows declares it: without alignment.
struct [[gnu::packed]] ClientHeader {
  std::byte* data;
  std::uint32_t length;          // bytes
  std::uint32_t bytes_recorded;  // input: valid bytes in data
  std::uintptr_t user;
  std::uint32_t flags;
  std::uint32_t loops;
  ClientHeader* next;
  std::uintptr_t reserved;
};

// As WHDR_*.
inline constexpr std::uint32_t kDone = 0x01;
inline constexpr std::uint32_t kPrepared = 0x02;
inline constexpr std::uint32_t kBeginLoop = 0x04;
inline constexpr std::uint32_t kEndLoop = 0x08;
inline constexpr std::uint32_t kInQueue = 0x10;

static_assert(std::endian::native == std::endian::little, "the flags' first byte has the lowest bits");

REFWAVE_AUDIO_THREAD inline std::atomic_ref<std::uint8_t> flag_byte(const ClientHeader& header) noexcept {
  auto* const bytes = reinterpret_cast<std::uint8_t*>(const_cast<ClientHeader*>(&header));
  return std::atomic_ref<std::uint8_t>(bytes[offsetof(ClientHeader, flags)]);
}

/// Acquire: pairs with store_flags().
REFWAVE_AUDIO_THREAD inline std::uint32_t load_flags(const ClientHeader& header) noexcept {
  return flag_byte(header).load(std::memory_order_acquire);
}

/// Release: a thread that sees kDone sees the block's data and bytes_recorded.
REFWAVE_AUDIO_THREAD inline void store_flags(ClientHeader& header, std::uint32_t flags) noexcept {
  flag_byte(header).store(static_cast<std::uint8_t>(flags), std::memory_order_release);
}

/// Effects: a compare-exchange that reads `flags` on failure. Orders as load_flags() and store_flags().
REFWAVE_AUDIO_THREAD inline bool change_flags(ClientHeader& header, std::uint32_t& flags,
                                              std::uint32_t wanted) noexcept {
  auto expected = static_cast<std::uint8_t>(flags);
  const bool changed = flag_byte(header).compare_exchange_strong(
      expected, static_cast<std::uint8_t>(wanted), std::memory_order_acq_rel, std::memory_order_acquire);
  flags = expected;
  return changed;
}

}  // namespace refwave::core
