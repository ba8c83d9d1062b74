// jitter BLOCK_MS BLOCKS SECONDS: plays silence through waveOut with BLOCKS blocks queued, and prints how
// evenly WOM_DONE came (Intervals::print() explains the line). With refwave it also prints the device, the
// device's period in ms, and how many of these periods began late. It works with any winmm.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <vector>

#include "driver/winmm/refwave.h"

namespace {

constexpr DWORD kRate = 48'000;
constexpr WORD kFrameBytes = 4;
constexpr std::size_t kMostBlocks = 64;

/// The moments of an event that should come evenly, and the measure of its evenness.
class Intervals {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Intervals(std::size_t most) : moments_(most) {}

  /// Effects: notes the moment. A moment that finds no room is dropped. Thread: one at a time; it neither
  /// allocates nor locks.
  void note() noexcept {
    const std::size_t i = count_.load(std::memory_order_relaxed);
    if (i == moments_.size()) return;
    moments_[i] = Clock::now();
    count_.store(i + 1, std::memory_order_release);  // pairs with the acquire in count()
  }
  std::size_t count() const { return count_.load(std::memory_order_acquire); }

  /// Effects: prints one line: by how much intervals missed `even` (p50, p99, p99.9 and the most, in ms), the
  /// share of intervals shorter than a tenth of it (bursts, in %), and the rate of events as a share of real
  /// time (in %). The first `skipped` moments are left out. Thread: one, after the last moment.
  void print(std::chrono::duration<double, std::milli> even, std::size_t skipped) const {
    std::vector<double> errors;
    std::size_t bursts = 0;
    const std::size_t last = count() - 1;
    for (std::size_t i = skipped; i < last; ++i) {
      const double interval = milliseconds(moments_[i + 1] - moments_[i]);
      errors.push_back(std::abs(interval - even.count()));
      bursts += interval < even.count() / 10;
    }
    std::sort(errors.begin(), errors.end());
    const auto size = static_cast<double>(errors.size());
    const double elapsed = milliseconds(moments_[last] - moments_[skipped]);
    std::printf("%.3f %.3f %.3f %.3f %.1f %.2f", share(errors, 0.5), share(errors, 0.99),
                share(errors, 0.999), errors.back(), 100 * static_cast<double>(bursts) / size,
                100 * size * even.count() / elapsed);
  }

 private:
  static double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }
  static double share(const std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
  }

  std::vector<Clock::time_point> moments_;
  std::atomic<std::size_t> count_{0};
};

struct Client {
  explicit Client(std::size_t most) : done(most) {}

  Intervals done;
  std::counting_semaphore<> returned{0};
};

void CALLBACK on_message(HWAVEOUT, UINT message, DWORD_PTR client, DWORD_PTR, DWORD_PTR) {
  if (message != WOM_DONE) return;
  reinterpret_cast<Client*>(client)->done.note();
  reinterpret_cast<Client*>(client)->returned.release();
}

/// Silence in blocks of one size, which are played again and again.
class Silence {
 public:
  Silence(HWAVEOUT wave, std::size_t blocks, DWORD bytes) : wave_(wave), memory_(bytes), headers_(blocks) {
    for (WAVEHDR& header : headers_) {
      header.lpData = memory_.data();
      header.dwBufferLength = bytes;
      waveOutPrepareHeader(wave_, &header, sizeof header);
      waveOutWrite(wave_, &header, sizeof header);
    }
  }
  ~Silence() {
    waveOutReset(wave_);
    for (WAVEHDR& header : headers_) waveOutUnprepareHeader(wave_, &header, sizeof header);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  void write_next() {
    waveOutWrite(wave_, &headers_[next_], sizeof headers_[next_]);
    next_ = (next_ + 1) % headers_.size();
  }

 private:
  HWAVEOUT wave_;
  std::vector<char> memory_;
  std::vector<WAVEHDR> headers_;
  std::size_t next_ = 0;
};

void print_device(HWAVEOUT wave) {
  REFWAVE_STATISTICS statistics{};
  statistics.cbSize = sizeof statistics;
  const auto address = reinterpret_cast<DWORD_PTR>(&statistics);
  if (waveOutMessage(wave, REFWAVE_GET_STATISTICS, address, 0) != MMSYSERR_NOERROR ||
      statistics.dwRate == 0) {
    return;
  }
  std::printf(" \"%s\" %.3f %llu", statistics.szDevice, 1e3 * statistics.dwPeriodFrames / statistics.dwRate,
              static_cast<unsigned long long>(statistics.ullLatePeriods));
}

}  // namespace

int main(int argc, char** argv) {
  const int block_ms = argc == 4 ? std::atoi(argv[1]) : 0;
  const auto blocks = static_cast<std::size_t>(argc == 4 ? std::atoi(argv[2]) : 0);
  if (block_ms < 1 || block_ms > 1000 || blocks < 1 || blocks > kMostBlocks) {
    std::fputs("usage: jitter BLOCK_MS BLOCKS SECONDS\n", stderr);
    return 2;
  }
  const auto bytes = static_cast<DWORD>(block_ms) * kRate / 1000 * kFrameBytes;
  const auto seconds = std::chrono::seconds(std::atoi(argv[3]));
  Client client(static_cast<std::size_t>(2 * seconds / std::chrono::milliseconds(block_ms)) + 2 * blocks);

  WAVEFORMATEX format = {WAVE_FORMAT_PCM, 2, kRate, kRate * kFrameBytes, kFrameBytes, 16, 0};
  HWAVEOUT wave = nullptr;
  if (waveOutOpen(&wave, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(&on_message),
                  reinterpret_cast<DWORD_PTR>(&client), CALLBACK_FUNCTION) != MMSYSERR_NOERROR) {
    std::fputs("jitter: no device plays 48 kHz\n", stderr);
    return 1;
  }
  {
    Silence silence(wave, blocks, bytes);
    const auto end = Intervals::Clock::now() + seconds;
    while (Intervals::Clock::now() < end) {
      if (client.returned.try_acquire_for(std::chrono::seconds(1))) silence.write_next();
    }
    if (client.done.count() < blocks + 3) {
      std::fputs("jitter: almost nothing was played\n", stderr);
      return 1;
    }
    client.done.print(std::chrono::milliseconds(block_ms), blocks);
    print_device(wave);
    std::puts("");
  }
  waveOutClose(wave);
}
