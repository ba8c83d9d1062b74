// A plain client of waveOut and waveIn, without any of refwave's client code: it meets refwave as any program
// does, through the system's winmm or the winmm.dll beside it.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "hal/system/wide_text.h"
#include "inf/zip/trial.h"

namespace refwave::trial {
namespace {

constexpr DWORD kRate = 48'000;
constexpr double kFramesPerMs = kRate / 1e3;
constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 1, kRate, 2 * kRate, 2, 16, 0};
constexpr DWORD kPatienceMs = 10'000;

/// How a stream is used: so many blocks in the queue, each so long, for so long.
struct Load {
  std::size_t queued;
  int block_ms;
  int seconds;
};
constexpr Load kMeeting = {6, 20, 2};
constexpr Load kSteps[] = {{4, 20, 3}, {4, 10, 3}, {3, 5, 3}, {2, 5, 3}, {2, 3, 3}};
/// A position that falls behind the clock by more is a gap. Windows' own counts in steps of its period.
constexpr double kGapMs = 2;

/// The call that this program is in, for the line that says where it hangs.
std::atomic<const char*> doing = "starting";

DWORD WINAPI end_a_hang(void*) {
  Sleep(6 * kPatienceMs);
  std::printf("refwave: %s does not return\n", doing.load());
  std::fflush(stdout);
  TerminateProcess(GetCurrentProcess(), kFails);
  return 0;
}

double now_ms() {
  LARGE_INTEGER count;
  LARGE_INTEGER frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  return 1e3 * static_cast<double>(count.QuadPart) / static_cast<double>(frequency.QuadPart);
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

/// Returns: whether a function of refwave.drv is among the callers: the stack holds an address inside that
/// DLL.
bool is_called_by_refwave() {
  const auto module = reinterpret_cast<std::uintptr_t>(GetModuleHandleW(L"refwave.drv"));
  if (module == 0) return false;
  const auto* dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(module);
  const auto* header =
      reinterpret_cast<const IMAGE_NT_HEADERS*>(module + static_cast<std::uintptr_t>(dos->e_lfanew));
  const auto* word = static_cast<const std::uintptr_t*>(__builtin_frame_address(0));
  MEMORY_BASIC_INFORMATION stack = {};
  VirtualQuery(word, &stack, sizeof stack);
  const void* end = static_cast<const char*>(stack.BaseAddress) + stack.RegionSize;
  for (; word < end; ++word) {
    if (*word > module && *word < module + header->OptionalHeader.SizeOfImage) return true;
  }
  return false;
}

struct Call {
  double at_ms = 0;
  const WAVEHDR* header = nullptr;
  DWORD thread = 0;
  int priority = 0;
  bool by_refwave = false;
};

/// The blocks of one stream, and the calls that gave them back. Each block is used once.
struct Stream {
  explicit Stream(const Load& asked)
      : load(asked),
        headers(static_cast<std::size_t>(1'000 * load.seconds / load.block_ms)),
        calls(headers.size()) {
    const std::size_t frames = static_cast<std::size_t>(load.block_ms) * kRate / 1'000;
    samples.resize(frames * headers.size());
    for (std::size_t i = 0; i < headers.size(); ++i) {
      headers[i].lpData = reinterpret_cast<LPSTR>(&samples[i * frames]);
      headers[i].dwBufferLength = static_cast<DWORD>(2 * frames);
    }
  }
  ~Stream() { CloseHandle(called); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Effects: compares the position, in frames, with the clock.
  void keep_position(double frames) {
    if (frames > 0) behind_ms.push_back(now_ms() - frames / kFramesPerMs);
  }

  /// Returns: by how much the position fell behind. A position that counts in steps is only compared where it
  /// has just made one: with the least it was behind.
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
  std::vector<double> behind_ms;  // and a constant
  std::atomic<std::size_t> sent = 0;
  std::atomic<std::size_t> count = 0;
  std::atomic<std::size_t> dry = 0;  // times that no block was left in the queue
  HANDLE called = CreateEventW(nullptr, FALSE, FALSE, nullptr);
};

/// Both directions' callback. WOM_DONE and WIM_DATA bring a header.
void CALLBACK take_call(HANDLE, UINT message, DWORD_PTR stream, DWORD_PTR header, DWORD_PTR) {
  if (message != WOM_DONE && message != WIM_DATA) return;
  const double at_ms = now_ms();
  auto& in = *reinterpret_cast<Stream*>(stream);
  const std::size_t at = in.count.load();
  if (at < in.calls.size())
    in.calls[at] = {at_ms, reinterpret_cast<const WAVEHDR*>(header), GetCurrentThreadId(),
                    GetThreadPriority(GetCurrentThread()), at == 0 && is_called_by_refwave()};
  if (at + 1 == in.sent && at + 1 < in.calls.size()) ++in.dry;
  in.count.store(at + 1);
  SetEvent(in.called);
}

struct Out {
  using Handle = HWAVEOUT;
  static constexpr const char* kDoes = "plays";
  static constexpr auto devices = waveOutGetNumDevs;
  static constexpr auto open = waveOutOpen;
  static constexpr auto id = waveOutGetID;
  static constexpr auto prepare = waveOutPrepareHeader;
  static constexpr auto send = waveOutWrite;
  static MMRESULT start(HWAVEOUT) { return MMSYSERR_NOERROR; }
  static constexpr auto position = waveOutGetPosition;
  static constexpr auto reset = waveOutReset;
  static constexpr auto unprepare = waveOutUnprepareHeader;
  static constexpr auto close = waveOutClose;
  static constexpr auto error_text = waveOutGetErrorTextW;
  static std::string name(UINT device) {
    WAVEOUTCAPSW caps = {};
    waveOutGetDevCapsW(device, &caps, sizeof caps);
    return hal::to_utf8(caps.szPname);
  }
};

struct In {
  using Handle = HWAVEIN;
  static constexpr const char* kDoes = "records";
  static constexpr auto devices = waveInGetNumDevs;
  static constexpr auto open = waveInOpen;
  static constexpr auto id = waveInGetID;
  static constexpr auto prepare = waveInPrepareHeader;
  static constexpr auto send = waveInAddBuffer;
  static constexpr auto start = waveInStart;
  static constexpr auto position = waveInGetPosition;
  static constexpr auto reset = waveInReset;
  static constexpr auto unprepare = waveInUnprepareHeader;
  static constexpr auto close = waveInClose;
  static constexpr auto error_text = waveInGetErrorTextW;
  static std::string name(UINT device) {
    WAVEINCAPSW caps = {};
    waveInGetDevCapsW(device, &caps, sizeof caps);
    return hal::to_utf8(caps.szPname);
  }
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
  doing = "asking for the devices";
  UINT found = WAVE_MAPPER;
  const UINT count = Way::devices();
  for (UINT device = 0; device < count; ++device) {
    const std::string name = Way::name(device);
    std::printf("  %-8s number %u: %s\n", Way::kDoes, device, name.c_str());
    if (found == WAVE_MAPPER && (is_beside() || name.find("refwave") != name.npos)) found = device;
  }
  if (count == 0) std::printf("  %-8s no device\n", Way::kDoes);
  return found;
}

struct Outcome {
  MMRESULT error = MMSYSERR_NOERROR;
  const char* failed_in = "";
  UINT device = WAVE_MAPPER;  // by its number
};

/// Effects: lets every block play or fill.
template <class Way>
Outcome run(UINT device, Stream& stream) {
  Outcome outcome;
  MMRESULT& error = outcome.error;
  typename Way::Handle handle = nullptr;
  doing = outcome.failed_in = "open";
  error = Way::open(&handle, device, &kFormat, reinterpret_cast<DWORD_PTR>(&take_call),
                    reinterpret_cast<DWORD_PTR>(&stream), CALLBACK_FUNCTION);
  if (error != MMSYSERR_NOERROR) return outcome;
  Way::id(handle, &outcome.device);
  doing = "prepare";
  for (WAVEHDR& header : stream.headers) {
    if (error == MMSYSERR_NOERROR) error = Way::prepare(handle, &header, sizeof header);
  }
  const std::size_t blocks = stream.headers.size();
  while (error == MMSYSERR_NOERROR && stream.count < blocks) {
    if (stream.sent < std::min(blocks, stream.count + stream.load.queued)) {
      doing = "send";
      error = Way::send(handle, &stream.headers[stream.sent], sizeof(WAVEHDR));
      ++stream.sent;
    } else if (stream.sent == stream.load.queued && stream.count == 0 && std::strcmp(doing, "send") == 0) {
      doing = "start";
      error = Way::start(handle);
    } else {
      doing = "wait for a block";
      if (WaitForSingleObject(stream.called, kPatienceMs) != WAIT_OBJECT_0) error = WAVERR_STILLPLAYING;
      MMTIME at = {};
      at.wType = TIME_SAMPLES;
      if (stream.count < blocks && Way::position(handle, &at, sizeof at) == MMSYSERR_NOERROR)
        stream.keep_position(at.wType == TIME_BYTES ? at.u.cb / 2.0 : at.u.sample);
    }
  }
  outcome.failed_in = doing;
  doing = "reset";
  Way::reset(handle);
  for (WAVEHDR& header : stream.headers) Way::unprepare(handle, &header, sizeof header);
  doing = "close";
  Way::close(handle);
  return outcome;
}

/// Effects: 440 Hz, quiet, faded in and out.
void put_tone(Stream& stream) {
  const auto frames = static_cast<double>(stream.samples.size());
  for (std::size_t i = 0; i < stream.samples.size(); ++i) {
    const auto at = static_cast<double>(i);
    const double fade = std::min(1.0, std::min(at, frames - at) / 4'800);
    stream.samples[i] = static_cast<std::int16_t>(1'600 * fade * std::sin(6.283185307 * 440 * at / kRate));
  }
}

struct Figures {
  bool good = false;
  double p50_ms = 0;
  double p99_ms = 0;
  double most_ms = 0;
};

std::string text_of(const Figures& figures) {
  char text[80];
  std::snprintf(text, sizeof text, "late by %.2f ms (p50), %.2f ms (p99), %.2f ms (most)", figures.p50_ms,
                figures.p99_ms, figures.most_ms);
  return text;
}

/// Returns: how late the calls came against the even beat that the earliest of them keep, which is when each
/// block should have been over.
Figures figures_of(const Stream& stream) {
  Figures figures;
  figures.good = stream.count == stream.headers.size();
  std::vector<double> late;
  for (std::size_t i = 0; i < stream.calls.size(); ++i) {
    late.push_back(stream.calls[i].at_ms - stream.load.block_ms * static_cast<double>(i));
    figures.good = figures.good && stream.calls[i].header == &stream.headers[i];
  }
  std::sort(late.begin(), late.end());
  figures.p50_ms = late[late.size() / 2] - late.front();
  figures.p99_ms = late[late.size() * 99 / 100] - late.front();
  figures.most_ms = late.back() - late.front();
  return figures;
}

/// Effects: plays or records, and prints what failed. Returns: whether all blocks came back.
template <class Way>
bool use(UINT device, Stream& stream, Outcome& outcome) {
  put_tone(stream);
  outcome = run<Way>(device, stream);
  if (outcome.error == MMSYSERR_NOERROR) return true;
  wchar_t text[MAXERRORLENGTH] = L"";
  Way::error_text(outcome.error, text, MAXERRORLENGTH);
  std::printf("  failed: %s: error %u, %s\n", outcome.failed_in, outcome.error, hal::to_utf8(text).c_str());
  return false;
}

/// Effects: uses that device for two seconds, and prints how it went.
template <class Way>
Figures try_device(UINT device, const char* named) {
  std::printf("\n%s, %s\n", Way::kDoes, named);
  Stream stream(kMeeting);
  Outcome outcome;
  const double began = now_ms();
  if (!use<Way>(device, stream, outcome)) return {};
  std::set<DWORD> threads;
  for (const Call& call : stream.calls) threads.insert(call.thread);
  const Figures figures = figures_of(stream);
  const Call& first = stream.calls.front();
  const double percent = 100.0 * stream.load.block_ms * static_cast<double>(stream.calls.size() - 1) /
                         (stream.calls.back().at_ms - first.at_ms);
  std::printf(
      "  number %u: %u blocks of %d ms came back, %s, at %.1f %% of real time; the first after %.1f ms\n",
      outcome.device, static_cast<unsigned>(stream.count), stream.load.block_ms,
      figures.good ? "in order" : "OUT OF ORDER", percent, first.at_ms - began);
  std::printf("  called back on %u thread%s of priority %d, %s, %s\n", static_cast<unsigned>(threads.size()),
              threads.size() == 1 ? "" : "s", first.priority,
              threads.count(GetCurrentThreadId()) != 0 ? "the program's own" : "not the program's",
              first.by_refwave ? "by refwave.drv" : "not by refwave.drv");
  std::printf("  %s\n", text_of(figures).c_str());
  return figures;
}

/// Effects: loads the driver by the old functions for any installable driver, which a Windows that no longer
/// looks for wave drivers may still have.
void try_opening_the_driver() {
  doing = "OpenDriver";
  const HDRVR driver = OpenDriver(L"refwave.drv", nullptr, 0);
  std::printf("\nOpenDriver(\"refwave.drv\"): %s\n",
              driver == nullptr ? "no" : file_of(GetDriverModuleHandle(driver)).c_str());
  doing = "CloseDriver";
  if (driver != nullptr) CloseDriver(driver, 0, 0);
}

}  // namespace

int meet_refwave() {
  CloseHandle(CreateThread(nullptr, 0, end_a_hang, nullptr, 0, nullptr));
  std::printf("a program of %d bits\n", static_cast<int>(8 * sizeof(void*)));
  print_module(L"winmm.dll");
  const UINT out = find_refwave<Out>();
  const UINT in = find_refwave<In>();
  print_module(L"refwave.drv");
  if (waveOutGetNumDevs() > 0) try_device<Out>(WAVE_MAPPER, "the default device");
  if (out == WAVE_MAPPER && in == WAVE_MAPPER) {
    try_opening_the_driver();
    std::printf("\nrefwave: NOT among the %u devices that play and %u that record\n", waveOutGetNumDevs(),
                waveInGetNumDevs());
    return kIsMissing;
  }
  const Figures played = out == WAVE_MAPPER ? Figures() : try_device<Out>(out, "refwave");
  const Figures recorded = in == WAVE_MAPPER ? Figures() : try_device<In>(in, "refwave");
  std::printf("\nrefwave: number %d of those that play, %d of those that record; %s, %s; %s\n",
              static_cast<int>(out), static_cast<int>(in), played.good ? "plays" : "DOES NOT PLAY",
              recorded.good ? "records" : "DOES NOT RECORD", text_of(played).c_str());
  return played.good && recorded.good ? kWorks : kFails;
}

int measure_pace() {
  CloseHandle(CreateThread(nullptr, 0, end_a_hang, nullptr, 0, nullptr));
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_TIME_CRITICAL);
  print_module(L"winmm.dll");
  if (waveOutGetNumDevs() == 0) {
    std::printf("the default device: there is no device that plays\n");
    return kIsMissing;
  }
  std::printf("  the first device is %s\n", Out::name(0).c_str());
  Figures first;
  const Load* smallest = nullptr;
  bool has_gap = false;
  for (const Load& load : kSteps) {
    Stream stream(load);
    Outcome outcome;
    if (!use<Out>(WAVE_MAPPER, stream, outcome)) return kFails;
    const Figures figures = figures_of(stream);
    if (&load == kSteps) first = figures;
    std::printf("  %u x %2d ms: %s; queue dry %u times, position %.1f ms behind\n",
                static_cast<unsigned>(load.queued), load.block_ms, text_of(figures).c_str(),
                static_cast<unsigned>(stream.dry), stream.lost_ms());
    has_gap = has_gap || stream.dry > 0 || stream.lost_ms() > kGapMs || !figures.good;
    if (!has_gap) smallest = &load;
  }
  std::printf("the default device: %s; ", text_of(first).c_str());
  if (smallest == nullptr)
    std::printf("gaps with every queue\n");
  else
    std::printf("no gap down to %u x %d ms\n", static_cast<unsigned>(smallest->queued), smallest->block_ms);
  return kWorks;
}

}  // namespace refwave::trial
