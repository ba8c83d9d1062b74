// A plain client of waveOut and waveIn, without any of refwave's client code: it meets refwave as any program
// does, through the system's winmm or the winmm.dll beside it.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "hal/system/wide_text.h"
#include "inf/zip/trial.h"

namespace refwave::trial {
namespace {

constexpr DWORD kRate = 48'000;
constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 1, kRate, 2 * kRate, 2, 16, 0};
constexpr DWORD kPatienceMs = 10'000;

/// How a stream is used: so many blocks in the queue, each so long.
struct Load {
  std::size_t queued;
  int block_ms;
};
constexpr Load kUsual = {4, 10};
constexpr Load kSteps[] = {{4, 20}, kUsual, {3, 5}, {2, 5}, {2, 3}};
constexpr int kStreamMs = 3'000;
/// A position that falls behind the clock by more is a gap. Windows' own counts in steps of its period.
constexpr double kGapMs = 2;

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string file_of(HMODULE module) {
  wchar_t path[MAX_PATH] = L"";
  GetModuleFileNameW(module, path, MAX_PATH - 1);
  return hal::to_utf8(path);
}

void print_module(const wchar_t* name) {
  const HMODULE module = GetModuleHandleW(name);
  std::printf("  %ls is %s\n", name, module == nullptr ? "not loaded" : file_of(module).c_str());
}

struct Call {
  double at_ms = 0;
  const WAVEHDR* header = nullptr;
};

/// The blocks of one stream, a quiet tone of 440 Hz, and the calls that gave them back. Each block is used
/// once.
struct Stream {
  explicit Stream(const Load& asked)
      : load(asked), headers(static_cast<std::size_t>(kStreamMs / load.block_ms)), calls(headers.size()) {
    const std::size_t frames = static_cast<std::size_t>(load.block_ms) * kRate / 1'000;
    samples.resize(frames * headers.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double fade = std::min(1.0, static_cast<double>(std::min(i, samples.size() - i)) / 4'800);
      const double angle = 6.283185307 * 440 * static_cast<double>(i) / kRate;
      samples[i] = static_cast<std::int16_t>(1'600 * fade * std::sin(angle));
    }
    for (std::size_t i = 0; i < headers.size(); ++i) {
      headers[i].lpData = reinterpret_cast<LPSTR>(&samples[i * frames]);
      headers[i].dwBufferLength = static_cast<DWORD>(2 * frames);
    }
  }
  ~Stream() { CloseHandle(called); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Returns: by how much the position fell behind the clock. One that counts in steps is only compared where
  /// it has just made one: with the least it was behind.
  double lost_ms() const {
    if (behind_ms.empty()) return 0;
    const auto end = behind_ms.end();
    return *std::min_element(end - static_cast<std::ptrdiff_t>(1 + behind_ms.size() / 4), end) -
           *std::min_element(behind_ms.begin(), end);
  }

  Load load;
  std::vector<std::int16_t> samples;
  std::vector<WAVEHDR> headers;
  std::vector<Call> calls;
  std::vector<double> behind_ms;  // the position, and a constant
  std::atomic<std::size_t> sent = 0;
  std::atomic<std::size_t> count = 0;
  std::atomic<unsigned> dry = 0;  // times that no block was left in the queue
  HANDLE called = CreateEventW(nullptr, FALSE, FALSE, nullptr);
};

/// Both directions' callback. WOM_DONE and WIM_DATA bring a header.
void CALLBACK take_call(HANDLE, UINT message, DWORD_PTR stream, DWORD_PTR header, DWORD_PTR) {
  if (message != WOM_DONE && message != WIM_DATA) return;
  auto& in = *reinterpret_cast<Stream*>(stream);
  const std::size_t at = in.count.load();
  const std::size_t blocks = in.calls.size();
  if (at < blocks) in.calls[at] = {now_ms(), reinterpret_cast<const WAVEHDR*>(header)};
  if (at + 1 == in.sent && at + 1 < blocks) ++in.dry;
  in.count.store(at + 1);
  SetEvent(in.called);
}

struct Out {
  using Handle = HWAVEOUT;
  using Capabilities = WAVEOUTCAPSW;
  static constexpr const char* kDoes = "plays";
  static constexpr auto devices = waveOutGetNumDevs;
  static constexpr auto capabilities = waveOutGetDevCapsW;
  static constexpr auto open = waveOutOpen;
  static constexpr auto prepare = waveOutPrepareHeader;
  static constexpr auto send = waveOutWrite;
  static constexpr auto position = waveOutGetPosition;
  static MMRESULT start(HWAVEOUT) { return MMSYSERR_NOERROR; }
  static constexpr auto reset = waveOutReset;
  static constexpr auto unprepare = waveOutUnprepareHeader;
  static constexpr auto close = waveOutClose;
};

struct In {
  using Handle = HWAVEIN;
  using Capabilities = WAVEINCAPSW;
  static constexpr const char* kDoes = "records";
  static constexpr auto devices = waveInGetNumDevs;
  static constexpr auto capabilities = waveInGetDevCapsW;
  static constexpr auto open = waveInOpen;
  static constexpr auto prepare = waveInPrepareHeader;
  static constexpr auto send = waveInAddBuffer;
  static constexpr auto position = waveInGetPosition;
  static constexpr auto start = waveInStart;
  static constexpr auto reset = waveInReset;
  static constexpr auto unprepare = waveInUnprepareHeader;
  static constexpr auto close = waveInClose;
};

/// Returns: whether the winmm.dll beside the program is loaded, which is refwave's; all its devices are, too.
bool is_beside() {
  std::string folder = file_of(nullptr);
  folder.resize(folder.rfind('\\'));
  return hal::lower(file_of(GetModuleHandleW(L"winmm.dll"))) == hal::lower(folder + "\\winmm.dll");
}

/// Effects: prints the devices. Returns: refwave's first one, WAVE_MAPPER if there is none.
template <class Way>
UINT find_refwave() {
  UINT found = WAVE_MAPPER;
  const UINT count = Way::devices();
  std::printf("  %u %s\n", count, Way::kDoes);
  for (UINT device = 0; device < count; ++device) {
    typename Way::Capabilities capabilities = {};
    Way::capabilities(device, &capabilities, sizeof capabilities);
    const std::string name = hal::to_utf8(capabilities.szPname);
    std::printf("    number %u: %s\n", device, name.c_str());
    if (found == WAVE_MAPPER && (is_beside() || name.find("refwave") != name.npos)) found = device;
  }
  return found;
}

struct Figures {
  bool came_back = false;  // every block, without an error
  bool good = false;       // and in order
  bool has_gap = false;    // the queue was empty, or the position fell behind
  std::string text = "nothing came back";
};

/// Returns: how late the calls came against the even beat that the earliest of them keep, which is when each
/// block should have been over.
Figures figures_of(const Stream& stream) {
  bool good = true;
  std::vector<double> late;
  const std::size_t blocks = stream.headers.size();
  for (std::size_t i = 0; i < blocks; ++i) {
    late.push_back(stream.calls[i].at_ms - stream.load.block_ms * static_cast<double>(i));
    good = good && stream.calls[i].header == &stream.headers[i];
  }
  const double percent = 100.0 * (stream.load.block_ms * static_cast<double>(blocks - 1)) /
                         (stream.calls.back().at_ms - stream.calls.front().at_ms);
  std::sort(late.begin(), late.end());
  char text[200];
  std::snprintf(text, sizeof text,
                "late by %.2f ms (p50), %.2f ms (p99), %.2f ms (most); the queue was empty %u times; the "
                "position fell %.1f ms behind; at %.1f %% of real time%s",
                late[blocks / 2] - late.front(), late[blocks * 99 / 100] - late.front(),
                late.back() - late.front(), stream.dry.load(), stream.lost_ms(), percent,
                good ? "" : "; OUT OF ORDER");
  return {true, good, stream.dry > 0 || stream.lost_ms() > kGapMs, text};
}

/// Effects: lets every block play or fill, and prints each call before it is made: if one hangs, the report
/// ends there.
template <class Way>
Figures use(UINT device, const char* named, const Load& load = kUsual) {
  std::printf("  %s, %s, %u x %d ms:", Way::kDoes, named, static_cast<unsigned>(load.queued), load.block_ms);
  Stream stream(load);
  typename Way::Handle handle = nullptr;
  MMRESULT error = MMSYSERR_NOERROR;
  const auto call = [&error](const char* name, auto function) {
    if (error != MMSYSERR_NOERROR) return;
    std::printf(" %s", name);
    error = function();
  };
  const auto send = [&] {
    const MMRESULT sent = Way::send(handle, &stream.headers[stream.sent], sizeof(WAVEHDR));
    ++stream.sent;  // afterwards: a queue that empties meanwhile counts
    return sent;
  };
  call("open", [&] {
    return Way::open(&handle, device, &kFormat, reinterpret_cast<DWORD_PTR>(&take_call),
                     reinterpret_cast<DWORD_PTR>(&stream), CALLBACK_FUNCTION);
  });
  const bool is_open = error == MMSYSERR_NOERROR;
  call("prepare", [&] {
    for (WAVEHDR& header : stream.headers) {
      if (error == MMSYSERR_NOERROR) error = Way::prepare(handle, &header, sizeof header);
    }
    return error;
  });
  for (std::size_t i = 0; i < load.queued; ++i) call("send", send);
  call("start", [&] { return Way::start(handle); });
  call("wait", [&] {
    const std::size_t blocks = stream.headers.size();
    while (error == MMSYSERR_NOERROR && stream.count < blocks) {
      if (stream.sent < std::min(blocks, stream.count + load.queued)) {
        error = send();
        continue;
      }
      if (WaitForSingleObject(stream.called, kPatienceMs) != WAIT_OBJECT_0) error = WAVERR_STILLPLAYING;
      MMTIME at = {};
      at.wType = TIME_SAMPLES;
      if (stream.count == blocks || Way::position(handle, &at, sizeof at) != MMSYSERR_NOERROR) continue;
      const double frames = at.wType == TIME_BYTES ? at.u.cb / 2.0 : at.u.sample;
      if (frames > 0) stream.behind_ms.push_back(now_ms() - frames / (kRate / 1e3));
    }
    return error;
  });
  if (is_open) {
    std::printf(" reset");
    Way::reset(handle);
    for (WAVEHDR& header : stream.headers) Way::unprepare(handle, &header, sizeof header);
    std::printf(" close");
    Way::close(handle);
  }
  std::printf("\n");
  if (error != MMSYSERR_NOERROR) {
    wchar_t text[MAXERRORLENGTH] = L"";
    waveOutGetErrorTextW(error, text, MAXERRORLENGTH);
    std::printf("    error %u, %s\n", error, hal::to_utf8(text).c_str());
    return {};
  }
  const Figures figures = figures_of(stream);
  std::printf("    %s\n", figures.text.c_str());
  return figures;
}

/// Effects: loads the driver by the old functions for any installable driver, which a Windows that no longer
/// looks for wave drivers may still have.
void try_opening_the_driver() {
  const HDRVR driver = OpenDriver(L"refwave.drv", nullptr, 0);
  std::printf("OpenDriver(\"refwave.drv\"): %s\n",
              driver == nullptr ? "no" : file_of(GetDriverModuleHandle(driver)).c_str());
  if (driver != nullptr) CloseDriver(driver, 0, 0);
}

}  // namespace

int meet_refwave() {
  std::printf("a program of %d bits\n", static_cast<int>(8 * sizeof(void*)));
  print_module(L"winmm.dll");
  const UINT out = find_refwave<Out>();
  const UINT in = find_refwave<In>();
  print_module(L"refwave.drv");
  if (out == WAVE_MAPPER && in == WAVE_MAPPER) {
    try_opening_the_driver();
    std::printf("refwave: NOT among the %u devices that play and %u that record\n", waveOutGetNumDevs(),
                waveInGetNumDevs());
    return kIsMissing;
  }
  const Figures played = out == WAVE_MAPPER ? Figures() : use<Out>(out, "refwave");
  const Figures recorded = in == WAVE_MAPPER ? Figures() : use<In>(in, "refwave");
  std::printf("refwave: number %d of those that play, %d of those that record; %s, %s; %s\n",
              static_cast<int>(out), static_cast<int>(in), played.good ? "plays" : "DOES NOT PLAY",
              recorded.good ? "records" : "DOES NOT RECORD", played.text.c_str());
  return played.good && recorded.good ? kWorks : kFails;
}

int measure_queues() {
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
  print_module(L"winmm.dll");
  if (waveOutGetNumDevs() == 0) {
    std::printf("the default device: there is no device that plays\n");
    return kIsMissing;
  }
  std::string first;
  const Load* smallest = nullptr;
  bool has_gap = false;
  for (const Load& load : kSteps) {
    const Figures figures = use<Out>(WAVE_MAPPER, "the default device", load);
    if (!figures.came_back) return kFails;
    if (first.empty()) first = figures.text;
    has_gap = has_gap || figures.has_gap || !figures.good;
    if (!has_gap) smallest = &load;
  }
  std::printf("the default device: %s; ", first.c_str());
  if (smallest == nullptr)
    std::printf("gaps with every queue\n");
  else
    std::printf("no gap down to %u x %d ms\n", static_cast<unsigned>(smallest->queued), smallest->block_ms);
  return kWorks;
}

}  // namespace refwave::trial
