#include "tests/rules/sixteen_streams.h"

#include <winmm_host.h>

#include <array>
#include <atomic>
#include <stdexcept>

#include "driver/winmm/refwave.h"

namespace refwave::test {

struct SixteenStreams::Stream {
  HWAVEOUT handle = nullptr;
  std::array<WAVEHDR, 4> headers{};
  std::vector<char> memory;
  std::atomic<bool> playing{true};
  Extra extra = nullptr;
};

namespace {

struct Kind {
  WORD bits;
  WORD channels;
  DWORD rate;
};
constexpr std::array<Kind, 8> kKinds = {{{8, 1, 48'000},
                                         {16, 2, 48'000},
                                         {24, 2, 48'000},
                                         {32, 2, 48'000},
                                         {16, 1, 44'100},
                                         {16, 2, 48'000},
                                         {8, 2, 48'000},
                                         {16, 2, 48'000}}};
constexpr DWORD kBlockFrames = 397;  // a prime number, so that ends fall anywhere in a period

WAVEFORMATEX format_of(const Kind& kind) {
  WAVEFORMATEX format{};
  format.wFormatTag = WAVE_FORMAT_PCM;
  format.nChannels = kind.channels;
  format.nSamplesPerSec = kind.rate;
  format.wBitsPerSample = kind.bits;
  format.nBlockAlign = static_cast<WORD>(kind.channels * kind.bits / 8);
  format.nAvgBytesPerSec = format.nSamplesPerSec * format.nBlockAlign;
  return format;
}

void check(MMRESULT result, const char* what) {
  if (result != MMSYSERR_NOERROR)
    throw std::runtime_error(std::string(what) + ": error " + std::to_string(result));
}

}  // namespace

void CALLBACK SixteenStreams::callback(HWAVEOUT handle, UINT message, DWORD_PTR instance, DWORD_PTR header,
                                       DWORD_PTR) {
  auto& stream = *reinterpret_cast<Stream*>(instance);
  if (message != WOM_DONE || !stream.playing) return;
  if (stream.extra != nullptr) stream.extra();
  waveOutWrite(handle, reinterpret_cast<WAVEHDR*>(header), sizeof(WAVEHDR));
}

SixteenStreams::SixteenStreams(const std::string& settings, Extra extra) {
  const std::string command = "\"" DRIVER_FILE "\" device=clocked; clock=1; " + settings;
  winmm_host_register_driver("wave", command.c_str());
  for (std::size_t i = 0; i < 16; ++i) {
    Stream& stream = *streams_.emplace_back(std::make_unique<Stream>());
    stream.extra = extra;
    const WAVEFORMATEX format = format_of(kKinds[i % kKinds.size()]);
    check(waveOutOpen(&stream.handle, 0, &format, reinterpret_cast<DWORD_PTR>(callback),
                      reinterpret_cast<DWORD_PTR>(&stream), CALLBACK_FUNCTION),
          "waveOutOpen");
    stream.memory.assign(std::size_t{kBlockFrames} * format.nBlockAlign, 0x11);
    for (WAVEHDR& header : stream.headers) {
      header.lpData = stream.memory.data();
      header.dwBufferLength = static_cast<DWORD>(stream.memory.size());
      check(waveOutPrepareHeader(stream.handle, &header, sizeof header), "waveOutPrepareHeader");
      check(waveOutWrite(stream.handle, &header, sizeof header), "waveOutWrite");
    }
  }
}

SixteenStreams::~SixteenStreams() {
  for (const auto& stream : streams_) {
    stream->playing = false;
    waveOutReset(stream->handle);
    waveOutClose(stream->handle);
  }
  winmm_host_unload_wave_drivers();
}

std::uint64_t SixteenStreams::periods() const {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  waveOutMessage(streams_.front()->handle, REFWAVE_GET_STATISTICS, reinterpret_cast<DWORD_PTR>(&statistics),
                 0);
  return statistics.ullPeriods;
}

}  // namespace refwave::test
