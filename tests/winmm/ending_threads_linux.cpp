// Callbacks that end their thread, as Python's do after its interpreter has ended; signals; a fork.
#include <gmock/gmock.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>

#include "driver/abi/windows_headers.h"
#include "tests/support/eventually.h"
#include "tests/support/processor_waits.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kStatus = 7;
constexpr int kUnderLoad = 77;

bool ends_in_time(int status) {
  if (testing::ExitedWithCode(kUnderLoad)(status))
    return skips_under_load(std::chrono::milliseconds(1), std::chrono::milliseconds(0));
  return testing::ExitedWithCode(kStatus)(status);
}

std::atomic<int> done_messages{0};

void CALLBACK end_thread(HWAVEOUT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  if (message != WOM_DONE) return;
  ++done_messages;
  pthread_exit(nullptr);
}

void CALLBACK count(HWAVEOUT, UINT message, DWORD_PTR, DWORD_PTR, DWORD_PTR) {
  done_messages += message == WOM_DONE ? 1 : 0;
}

std::array<char, 4 * 480> quiet{};
std::array<WAVEHDR, 5> five{};

using Callback = void(CALLBACK*)(HWAVEOUT, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);

MMRESULT open(HWAVEOUT& wave, Callback callback) {
  WAVEFORMATEX format{WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};
  return waveOutOpen(&wave, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(callback), 0,
                     CALLBACK_FUNCTION);
}

/// Returns: a stream whose blocks are done, with one message each.
HWAVEOUT play(const std::string& parameters, Callback callback) {
  setenv("REFWAVE_DRIVER", ("\"" REFWAVE_DRIVER "\" device=clocked; " + parameters).c_str(), 1);
  setenv("REFWAVE_CONFIG", "", 1);
  HWAVEOUT wave = nullptr;
  if (open(wave, callback) != MMSYSERR_NOERROR) _exit(1);
  for (WAVEHDR& header : five) {
    header.lpData = quiet.data();
    header.dwBufferLength = quiet.size();
    waveOutPrepareHeader(wave, &header, sizeof header);
    waveOutWrite(wave, &header, sizeof header);
  }
  if (!eventually([] { return done_messages == static_cast<int>(five.size()); })) _exit(2);
  return wave;
}

void play_and_exit(const std::string& parameters) {
  const HWAVEOUT wave = play(parameters, end_thread);
  for (const WAVEHDR& header : five)
    if ((header.dwFlags & (WHDR_DONE | WHDR_INQUEUE)) != WHDR_DONE) _exit(3);
  // An ended thread does not delay the close, which would give up after a second.
  ProcessorWaits waits;
  const auto begin = std::chrono::steady_clock::now();
  if (waveOutClose(wave) != MMSYSERR_NOERROR) _exit(4);
  const auto over = std::chrono::steady_clock::now() - begin - std::chrono::milliseconds(500);
  if (over > std::chrono::milliseconds(0)) _exit(over > waits.longest() ? 5 : kUnderLoad);
  std::exit(kStatus);
}

TEST(EndingThreads, Are_replaced_and_every_message_is_sent) {
  EXPECT_EXIT(play_and_exit(""), ends_in_time, "");
}

TEST(EndingThreads, Cost_one_device_if_they_are_its_own_and_the_log_says_so) {
  const TemporaryFolder folder;
  const std::string log = (folder / "log").string();
  EXPECT_EXIT(play_and_exit("completion=direct; log=" + log), ends_in_time, "");
  const std::string said = text_of("cat " + log);
  EXPECT_THAT(said, HasSubstr("a callback has ended it"));
  EXPECT_THAT(said, Not(HasSubstr("library")));
  EXPECT_EQ(text_of("grep -c 'takes over' " + log), "1") << said;
}

void play_without_the_main_thread() {
  play("", count);
  // As if this thread had ended.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  kill(getpid(), SIGTERM);
  eventually([] { return false; });
  _exit(6);
}

TEST(OwnThreads, Take_the_program_s_signals_as_the_thread_that_opens_would) {
  EXPECT_EXIT(play_without_the_main_thread(), testing::KilledBySignal(SIGTERM), "");
}

void play_and_fork() {
  HWAVEOUT wave = play("", count);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    HWAVEOUT own = nullptr;
    if (open(own, count) != MMSYSERR_NOTENABLED) _exit(7);
    _exit(waveOutWrite(wave, five.data(), sizeof(WAVEHDR)) == MMSYSERR_NOTENABLED ? 0 : 8);
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) _exit(9);
  waveOutWrite(wave, five.data(), sizeof(WAVEHDR));
  if (!eventually([] { return done_messages == static_cast<int>(five.size()) + 1; })) _exit(10);
  std::exit(waveOutClose(wave) == MMSYSERR_NOERROR ? kStatus : 11);
}

TEST(OwnThreads, Are_not_in_a_forked_child_and_it_gets_an_error_immediately) {
  EXPECT_EXIT(play_and_fork(), testing::ExitedWithCode(kStatus), "");
}

}  // namespace
}  // namespace refwave::test
