// The wave functions are refwave's, with its handles and texts; everything else is forwarded to the system's
// winmm.
#include <gmock/gmock.h>

#include <cstdint>
#include <cstdlib>

#include "tests/windows/dropin_program.h"

namespace refwave::test {
namespace {

/// As `refwave install --program` does before any program runs.
class Recorded : public testing::Environment {
 public:
  /// Returns: when the drop-in was last used here, or in another folder; 0: not yet.
  static std::uint64_t used(const wchar_t* other = L"") {
    std::uint64_t time = 0;
    DWORD size = sizeof time;
    RegGetValueW(HKEY_CURRENT_USER, L"Software\\refwave", (name() + other).c_str(), RRF_RT_REG_QWORD, nullptr,
                 &time, &size);
    return time;
  }

 private:
  static std::wstring name() { return L"\\\\?\\" + program_folder().wstring(); }
  void SetUp() override {
    const std::uint64_t never = 0;
    for (const wchar_t* other : {L"", L"\\other"})
      RegSetKeyValueW(HKEY_CURRENT_USER, L"Software\\refwave", (name() + other).c_str(), REG_QWORD, &never,
                      sizeof never);
  }
  void TearDown() override {
    for (const wchar_t* other : {L"", L"\\other"})
      RegDeleteKeyValueW(HKEY_CURRENT_USER, L"Software\\refwave", (name() + other).c_str());
  }
};

const testing::Environment* const recorded = testing::AddGlobalTestEnvironment(new Recorded);

std::string device_name() {
  WAVEOUTCAPSA caps{};
  EXPECT_EQ(waveOutGetDevCapsA(0, &caps, sizeof(caps)), MMSYSERR_NOERROR);
  return caps.szPname;
}

TEST(Dropin, Is_what_the_program_imports_from) {
  ASSERT_NE(imported_winmm(), nullptr);
  EXPECT_NE(imported_winmm(), system_winmm());
  EXPECT_EQ(reinterpret_cast<void*>(GetProcAddress(imported_winmm(), "waveOutOpen")),
            reinterpret_cast<void*>(&waveOutOpen));
}

TEST(Dropin, Has_refwaves_devices) {
  EXPECT_EQ(waveOutGetNumDevs(), 1U);
  EXPECT_EQ(waveInGetNumDevs(), 1U);
  EXPECT_EQ(device_name(), "clocked") << "from the refwave.toml beside the program";
}

TEST(Dropin, Keeps_its_handles_from_the_system) {
  HWAVEOUT out = nullptr;
  ASSERT_EQ(waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
  EXPECT_EQ(in_system("waveOutReset", waveOutReset)(out), static_cast<MMRESULT>(MMSYSERR_INVALHANDLE));
  EXPECT_EQ(in_system("waveOutClose", waveOutClose)(out), static_cast<MMRESULT>(MMSYSERR_INVALHANDLE));
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
}

TEST(Dropin, Records_when_it_was_used_where_it_was_installed) {
  waveOutGetNumDevs();
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  const std::uint64_t time = std::uint64_t{now.dwHighDateTime} << 32 | now.dwLowDateTime;
  EXPECT_LE(Recorded::used(), time);
  EXPECT_GT(Recorded::used(), time - std::uint64_t{3'600} * 10'000'000);
  EXPECT_EQ(Recorded::used(L"\\other"), 0U);
}

void end_while_playing() {
  static Block block(48'000);
  HWAVEOUT out = nullptr;
  if (waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, CALLBACK_NULL) != MMSYSERR_NOERROR) std::exit(1);
  waveOutPrepareHeader(out, &block.header, sizeof(WAVEHDR));
  std::exit(waveOutWrite(out, &block.header, sizeof(WAVEHDR)) == MMSYSERR_NOERROR ? 0 : 2);
}

TEST(Dropin, Lets_the_program_end_while_it_plays) {
  EXPECT_EXIT(end_while_playing(), testing::ExitedWithCode(0), "");
}

TEST(Dropin, Stays_when_the_program_frees_it) {
  ASSERT_EQ(waveOutGetNumDevs(), 1U);
  for (int i = 0; i < 3; ++i) FreeLibrary(imported_winmm());
  ASSERT_NE(imported_winmm(), nullptr);
  EXPECT_EQ(waveOutGetNumDevs(), 1U);
}

DWORD_PTR heard_values[5] = {};
void CALLBACK hear_values(HDRVR device, UINT message, DWORD_PTR user, DWORD_PTR first, DWORD_PTR second) {
  const DWORD_PTR values[] = {reinterpret_cast<DWORD_PTR>(device), message, user, first, second};
  std::copy(std::begin(values), std::end(values), heard_values);
}

TEST(Dropin_forwards, Counts_of_devices) {
  EXPECT_EQ(midiOutGetNumDevs(), in_system("midiOutGetNumDevs", midiOutGetNumDevs)());
  EXPECT_EQ(joyGetNumDevs(), in_system("joyGetNumDevs", joyGetNumDevs)());
  EXPECT_GT(joyGetNumDevs(), 0U) << "one that is not 0 anywhere";
}

TEST(Dropin_forwards, What_drivers_import) {
  EXPECT_EQ(DefDriverProc(0, nullptr, DRV_LOAD, 0, 0), 1);
  EXPECT_EQ(DefDriverProc(0, nullptr, DRV_QUERYCONFIGURE, 0, 0), 0);
  EXPECT_NE(DriverCallback(reinterpret_cast<DWORD_PTR>(hear_values), DCB_FUNCTION | DCB_NOSWITCH,
                           reinterpret_cast<HDRVR>(11), 22, 33, 44, 55),
            FALSE);
  EXPECT_THAT(heard_values, testing::ElementsAre(11, 22, 33, 44, 55)) << "all seven values, in their order";
  EXPECT_EQ(OpenDriver(L"no_such_driver.drv", nullptr, 0), nullptr);
}

TEST(Dropin_forwards, The_function_that_has_a_number_and_no_name) {
  EXPECT_NE(GetProcAddress(imported_winmm(), MAKEINTRESOURCEA(2)), nullptr);
}

TEST(Dropin_forwards, Nothing_where_the_system_has_nothing) {
  using Function = DWORD_PTR(WINAPI*)(DWORD_PTR, DWORD_PTR, DWORD_PTR, DWORD_PTR, DWORD_PTR);
  for (const char* const name :
       {"NotifyCallbackData", "aux32Message", "wod32Message"}) {  // of 20 bytes on x86
    ASSERT_EQ(GetProcAddress(system_winmm(), name), nullptr) << "Wine has it";
    const auto call =
        reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(imported_winmm(), name)));
    ASSERT_NE(call, nullptr) << name;
    EXPECT_EQ(call(1, 2, 3, 4, 5), 0U) << name;
  }
}

}  // namespace
}  // namespace refwave::test
