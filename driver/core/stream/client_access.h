// A client's header and its data, as control threads read and mark them. The access may fault, block or
// unwind, because that memory is the client's. So all of this happens under no lock. Control
// threads, any number at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "driver/core/ring/block_ring.h"
#include "driver/core/ring/client_header.h"
#include "driver/core/stream/error.h"
#include "hal/device.h"

namespace refwave::core {

/// Effects: brings the pages of the header's data into memory, so that the audio thread meets no page fault,
/// and marks the header as prepared. Does nothing if the header is prepared already.
void prepare_header(ClientHeader& header, hal::Direction direction);
/// Errors: still_playing.
Error unprepare_header(ClientHeader& header);

/// One header on its way into a stream's queue: read, and marked as queued, so that no other call takes it.
/// After begin() the caller either queues the header or calls undo().
class Submission {
 public:
  /// Effects: touches the data's pages, then claims the header, and reads it. `bytes_per_frame`: of the
  /// stream. Errors: unprepared, still_playing, and then nothing has changed.
  Error begin(ClientHeader& header, hal::Direction direction, std::size_t bytes_per_frame);
  /// Effects: the header is as it was before.
  void undo();

  /// Returns: the block to be queued.
  const Block& block() const { return block_; }

 private:
  Block block_;
  // The header's values at begin().
  std::uint32_t flags_ = 0;
  std::uint32_t bytes_recorded_ = 0;
};

}  // namespace refwave::core
