// trial.exe, which try.cmd runs: a plain client of waveOut and waveIn. Nothing of refwave is linked into it,
// so it meets refwave as any program does: through the system's winmm, or the winmm.dll beside it. It prints
// which devices there are, and how refwave plays and records; the last line is the conclusion. The exit
// status is 0 if refwave plays and records, 3 if refwave is not among the devices, and 1 otherwise.
//
// `trial compare BEFORE AFTER` prints the lines that only one of two text files has. The exit status is 1 if
// there are any.
#include <windows.h>
// mmsystem.h wants windows.h first.
#include <mmsystem.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr DWORD kRate = 48'000;
constexpr double kBlockMs = 20;
constexpr std::size_t kBlockFrames = kRate / 50;
constexpr std::size_t kBlocks = 75;
constexpr std::size_t kQueued = 6;
constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 1, kRate, 2 * kRate, 2, 16, 0};
constexpr DWORD kPatienceMs = 10'000;

constexpr int kWorks = 0;
constexpr int kFails = 1;
constexpr int kIsMissing = 3;

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

std::string utf8(const wchar_t* text) {
  char bytes[3 * MAX_PATH] = "";
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, nullptr, nullptr);
  return bytes;
}

std::string file_of(HMODULE module) {
  wchar_t path[MAX_PATH] = L"";
  GetModuleFileNameW(module, path, MAX_PATH - 1);
  return utf8(path);
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
  Stream() : samples(kBlocks * kBlockFrames), headers(kBlocks), calls(kBlocks) {
    for (std::size_t i = 0; i < kBlocks; ++i) {
      headers[i].lpData = reinterpret_cast<LPSTR>(&samples[i * kBlockFrames]);
      headers[i].dwBufferLength = 2 * kBlockFrames;
    }
  }
  ~Stream() { CloseHandle(called); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::vector<std::int16_t> samples;
  std::vector<WAVEHDR> headers;
  std::vector<Call> calls;
  std::atomic<std::size_t> count = 0;
  HANDLE called = CreateEventW(nullptr, FALSE, FALSE, nullptr);
};

/// Both directions' callback. WOM_DONE and WIM_DATA bring a header.
void CALLBACK take_call(HANDLE, UINT message, DWORD_PTR stream, DWORD_PTR header, DWORD_PTR) {
  if (message != WOM_DONE && message != WIM_DATA) return;
  auto& in = *reinterpret_cast<Stream*>(stream);
  const std::size_t at = in.count.load();
  if (at < kBlocks)
    in.calls[at] = {now_ms(), reinterpret_cast<const WAVEHDR*>(header), GetCurrentThreadId(),
                    GetThreadPriority(GetCurrentThread()), is_called_by_refwave()};
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
  static constexpr auto reset = waveOutReset;
  static constexpr auto unprepare = waveOutUnprepareHeader;
  static constexpr auto close = waveOutClose;
  static constexpr auto error_text = waveOutGetErrorTextW;
  static std::string name(UINT device) {
    WAVEOUTCAPSW caps = {};
    waveOutGetDevCapsW(device, &caps, sizeof caps);
    return utf8(caps.szPname);
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
  static constexpr auto reset = waveInReset;
  static constexpr auto unprepare = waveInUnprepareHeader;
  static constexpr auto close = waveInClose;
  static constexpr auto error_text = waveInGetErrorTextW;
  static std::string name(UINT device) {
    WAVEINCAPSW caps = {};
    waveInGetDevCapsW(device, &caps, sizeof caps);
    return utf8(caps.szPname);
  }
};

/// Effects: prints the devices. Returns: refwave's first one, WAVE_MAPPER if there is none.
template <class Way>
UINT find_refwave() {
  doing = "asking for the devices";
  UINT found = WAVE_MAPPER;
  const UINT count = Way::devices();
  for (UINT device = 0; device < count; ++device) {
    const std::string name = Way::name(device);
    std::printf("  %-8s number %u: %s\n", Way::kDoes, device, name.c_str());
    if (found == WAVE_MAPPER && name.starts_with("refwave")) found = device;
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
  for (std::size_t sent = 0; error == MMSYSERR_NOERROR && stream.count < kBlocks;) {
    if (sent < std::min(kBlocks, stream.count + kQueued)) {
      doing = "send";
      error = Way::send(handle, &stream.headers[sent++], sizeof(WAVEHDR));
    } else if (sent == kQueued && stream.count == 0 && std::strcmp(doing, "send") == 0) {
      doing = "start";
      error = Way::start(handle);
    } else {
      doing = "wait for a block";
      if (WaitForSingleObject(stream.called, kPatienceMs) != WAIT_OBJECT_0) error = WAVERR_STILLPLAYING;
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
  double most_ms = 0;
};

/// Effects: uses that device for 1.5 seconds, and prints how it went.
template <class Way>
Figures try_device(UINT device, const char* named) {
  Stream stream;
  put_tone(stream);
  const double began = now_ms();
  const Outcome outcome = run<Way>(device, stream);
  std::printf("\n%s, %s", Way::kDoes, named);
  if (outcome.device != WAVE_MAPPER) std::printf(", number %u", outcome.device);
  std::printf("\n");
  if (outcome.error != MMSYSERR_NOERROR) {
    wchar_t text[MAXERRORLENGTH] = L"";
    Way::error_text(outcome.error, text, MAXERRORLENGTH);
    std::printf("  failed: %s: error %u, %s\n", outcome.failed_in, outcome.error, utf8(text).c_str());
    return {};
  }
  std::set<DWORD> threads;
  std::vector<double> late;
  bool in_order = stream.count == kBlocks;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const Call& call = stream.calls[i];
    threads.insert(call.thread);
    late.push_back(call.at_ms - kBlockMs * static_cast<double>(i));
    in_order = in_order && call.header == &stream.headers[i];
  }
  std::sort(late.begin(), late.end());
  const Call& first = stream.calls.front();
  const double first_ms = late.front();
  const double percent = 100 * kBlockMs * (kBlocks - 1) / (stream.calls.back().at_ms - first.at_ms);
  std::printf("  %u blocks of %.0f ms came back, %s, at %.1f %% of real time; the first after %.1f ms\n",
              static_cast<unsigned>(stream.count), kBlockMs, in_order ? "in order" : "OUT OF ORDER", percent,
              first.at_ms - began);
  std::printf("  called back on %u thread%s of priority %d, %s, %s\n", static_cast<unsigned>(threads.size()),
              threads.size() == 1 ? "" : "s", first.priority,
              threads.count(GetCurrentThreadId()) != 0 ? "the program's own" : "not the program's",
              first.by_refwave ? "by refwave.drv" : "not by refwave.drv");
  const Figures figures = {in_order, late[kBlocks / 2] - first_ms, late.back() - first_ms};
  std::printf("  late against an even beat: p50 %.2f ms, at most %.2f ms\n", figures.p50_ms, figures.most_ms);
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
  std::printf(
      "\nrefwave: number %d of those that play, %d of those that record; %s, %s; late by %.2f ms (p50), "
      "%.2f ms (most)\n",
      static_cast<int>(out), static_cast<int>(in), played.good ? "plays" : "DOES NOT PLAY",
      recorded.good ? "records" : "DOES NOT RECORD", played.p50_ms, played.most_ms);
  return played.good && recorded.good ? kWorks : kFails;
}

std::set<std::string> lines_of(const char* name) {
  std::set<std::string> lines;
  std::FILE* const file = std::fopen(name, "r");
  if (file == nullptr) return lines;
  char line[4096];
  while (std::fgets(line, sizeof line, file) != nullptr) lines.insert(line);
  std::fclose(file);
  return lines;
}

int compare(const char* before, const char* after) {
  const std::set<std::string> old_lines = lines_of(before);
  const std::set<std::string> new_lines = lines_of(after);
  int status = old_lines.empty() || new_lines.empty() ? kFails : kWorks;
  const auto print = [&status](const char* which, const auto& lines, const auto& others) {
    for (const std::string& line : lines) {
      if (others.count(line) != 0) continue;
      std::printf("%s %s", which, line.c_str());
      status = kFails;
    }
  };
  print("only before:", old_lines, new_lines);
  print("only after: ", new_lines, old_lines);
  std::printf(status == kWorks ? "nothing has changed\n" : "NOT as before\n");
  return status;
}

}  // namespace

int main(int count, char** words) {
  // What was printed is in the file if the driver crashes.
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  // No box that waits for a click.
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
  if (count == 4 && std::strcmp(words[1], "compare") == 0) return compare(words[2], words[3]);
  return meet_refwave();
}
