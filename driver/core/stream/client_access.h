// Control threads' access to a client's header and data. It may fault, block or unwind: under no lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/error.h"
#include "hal/device.h"

namespace refwave::core {

/// Effects: touches the data's pages, and marks the header as prepared; nothing if it is prepared.
void prepare_header(ClientHeader& header, hal::Direction direction);
/// Errors: still_playing.
Error unprepare_header(ClientHeader& header);

/// A header on its way into a queue. After begin() the caller either queues it or calls undo().
class Submission {
 public:
  /// Effects: touches the data's pages, claims the header, reads it. Errors: unprepared, still_playing.
  Error begin(ClientHeader& header, hal::Direction direction, std::size_t bytes_per_frame);
  void undo();

  const Block& block() const { return block_; }

 private:
  Block block_;
  std::uint32_t flags_ = 0;
  std::uint32_t bytes_recorded_ = 0;
};

}  // namespace refwave::core
