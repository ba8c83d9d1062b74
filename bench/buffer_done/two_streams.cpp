// What a client's call costs while another thread calls on another stream, beside the same call while that
// thread only looks on. The streams have nothing in common, so neither should slow the other.
#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "bench/buffer_done/path.h"
#include "bench/buffer_done/session.h"
#include "bench/common/machine.h"
#include "bench/common/samples.h"
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

/// A stream at the driver's own entry point. Its device runs, and never takes a frame.
class alignas(kCacheLine) OpenStream {
 public:
  explicit OpenStream(WodMessage driver) : driver_(driver) {
    WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
    WAVEOPENDESC open{};
    open.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
    check(driver_(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&user_), reinterpret_cast<DWORD_PTR>(&open),
                  CALLBACK_NULL));
    for (WAVEHDR& header : headers_) {
      header.lpData = samples_;
      header.dwBufferLength = sizeof samples_;
      check(send(WODM_PREPARE, &header, sizeof header));
    }
    write(0);
    reset();
  }
  ~OpenStream() {
    reset();
    send(WODM_CLOSE, nullptr, 0);
  }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  void get_position(std::size_t) noexcept {
    MMTIME time{};
    time.wType = TIME_SAMPLES;
    count(send(WODM_GETPOS, &time, sizeof time));
  }
  void get_volume(std::size_t) noexcept {
    DWORD volume = 0;
    count(send(WODM_GETVOLUME, &volume, 0));
  }
  void write(std::size_t n) noexcept { count(send(WODM_WRITE, &headers_[n], sizeof headers_[n])); }
  void reset() noexcept { count(send(WODM_RESET, nullptr, 0)); }
  std::size_t failed() const { return failed_; }

 private:
  DWORD send(UINT message, void* first, DWORD_PTR second) noexcept {
    return driver_(0, message, user_, reinterpret_cast<DWORD_PTR>(first), second);
  }
  void count(DWORD result) noexcept { failed_ += result == MMSYSERR_NOERROR ? 0 : 1; }

  const WodMessage driver_;
  DWORD_PTR user_ = 0;
  std::array<WAVEHDR, kCalls> headers_{};
  char samples_[192]{};
  std::size_t failed_ = 0;
};

/// Work that shares nothing with any other thread: what it costs more while both threads work is the
/// machine's doing.
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

/// A side for each thread. step() is the time of one call on the first side.
template <typename Side>
class Pair {
 public:
  using Call = void (Side::*)(std::size_t) noexcept;

  Pair(WodMessage driver, Call call) : first_(driver), second_(driver), call_(call) {
    other_ = std::thread([this] { follow(); });
  }
  ~Pair() {
    go_.store(kEnd, std::memory_order_release);
    other_.join();
  }

  /// Returns: the ns of one call, while the other thread looks on, or while it calls as well.
  double step(bool both) noexcept {
    first_.reset();
    if (!both) return calls(first_);
    const std::uint32_t turn = (turn_ += 2);
    // Release and acquire, here and below: one side's turn ends before the other goes on.
    go_.store(turn, std::memory_order_release);
    while (ready_.load(std::memory_order_acquire) != turn) {
    }
    go_.store(turn + 1, std::memory_order_release);
    const double ns = calls(first_);
    while (ready_.load(std::memory_order_acquire) != turn + 1) {
    }
    return ns;
  }
  std::size_t failed() const { return first_.failed() + second_.failed(); }

 private:
  static constexpr std::uint32_t kEnd = 1;

  double calls(Side& side) noexcept {
    std::size_t n = 0;
    return loop_ns(kCalls, [&] { (side.*call_)(n++); });
  }
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
      second_.reset();
      ready_.store(turn, std::memory_order_release);
      await(turn + 1);
      calls(second_);
      ready_.store(turn + 1, std::memory_order_release);
      done = turn + 1;
    }
  }

  Side first_;
  Side second_;
  const Call call_;
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

template <typename Side>
void register_pair(const std::string& name, typename Pair<Side>::Call call) {
  add(name, [call](benchmark::State& state, const std::string& full) {
    if (cores().near == cores().far) {
      state.SkipWithError("needs two cores");
      return;
    }
    const Session session("output=clocked; clock=0");
    const std::unique_ptr<void, int (*)(void*)> module(dlopen(REFWAVE_DRIVER_FILE, RTLD_NOW | RTLD_NOLOAD),
                                                       dlclose);
    const auto driver = reinterpret_cast<WodMessage>(dlsym(module.get(), "wodMessage"));
    Samples two(full, most_iterations(state));
    Samples one(full, most_iterations(state));
    Pair<Side> pair(driver, call);
    Step<Side> both{pair, true};
    Step<Side> alone{pair, false};
    in_turns(state, both, two, alone, one);
    if (pair.failed() != 0) state.SkipWithError("a call failed");
    two.report(state);
    one.report(state, "alone_");
  });
}

}  // namespace

void register_two_streams() {
  register_pair<OpenStream>("two_streams/message:getpos", &OpenStream::get_position);
  register_pair<OpenStream>("two_streams/message:getvolume", &OpenStream::get_volume);
  register_pair<OpenStream>("two_streams/message:write", &OpenStream::write);
  register_pair<PrivateWork>("two_streams/private", &PrivateWork::work);
}

}  // namespace refwave::bench
