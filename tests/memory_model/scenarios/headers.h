// What several scenarios share: a client's headers, whose memory is checked for races, and the blocks for
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/audio_state.h"

namespace refwave::memory_model {

/// `kCount` prepared headers with eight bytes of data each.
template <std::size_t kCount>
struct Headers {
  Headers() {
    for (std::size_t i = 0; i < kCount; ++i)
      header[i] = {.data = data[i].data(),
                   .length = static_cast<std::uint32_t>(data[i].size()),
                   .bytes_recorded = 0,
                   .user = i,
                   .flags = core::kPrepared | core::kInQueue,
                   .loops = 0,
                   .next = nullptr,
                   .reserved = 0};
  }

  core::Block block(std::size_t i) {
    return {.header = &header[i],
            .data = data[i].data(),
            .frames = static_cast<std::uint32_t>(data[i].size() / 2),
            .done_flags = core::kPrepared | core::kDone};
  }
  bool is_done(std::size_t i) const { return (core::load_flags(header[i]) & core::kDone) != 0; }

  std::array<core::ClientHeader, kCount> header;
  std::array<std::array<std::byte, 8>, kCount> data{};
};

/// Effects: finishes the block that plays, if there is one, as an audio thread does with the lock. Returns:
/// how many.
inline std::uint32_t finish_one(core::AudioState& state) {
  core::BlockRing& ring = state.ring();
  if (ring.playing() == nullptr) return 0;
  ring.set_play(ring.play() + 1);
  return state.finish_until(ring.play(), 0);
}

}  // namespace refwave::memory_model
