// Two of PortAudio's own parts, as other drivers would use them: the ring buffer and the sample converters.
// No header that is meant for programs declares them. So this header does, as far as the benchmarks need
// them.
#pragma once

#include <portaudio.h>

#include <cstddef>

extern "C" {

// Of version 19.6.0: src/common/pa_ringbuffer.h (where `long` is its ring_buffer_size_t), pa_dither.h,
// pa_converters.h.
long PaUtil_InitializeRingBuffer(void* ring, long element_bytes, long element_count, void* elements);
long PaUtil_WriteRingBuffer(void* ring, const void* from, long count);
long PaUtil_ReadRingBuffer(void* ring, void* to, long count);

using PaUtilConverter = void(void* to, int to_stride, void* from, int from_stride, unsigned count,
                             void* dither);
PaUtilConverter* PaUtil_SelectConverter(PaSampleFormat from, PaSampleFormat to, PaStreamFlags flags);
}

namespace refwave::bench {

/// Room for a PaUtilRingBuffer or a dither generator, with plenty to spare.
struct alignas(64) PortAudioObject {
  std::byte bytes[256] = {};
};

}  // namespace refwave::bench
