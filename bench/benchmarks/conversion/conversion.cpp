// Between a client's bytes and the mix: refwave's converters beside PortAudio's and beside copying, for 10 ms
// of stereo at 48 kHz, hot in the cache. PortAudio's clip as refwave's do; dither is off
// on both sides, except where it is named.
#include <portaudio.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "bench/benchmarks/common/samples.h"
#include "dsp/conversion.h"
#include "dsp/encoder.h"
#include "dsp/gain.h"

// None of PortAudio's public headers declares its converters. Of version 19.6.0: src/common/pa_converters.h.
extern "C" {
using PaUtilConverter = void(void* to, int to_stride, void* from, int from_stride, unsigned count,
                             void* dither);
PaUtilConverter* PaUtil_SelectConverter(PaSampleFormat from, PaSampleFormat to, PaStreamFlags flags);
}

namespace refwave::bench {
namespace {

constexpr std::size_t kFrames = 480;
constexpr std::size_t kSamples = kFrames * 2;
constexpr std::size_t kPasses = 100;  // conversions that one sample is the mean of
constexpr dsp::Format kStereo{.type = dsp::SampleType::f32, .channels = 2, .rate = 48'000};

struct Type {
  const char* name;
  dsp::SampleType type;
  PaSampleFormat portaudio;
};
constexpr Type kTypes[] = {{"s16", dsp::SampleType::s16, paInt16}, {"s24", dsp::SampleType::s24, paInt24}};

/// A sine in the mix, somewhat above full scale, so that there is something to clip; and room for its bytes.
struct Buffers {
  Buffers() : bus(kSamples), bytes(kSamples * sizeof(float)) {
    for (std::size_t i = 0; i < kSamples; ++i) bus[i] = 1.2F * std::sin(static_cast<float>(i) * 0.05F);
  }
  std::vector<float> bus;
  std::vector<std::byte> bytes;
};

/// `convert(buffers)`: all samples, once.
template <typename Convert>
void add_conversion(const std::string& name, Convert convert) {
  add("conversion/" + name, kPasses, [convert](benchmark::State&) {
    return [convert, buffers = Buffers()]() mutable {
      return loop_ns(kPasses, [&] {
        convert(buffers);
        benchmark::ClobberMemory();
      });
    };
  });
}

void add_refwave(const Type& type) {
  add_conversion(std::string("refwave/decode/") + type.name, [decode = dsp::decoder(type.type)](Buffers& b) {
    decode(b.bytes.data(), b.bus.data(), kSamples);
  });
  add_conversion(std::string("refwave/encode/") + type.name, [encode = dsp::encoder(type.type)](Buffers& b) {
    encode(b.bus.data(), b.bytes.data(), kSamples);
  });
}

void add_portaudio(const Type& type) {
  add_conversion(std::string("PortAudio/decode/") + type.name,
                 [convert = PaUtil_SelectConverter(type.portaudio, paFloat32, paDitherOff)](Buffers& b) {
                   convert(b.bus.data(), 1, b.bytes.data(), 1, kSamples, nullptr);
                 });
  add_conversion(std::string("PortAudio/encode/") + type.name,
                 [convert = PaUtil_SelectConverter(paFloat32, type.portaudio, paDitherOff)](Buffers& b) {
                   convert(b.bytes.data(), 1, b.bus.data(), 1, kSamples, nullptr);
                 });
}

void add_dither() {
  static constexpr dsp::Format kShorts{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};
  add_conversion("refwave/encode_with_dither/s16", [](Buffers& b) {
    static dsp::Encoder encoder(kShorts, dsp::Dither::on, 1);
    encoder.encode(b.bus.data(), b.bytes.data(), kSamples);
  });
}

/// Six channels to two, by a matrix.
void add_down_mix() {
  static const dsp::ChannelMap map({.type = dsp::SampleType::f32, .channels = 6, .rate = 48'000}, kStereo);
  static const std::vector<float> in(kFrames * 6, 0.1F);
  add_conversion("refwave/down_mix/f32", [](Buffers& b) { map.add(in.data(), b.bus.data(), kFrames); });
}

/// What the mixer does with a block of 16-bit samples: to float, times the volume, onto the bus, which is
/// aligned as the driver's is.
void add_to_mix() {
  static const dsp::ChannelMap map({.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000}, kStereo);
  static dsp::Gain gain(kStereo, 0);
  gain.set_target(0.5F, 0.5F);
  alignas(64) static std::array<float, kSamples> bus;
  add_conversion("refwave/add_to_mix/s16",
                 [](Buffers& b) { dsp::mix(map, gain, b.bytes.data(), bus.data(), kFrames); });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave::bench;
  // The baseline: work on samples cannot be faster than copying them.
  add_conversion("memcpy", [out = std::vector<float>(kSamples)](Buffers& b) mutable {
    std::memcpy(out.data(), b.bus.data(), kSamples * sizeof(float));
    benchmark::DoNotOptimize(out.data());
  });
  for (const Type& type : kTypes) {
    add_refwave(type);
    add_portaudio(type);
  }
  add_to_mix();
  add_dither();
  add_down_mix();
  return run(argc, argv);
}
