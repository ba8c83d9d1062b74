// Sixteen streams in real time, with a period of 128 frames, for SECONDS (60 by default). Prints late periods
// and how late they were. It judges nothing, because lateness depends on the machine more than on the driver.
//
//   realtime_soak [SECONDS]
#include <cstdio>
#include <cstdlib>
#include <list>
#include <semaphore>

#include "tests/contract/harness.h"

namespace {

using namespace refwave::contract;

constexpr int kStreams = 16;
constexpr int kDefaultSeconds = 60;
constexpr std::size_t kBlockFrames = 480;
constexpr std::size_t kBlocksQueued = 4;

/// Writes each block again until it has written enough.
class Client {
 public:
  Client(long blocks, std::counting_semaphore<kStreams>& ended) : to_write_(blocks), ended_(ended) {
    blocks_ = silent_blocks(kBlocksQueued, kBlockFrames);
    const WAVEFORMATEX format = usual_format();
    const MMRESULT opened = waveOutOpen(&handle_, 0, &format, reinterpret_cast<DWORD_PTR>(&Client::told),
                                        reinterpret_cast<DWORD_PTR>(this), CALLBACK_FUNCTION);
    if (opened != MMSYSERR_NOERROR) std::exit(1);
  }
  ~Client() {
    waveOutReset(handle_);
    waveOutClose(handle_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start() {
    for (Block& block : blocks_) {
      waveOutPrepareHeader(handle_, &block.header, sizeof(WAVEHDR));
      waveOutWrite(handle_, &block.header, sizeof(WAVEHDR));
    }
  }

 private:
  static void CALLBACK told(HDRVR, UINT message, DWORD_PTR instance, DWORD_PTR header, DWORD_PTR) {
    if (message == WOM_DONE) reinterpret_cast<Client*>(instance)->go_on(reinterpret_cast<LPWAVEHDR>(header));
  }

  void go_on(LPWAVEHDR header) {
    if (++done_ == to_write_) ended_.release();
    if (done_ + static_cast<long>(kBlocksQueued) <= to_write_) waveOutWrite(handle_, header, sizeof(WAVEHDR));
  }

  HWAVEOUT handle_ = nullptr;
  Blocks blocks_;
  const long to_write_;
  long done_ = 0;
  std::counting_semaphore<kStreams>& ended_;
};

void print(const REFWAVE_STATISTICS& statistics, int seconds) {
  const auto micro = [](ULONGLONG ns) { return static_cast<double>(ns) / 1'000; };
  std::printf("%d streams, %d s, device %s, %u Hz, period %u frames, completion deferred\n", kStreams,
              seconds, statistics.szDevice, statistics.dwRate, statistics.dwPeriodFrames);
  std::printf("blocks done            %llu\n", statistics.ullBlocks);
  std::printf("underruns              %llu\n", statistics.ullUnderruns);
  std::printf("periods served         %llu, skipped %llu\n", statistics.ullPeriods, statistics.ullSkipped);
  std::printf("late periods           %llu\n", statistics.ullLatePeriods);
  std::printf("worst lateness         %.0f us\n", micro(statistics.ullMaxLatenessNs));
  std::printf("wakes                  %llu\n", statistics.ullWakes);
  std::printf("buffer-done latency    p50 %.1f us, p99 %.1f us, p99.9 %.1f us, max %.1f us\n",
              micro(statistics.ullLatencyP50Ns), micro(statistics.ullLatencyP99Ns),
              micro(statistics.ullLatencyP999Ns), micro(statistics.ullLatencyMaxNs));
}

}  // namespace

int main(int count, char** arguments) {
  const int seconds = count > 1 ? std::atoi(arguments[1]) : kDefaultSeconds;
  LoadedDriver driver("device=clocked; clock=1; rate=48000; period=128");
  std::counting_semaphore<kStreams> ended(0);
  {
    std::list<Client> clients;
    for (int i = 0; i < kStreams; ++i)
      clients.emplace_back(seconds * 48'000L / static_cast<long>(kBlockFrames), ended);
    for (Client& client : clients) client.start();
    for (int i = 0; i < kStreams; ++i) ended.acquire();
    print(driver.statistics(), seconds);
  }
}
