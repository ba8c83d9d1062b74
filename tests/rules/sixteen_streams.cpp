#include "tests/rules/sixteen_streams.h"

#include <winmm_host.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace refwave::test {
namespace {

using dsp::SampleType;
constexpr std::array<dsp::Format, 8> kFormats = {{{SampleType::u8, 1},
                                                  {SampleType::s16, 2},
                                                  {SampleType::s24, 2},
                                                  {SampleType::s32, 2},
                                                  {SampleType::s16, 1, 44'100},
                                                  {SampleType::s16, 2},
                                                  {SampleType::u8, 2},
                                                  {SampleType::s16, 2}}};
constexpr std::size_t kBlocks = 4;
constexpr std::size_t kBlockFrames = 397;  // a prime number, so that ends fall anywhere in a period

}  // namespace

SixteenStreams::SixteenStreams(const std::string& settings, Extra extra) {
  const std::string command = "\"" DRIVER_FILE "\" device=clocked; clock=1; " + settings;
  winmm_host_register_driver("wave", command.c_str());
  for (std::size_t i = 0; i < 16; ++i) {
    cli::WaveOut& stream =
        streams_.emplace_back(kFormats[i % kFormats.size()], kBlocks, kBlockFrames, nobody_);
    if (extra != nullptr) stream.at_end_of_callback = [extra](const WAVEHDR*, std::int64_t) { extra(); };
    if (const MMRESULT result = stream.open(); result != MMSYSERR_NOERROR)
      throw std::runtime_error("waveOutOpen: error " + std::to_string(result));
    for (cli::Block& block : stream.queue().blocks()) std::ranges::fill(block.memory, std::byte{0x11});
    stream.repeat();
  }
}

SixteenStreams::~SixteenStreams() {
  streams_.clear();
  winmm_host_unload_wave_drivers();
}

std::uint64_t SixteenStreams::periods() const {
  return streams_.front().statistics().value_or(REFWAVE_STATISTICS{}).ullPeriods;
}

}  // namespace refwave::test
