// The cost of a client's call through libwinmm, beside the driver's own entry point; and while another thread
// calls on another stream, beside the same call while that thread is idle. The streams share nothing, so
// neither should slow the other.
#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench/benchmarks/buffer_done/path.h"
#include "bench/benchmarks/buffer_done/session.h"
#include "bench/benchmarks/common/machine.h"
#include "bench/benchmarks/common/samples.h"
#include "driver/abi/windows_headers.h"
#include "hal/system/cache_line.h"

namespace refwave::bench {
namespace {

using WodMessage = DWORD(APIENTRY*)(UINT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);

constexpr std::size_t kCalls = 200;  // fewer than a ring has entries
using hal::kCacheLine;

void check(MMRESULT result) {
  if (result != MMSYSERR_NOERROR) throw std::runtime_error("a call failed: " + std::to_string(result));
}

/// A stream's calls at the driver's own entry point.
class DriverCalls {
 public:
  explicit DriverCalls(WodMessage driver) : driver_(driver) {}
  DWORD open(WAVEFORMATEX& format) noexcept {
    WAVEOPENDESC open{};
    open.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
    return driver_(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&user_), reinterpret_cast<DWORD_PTR>(&open),
                   CALLBACK_NULL);
  }
  DWORD prepare(WAVEHDR& header) noexcept { return send(WODM_PREPARE, &header, sizeof header); }
  DWORD write(WAVEHDR& header) noexcept { return send(WODM_WRITE, &header, sizeof header); }
  DWORD get_position(MMTIME& time) noexcept { return send(WODM_GETPOS, &time, sizeof time); }
  DWORD get_volume(DWORD& volume) noexcept { return send(WODM_GETVOLUME, &volume, 0); }
  DWORD reset() noexcept { return send(WODM_RESET, nullptr, 0); }
  DWORD close() noexcept { return send(WODM_CLOSE, nullptr, 0); }

 private:
  DWORD send(UINT message, void* first, DWORD_PTR second) noexcept {
    return driver_(0, message, user_, reinterpret_cast<DWORD_PTR>(first), second);
  }

  const WodMessage driver_;
  DWORD_PTR user_ = 0;
};

/// The same calls as a program makes them.
class WinmmCalls {
 public:
  explicit WinmmCalls(WodMessage) {}
  MMRESULT open(WAVEFORMATEX& format) noexcept {
    return waveOutOpen(&stream_, 0, &format, 0, 0, CALLBACK_NULL);
  }
  MMRESULT prepare(WAVEHDR& header) noexcept { return waveOutPrepareHeader(stream_, &header, sizeof header); }
  MMRESULT write(WAVEHDR& header) noexcept { return waveOutWrite(stream_, &header, sizeof header); }
  MMRESULT get_position(MMTIME& time) noexcept { return waveOutGetPosition(stream_, &time, sizeof time); }
  MMRESULT get_volume(DWORD& volume) noexcept { return waveOutGetVolume(stream_, &volume); }
  MMRESULT reset() noexcept { return waveOutReset(stream_); }
  MMRESULT close() noexcept { return waveOutClose(stream_); }

 private:
  HWAVEOUT stream_ = nullptr;
};

/// A stream whose device runs, and never takes a frame.
template <typename Calls>
class alignas(kCacheLine) OpenStream {
 public:
  explicit OpenStream(WodMessage driver) : calls_(driver) {
    WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
    check(calls_.open(format));
    for (WAVEHDR& header : headers_) {
      header.lpData = samples_;
      header.dwBufferLength = sizeof samples_;
      check(calls_.prepare(header));
    }
    write(0);
    reset();
  }
  ~OpenStream() {
    reset();
    calls_.close();
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  void get_position(std::size_t) noexcept {
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    count(calls_.get_position(time));
  }
  void get_volume(std::size_t) noexcept {
    DWORD volume = 0;
    count(calls_.get_volume(volume));
  }
  void write(std::size_t n) noexcept { count(calls_.write(headers_[n])); }
  void reset() noexcept { count(calls_.reset()); }
  std::size_t failed() const { return failed_; }

 private:
  void count(DWORD result) noexcept { failed_ += result == MMSYSERR_NOERROR ? 0 : 1; }

  Calls calls_;
  std::array<WAVEHDR, kCalls> headers_{};
  char samples_[192]{};
  std::size_t failed_ = 0;
};

/// Work that shares nothing with any other thread: if it costs more while both threads work, that is the
/// machine.
class alignas(kCacheLine) PrivateWork {
 public:
  explicit PrivateWork(WodMessage) {}
  void work(std::size_t) noexcept {
    word_.fetch_add(1);
    benchmark::DoNotOptimize(now_ns());
  }
  void reset() noexcept {}
  std::size_t failed() const { return 0; }

 private:
  std::atomic<std::uint64_t> word_{0};
};

/// One thread's side. step() is the time of one call.
template <typename Side>
class Caller {
 public:
  using Call = void (Side::*)(std::size_t) noexcept;

  Caller(WodMessage driver, Call call) : side_(driver), call_(call) {}
  void begin() noexcept { side_.reset(); }
  double step() noexcept {
    std::size_t n = 0;
    return loop_ns(kCalls, [&] { (side_.*call_)(n++); });
  }
  std::size_t failed() const { return side_.failed(); }

 private:
  Side side_;
  const Call call_;
};

/// A side for each thread. step() is the time of one call on the first side.
template <typename Side>
class Pair {
 public:
  Pair(WodMessage driver, typename Caller<Side>::Call call) : first_(driver, call), second_(driver, call) {
    other_ = std::thread([this] { follow(); });
  }
  ~Pair() {
    go_.store(kEnd, std::memory_order_release);
    other_.join();
  }

  /// Returns: the ns of one call, while the other thread is idle, or calls, too.
  double step(bool both) noexcept {
    first_.begin();
    if (!both) return first_.step();
    const std::uint32_t turn = (turn_ += 2);
    // Release and acquire, here and below: one side's turn ends before the other's begins.
    go_.store(turn, std::memory_order_release);
    while (ready_.load(std::memory_order_acquire) != turn) {
    }
    go_.store(turn + 1, std::memory_order_release);
    const double ns = first_.step();
    while (ready_.load(std::memory_order_acquire) != turn + 1) {
    }
    return ns;
  }
  std::size_t failed() const { return first_.failed() + second_.failed(); }

 private:
  static constexpr std::uint32_t kEnd = 1;

  void await(std::uint32_t turn) const noexcept {
    while (go_.load(std::memory_order_acquire) != turn) {
    }
  }
  void follow() noexcept {
    pin_to(cores().far);
    for (std::uint32_t done = 0;;) {
      const std::uint32_t turn = go_.load(std::memory_order_acquire);
      if (turn == kEnd) return;
      if (turn == done) continue;
      second_.begin();
      ready_.store(turn, std::memory_order_release);
      await(turn + 1);
      second_.step();
      ready_.store(turn + 1, std::memory_order_release);
      done = turn + 1;
    }
  }

  Caller<Side> first_;
  Caller<Side> second_;
  std::uint32_t turn_ = 0;
  alignas(kCacheLine) std::atomic<std::uint32_t> go_{0};
  alignas(kCacheLine) std::atomic<std::uint32_t> ready_{0};
  std::thread other_;
};

/// One step() of a pair, for in_turns().
template <typename Side>
struct Step {
  Pair<Side>& pair;
  bool both;
  void begin() noexcept {}
  double step() noexcept { return pair.step(both); }
};

/// refwave.drv through libwinmm, and its own entry point.
struct OpenDriver {
  const Session session{"output=clocked; clock=0"};
  const std::unique_ptr<void, int (*)(void*)> module{dlopen(REFWAVE_DRIVER_FILE, RTLD_NOW | RTLD_NOLOAD),
                                                     dlclose};
  const WodMessage message = reinterpret_cast<WodMessage>(dlsym(module.get(), "wodMessage"));
};

template <typename Side>
void register_pair(const std::string& name, typename Caller<Side>::Call call) {
  add("two_streams/" + name, [call](benchmark::State& state, const std::string& full) {
    if (cores().near == cores().far) {
      state.SkipWithError("needs two cores");
      return;
    }
    const OpenDriver driver;
    Samples two(full, most_iterations(state));
    Samples one(full, most_iterations(state));
    Pair<Side> pair(driver.message, call);
    Step<Side> both{pair, true};
    Step<Side> alone{pair, false};
    in_turns(state, both, two, alone, one);
    if (pair.failed() != 0) state.SkipWithError("a call failed");
    two.report(state);
    one.report(state, "alone_");
  });
}

using DriverStream = OpenStream<DriverCalls>;
using WinmmStream = OpenStream<WinmmCalls>;

void register_call(const std::string& name, Caller<DriverStream>::Call by_driver,
                   Caller<WinmmStream>::Call by_winmm) {
  register_pair<WinmmStream>("winmm:" + name, by_winmm);
  add("one_stream/winmm:" + name, [=](benchmark::State& state, const std::string& full) {
    const OpenDriver driver;
    Samples candidates(full, most_iterations(state));
    Samples baselines(full, most_iterations(state));
    Caller<WinmmStream> winmm(driver.message, by_winmm);
    Caller<DriverStream> message(driver.message, by_driver);
    in_turns(state, winmm, candidates, message, baselines);
    if (winmm.failed() + message.failed() != 0) state.SkipWithError("a call failed");
    candidates.report(state);
    baselines.report(state, "message_");
  });
}

}  // namespace

void register_two_streams() {
  register_call("getpos", &DriverStream::get_position, &WinmmStream::get_position);
  register_call("getvolume", &DriverStream::get_volume, &WinmmStream::get_volume);
  register_call("write", &DriverStream::write, &WinmmStream::write);
  register_pair<PrivateWork>("private", &PrivateWork::work);
}

}  // namespace refwave::bench
