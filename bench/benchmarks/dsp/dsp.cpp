// 10 ms of stereo, hot in the cache: refwave's conversions of samples beside PortAudio's and beside copying,
// and its conversion of rates beside libsamplerate's. PortAudio's clip as refwave's do; dither is off.
#include <portaudio.h>
#include <samplerate.h>

#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/benchmarks/common/samples.h"
#include "dsp/conversion.h"
#include "dsp/encoder.h"
#include "dsp/gain.h"
#include "dsp/resampler.h"

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

void add_type(const std::string& name, dsp::SampleType type, PaSampleFormat portaudio) {
  add_conversion("refwave/decode/" + name, [decode = dsp::decoder(type)](Buffers& b) {
    decode(b.bytes.data(), b.bus.data(), kSamples);
  });
  add_conversion("refwave/encode/" + name, [encode = dsp::encoder(type)](Buffers& b) {
    encode(b.bus.data(), b.bytes.data(), kSamples);
  });
  add_conversion("PortAudio/decode/" + name,
                 [convert = PaUtil_SelectConverter(portaudio, paFloat32, paDitherOff)](Buffers& b) {
                   convert(b.bus.data(), 1, b.bytes.data(), 1, kSamples, nullptr);
                 });
  add_conversion("PortAudio/encode/" + name,
                 [convert = PaUtil_SelectConverter(paFloat32, portaudio, paDitherOff)](Buffers& b) {
                   convert(b.bytes.data(), 1, b.bus.data(), 1, kSamples, nullptr);
                 });
}

/// What the mixer does with a block of 16-bit samples: to float, times the volume, onto the bus, which is
/// aligned as the driver's is. Beside it a copy: work on samples cannot be faster than copying them.
void add_to_mix() {
  static constexpr dsp::Format kStereo{.type = dsp::SampleType::f32, .channels = 2, .rate = 48'000};
  static const dsp::ChannelMap map({.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000}, kStereo);
  static dsp::Gain gain(kStereo, 0);
  gain.set_target(0.5F, 0.5F);
  alignas(64) static std::array<float, kSamples> bus;
  add_conversion("refwave/add_to_mix/s16",
                 [](Buffers& b) { dsp::mix(map, gain, b.bytes.data(), bus.data(), kFrames); });
  add_conversion("memcpy", [out = std::vector<float>(kSamples)](Buffers& b) mutable {
    std::memcpy(out.data(), b.bus.data(), kSamples * sizeof(float));
    benchmark::DoNotOptimize(out.data());
  });
}

struct Refwave {
  Refwave(std::uint16_t channels, dsp::Quality quality)
      : resampler(dsp::Resampler::make(channels, 44'100, 48'000, quality)) {}
  /// Returns: how many frames it made.
  std::size_t process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) {
    return resampler->process(in, in_frames, out, out_frames).out_made;
  }
  std::unique_ptr<dsp::Resampler> resampler;
};

struct Libsamplerate {
  Libsamplerate(std::uint16_t channels, dsp::Quality quality)
      : state(src_new(SRC_SINC_FASTEST - static_cast<int>(quality), channels, nullptr), src_delete) {}
  std::size_t process(const float* in, std::size_t in_frames, float* out, std::size_t out_frames) {
    SRC_DATA data = {};
    data.data_in = in;
    data.data_out = out;
    data.input_frames = static_cast<long>(in_frames);
    data.output_frames = static_cast<long>(out_frames);
    data.src_ratio = 48'000.0 / 44'100;
    src_process(state.get(), &data);
    return static_cast<std::size_t>(data.output_frames_gen);
  }
  std::unique_ptr<SRC_STATE, decltype(&src_delete)> state;
};

/// Returns: the frames that go in, one by one, before the first comes out.
template <typename Resampler>
double delay_of(dsp::Quality quality) {
  Resampler resampler(1, quality);
  const float silence = 0;
  float out = 0;
  double fed = 0;
  while (resampler.process(&silence, 1, &out, 1) == 0) ++fed;
  return fed;
}

template <typename Resampler>
void add_resampling(const std::string& name, dsp::Quality quality) {
  add("resampling/" + name, 1, [quality](benchmark::State& state) {
    state.counters["delay"] = delay_of<Resampler>(quality);
    auto step = [resampler = std::make_shared<Resampler>(2, quality), in = Buffers().bus,
                 out = std::vector<float>(kSamples)]() mutable {
      return loop_ns(1, [&] {
        for (std::size_t made = 0; made < kFrames;)
          made += resampler->process(in.data(), 441, out.data(), kFrames - made);
        benchmark::ClobberMemory();
      });
    };
    for (int block = 0; block < 10; ++block) step();
    return step;
  });
}

}  // namespace
}  // namespace refwave::bench

int main(int argc, char** argv) {
  using namespace refwave;
  bench::add_type("s16", dsp::SampleType::s16, paInt16);
  bench::add_type("s24", dsp::SampleType::s24, paInt24);
  bench::add_to_mix();
  for (const auto& [name, quality] : {std::pair{"fastest", dsp::Quality::fastest},
                                      {"medium", dsp::Quality::medium},
                                      {"best", dsp::Quality::best}}) {
    bench::add_resampling<bench::Refwave>(std::string("refwave/") + name, quality);
    bench::add_resampling<bench::Libsamplerate>(std::string("libsamplerate/") + name, quality);
  }
  return bench::run(argc, argv);
}
