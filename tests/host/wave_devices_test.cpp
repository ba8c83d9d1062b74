// waveOut* and waveIn*: which drivers are loaded, when, and how their devices are numbered.
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "tests/host/system_ini_file.h"
#include "tests/host/wave_fixture.h"
#include "tests/support/scarce_memory.h"

namespace refwave::host::test {
namespace {

using refwave::test::ScarceMemory;

std::string text_of(const char16_t* text) {
  const std::u16string whole(text);
  return {whole.begin(), whole.end()};
}

TEST_F(Wave, Without_a_driver_there_is_no_device_and_a_reason) {
  const SystemIniFile ini("[drivers32]\n");
  EXPECT_EQ(waveOutGetNumDevs(), 0u);
  EXPECT_EQ(std::string(winmm_host_last_error()),
            "no wave driver is registered: " + ini.path() + ": there is no key 'wave' in [drivers32]");
  EXPECT_EQ(waveInGetNumDevs(), 0u);
  HWAVEOUT out = nullptr;
  EXPECT_EQ(waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, 0), MMSYSERR_BADDEVICEID);
  EXPECT_EQ(waveOutOpen(&out, 0, &kFormat, 0, 0, 0), MMSYSERR_BADDEVICEID);
}

TEST_F(Wave, Drivers_are_loaded_at_first_use_in_the_documented_order) {
  register_both();
  EXPECT_TRUE(puppets.driver_messages().empty());
  EXPECT_EQ(waveOutGetNumDevs(), 2u);
  EXPECT_STREQ(winmm_host_last_error(), "");
  EXPECT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN LOAD ENABLE OPEN");
  EXPECT_EQ(puppets.driver_messages()[5].text, u"p=1");
  std::vector<UINT> first;
  for (const WaveMessageSeen& seen : puppets.wave_messages()) {
    if (seen.driver == "first" && seen.entry == "wod") first.push_back(seen.message);
  }
  EXPECT_EQ(first, (std::vector<UINT>{DRVM_INIT, DRVM_ENABLE, WODM_GETNUMDEVS}));

  winmm_host_unload_wave_drivers();
  EXPECT_EQ(puppets.driver_order(),
            "LOAD ENABLE OPEN LOAD ENABLE OPEN CLOSE DISABLE FREE CLOSE DISABLE FREE");
  EXPECT_EQ(puppets.driver_messages()[6].driver, "second");
  EXPECT_EQ(last().message, static_cast<UINT>(DRVM_EXIT));
}

bool is_loaded(const std::string& path) {
  const std::unique_ptr<void, int (*)(void*)> module(dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD), dlclose);
  return module != nullptr;
}

/// Effects: opens a device while the allocation of that number fails, and then again without a failure.
/// Returns: whether there was such an allocation.
bool open_without_memory(int number) {
  HWAVEOUT out = nullptr;
  MMRESULT scarce = MMSYSERR_NOERROR;
  bool failed = false;
  {
    const ScarceMemory memory(number, ScarceMemory::Of::this_thread, ScarceMemory::Fails::one);
    scarce = waveOutOpen(&out, 0, &kFormat, 0, 0, CALLBACK_NULL);
    failed = ScarceMemory::refused() > 0;
  }
  if (scarce != MMSYSERR_NOERROR) {
    EXPECT_EQ(scarce, MMSYSERR_NOMEM) << "allocation " << number;
    EXPECT_EQ(waveOutOpen(&out, 0, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR)
        << "allocation " << number;
  }
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
  return failed;
}

TEST_F(Wave, Wherever_memory_runs_out_while_drivers_are_loaded_the_next_open_works) {
  register_both();
  int number = 0;
  for (; open_without_memory(number) && !HasFailure(); ++number) {
    EXPECT_EQ(waveOutGetNumDevs(), 2u) << "allocation " << number;
    winmm_host_unload_wave_drivers();
    const auto messages = puppets.driver_messages();
    const auto count = [&](UINT message) {
      return std::ranges::count(messages, message, &DriverMessage::message);
    };
    EXPECT_EQ(count(DRV_LOAD), count(DRV_FREE)) << "allocation " << number;
    EXPECT_EQ(count(DRV_OPEN), count(DRV_CLOSE)) << "allocation " << number;
    EXPECT_FALSE(is_loaded(driver_path("first.drv"))) << "allocation " << number;
    puppets.reset();
  }
  EXPECT_GT(number, 50) << "that many things need memory";
}

TEST_F(Wave, The_file_names_the_drivers_and_a_bad_entry_costs_only_itself) {
  const SystemIniFile ini("[drivers32]\nwave=/no/such.drv\nwave1=" + driver_path("first.drv") + "\nwave2=" +
                          driver_path("no_wave.drv") + "\nwave3=" + driver_path("second.drv") + "\n");
  EXPECT_EQ(waveOutGetNumDevs(), 2u);
  const std::string errors = winmm_host_last_error();
  EXPECT_NE(errors.find(ini.path() + ":2: wave: there is no file '/no/such.drv'"), std::string::npos)
      << errors;
  EXPECT_NE(errors.find(ini.path() + ":4: wave2: the driver exports neither wodMessage nor widMessage"),
            std::string::npos)
      << errors;
}

TEST_F(Wave, Devices_are_numbered_through_the_drivers) {
  register_both();
  puppets.devices = {{"first wod", 2}, {"second wod", 3}, {"first wid", 0}, {"second wid", 1}};
  EXPECT_EQ(waveOutGetNumDevs(), 5u);
  EXPECT_EQ(waveInGetNumDevs(), 1u);
  const std::vector<std::string> names = {"first0", "first1", "second0", "second1", "second2"};
  for (UINT id = 0; id < names.size(); ++id) {
    WAVEOUTCAPS capabilities{};
    ASSERT_EQ(waveOutGetDevCaps(id, &capabilities, sizeof(capabilities)), MMSYSERR_NOERROR);
    EXPECT_EQ(text_of(capabilities.szPname), names[id]);
  }
  WAVEINCAPSA capabilities{};
  ASSERT_EQ(waveInGetDevCapsA(0, &capabilities, sizeof(capabilities)), MMSYSERR_NOERROR);
  EXPECT_STREQ(capabilities.szPname, "second0");

  HWAVEOUT out = open_out(4);
  UINT id = 0;
  EXPECT_EQ(waveOutGetID(out, &id), MMSYSERR_NOERROR);
  EXPECT_EQ(id, 4u);
  EXPECT_EQ(waveOutPause(out), MMSYSERR_NOERROR);
  EXPECT_EQ(last().driver, "second");
  EXPECT_EQ(last().device, 2u);
  EXPECT_EQ(last().user, 0x123456789ABCu) << "all eight bytes that the driver stored";
  waveOutClose(out);
}

TEST_F(Wave, A_name_of_letters_with_several_bytes_is_cut_between_two_of_them) {
  register_both();
  // The W form has room for 31 units, the A form for 31 bytes.
  const std::u16string name = u"Kopfh\u00F6rer \u266A\u266A\u266A\u266A\u266A\u266A\U0001F3B5\U0001F3B5";
  puppets.answer_wave([&](const WaveMessageSeen& message) -> std::optional<DWORD> {
    if (message.message != WODM_GETDEVCAPS) return std::nullopt;
    WAVEOUTCAPSW capabilities{};
    std::copy(name.begin(), name.end(), capabilities.szPname);
    std::memcpy(reinterpret_cast<void*>(message.parameter1), &capabilities, sizeof capabilities);
    return MMSYSERR_NOERROR;
  });
  WAVEOUTCAPSA narrow{};
  ASSERT_EQ(waveOutGetDevCapsA(0, &narrow, sizeof narrow), MMSYSERR_NOERROR);
  EXPECT_STREQ(narrow.szPname, "Kopfh\u00F6rer \u266A\u266A\u266A\u266A\u266A\u266A");
}

TEST_F(Wave, Capabilities_are_copied_with_the_size_given) {
  register_both();
  WAVEOUTCAPSW capabilities;
  std::memset(&capabilities, 0x55, sizeof(capabilities));
  EXPECT_EQ(waveOutGetDevCapsW(0, &capabilities, 10), MMSYSERR_NOERROR);
  EXPECT_EQ(text_of(std::u16string(capabilities.szPname, 1).c_str()), "f");
  EXPECT_EQ(capabilities.szPname[1], u'\x5555');
  EXPECT_EQ(waveOutGetDevCapsW(0, nullptr, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutGetDevCapsW(0, nullptr, 10), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutGetDevCapsW(9, &capabilities, sizeof(capabilities)), MMSYSERR_BADDEVICEID);
  WAVEOUTCAPSA narrow;
  std::memset(&narrow, 0x55, sizeof(narrow));
  EXPECT_EQ(waveOutGetDevCapsA(WAVE_MAPPER, &narrow, 10), MMSYSERR_NOERROR);
  EXPECT_EQ(narrow.szPname[1], 'i');
  EXPECT_EQ(narrow.szPname[2], 0x55);
}

TEST_F(Wave, Unloading_the_drivers_closes_what_is_open) {
  register_both();
  HWAVEOUT out = open_out();
  winmm_host_unload_wave_drivers();
  EXPECT_EQ(waveOutReset(out), MMSYSERR_INVALHANDLE);
  EXPECT_EQ(waveOutGetNumDevs(), 2u) << "and they can be loaded again";
}

TEST_F(Wave, A_drivers_code_stays_until_the_last_call_in_it_returns) {
  register_both();
  HWAVEOUT out = open_out();
  std::atomic<bool> inside = false;
  std::atomic<bool> unloaded = false;
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message != WODM_PAUSE) return std::nullopt;
    inside = true;
    inside.notify_one();
    unloaded.wait(false);
    return MMSYSERR_NOERROR;
  });
  std::jthread client([&] { EXPECT_EQ(waveOutPause(out), MMSYSERR_NOERROR); });
  inside.wait(false);
  winmm_host_unload_wave_drivers();
  EXPECT_EQ(puppets.driver_messages().back().message, static_cast<UINT>(DRV_FREE));
  EXPECT_TRUE(is_loaded(driver_path("first.drv")));
  unloaded = true;
  unloaded.notify_one();
  client.join();
  EXPECT_FALSE(is_loaded(driver_path("first.drv")));
}

TEST_F(Wave, A_driver_that_asks_while_it_is_loaded_sees_no_devices) {
  register_both();
  UINT seen_devices = 99;
  puppets.answer_driver([&](const DriverMessage& message) -> std::optional<LRESULT> {
    if (message.message == DRV_LOAD) seen_devices = waveOutGetNumDevs();
    return std::nullopt;
  });
  EXPECT_EQ(waveOutGetNumDevs(), 2u);
  EXPECT_EQ(seen_devices, 0u);
}

TEST_F(Wave, Threads_that_come_first_together_load_once) {
  register_both();
  std::vector<std::jthread> threads(4);
  for (std::jthread& thread : threads) thread = std::jthread([] { EXPECT_EQ(waveOutGetNumDevs(), 2u); });
  threads.clear();
  EXPECT_EQ(puppets.driver_order(), "LOAD ENABLE OPEN LOAD ENABLE OPEN");
}

}  // namespace
}  // namespace refwave::host::test
