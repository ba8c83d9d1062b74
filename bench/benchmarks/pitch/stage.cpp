// The driver's stage of playback rate and pitch, and nothing else: `stage SAMPLE_RATE RATE PITCH IN OUT`. IN
// and OUT are files of mono float samples; the output ends where the input's time ends.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <span>
#include <vector>

#include "dsp/speed/speed.h"

namespace refwave {
namespace {

constexpr std::size_t kBlock = 480;

std::vector<float> read(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  std::vector<float> samples(static_cast<std::size_t>(file.tellg()) / sizeof(float));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(samples.data()),
            static_cast<std::streamsize>(samples.size() * sizeof(float)));
  return samples;
}

bool write(const char* path, std::span<const float> samples) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(samples.data()),
             static_cast<std::streamsize>(samples.size_bytes()));
  return file.flush().good();
}

/// Returns: the whole sound, changed. Silence follows the input, so that the stage gives all it holds.
std::vector<float> changed(dsp::Speed& speed, const std::vector<float>& in, double rate) {
  const std::vector<float> silence(kBlock);
  std::vector<float> out(static_cast<std::size_t>(std::llround(static_cast<double>(in.size()) / rate)));
  std::size_t taken = 0;
  for (std::size_t made = 0; made < out.size();) {
    const std::span<const float> next = taken < in.size() ? std::span(in).subspan(taken) : std::span(silence);
    const auto step = speed.process(next.data(), std::min(next.size(), kBlock), out.data() + made,
                                    std::min(kBlock, out.size() - made));
    taken += step.in_used;
    made += step.out_made;
  }
  return out;
}

int run(std::span<char*> words) {
  if (words.size() != 6) {
    std::cerr << "usage: stage SAMPLE_RATE RATE PITCH IN OUT\n";
    return 2;
  }
  const auto factor = [](const char* word) {
    return static_cast<dsp::Factor>(std::lround(std::atof(word) * dsp::kUnity));
  };
  const dsp::Factor rate = factor(words[2]);
  const dsp::Factor pitch = factor(words[3]);
  const auto in_range = [](dsp::Factor one) {
    return one >= dsp::kLeastFactor && one <= dsp::kGreatestFactor;
  };
  const std::vector<float> in = read(words[4]);
  const auto speed =
      dsp::Speed::make(1, static_cast<std::uint32_t>(std::atoi(words[1])), dsp::Quality::medium);
  if (in.empty() || !in_range(rate) || !in_range(pitch) || !speed || !speed->prepare(rate, pitch)) {
    std::cerr << "stage: no samples, a factor that is no factor, or no memory\n";
    return 1;
  }
  speed->set(rate, pitch);
  return write(words[5], changed(*speed, in, static_cast<double>(rate) / dsp::kUnity)) ? 0 : 1;
}

}  // namespace
}  // namespace refwave

int main(int argc, char** argv) { return refwave::run({argv, static_cast<std::size_t>(argc)}); }
