// waveOut* and waveIn*: loading, numbering, routing, handles, the mapper, and what is done for drivers that
// do less.
#include <gtest/gtest.h>
#include <winmm_host.h>

#include <cstring>
#include <thread>
#include <vector>

#include "tests/host/puppets.h"
#include "tests/host/system_ini_file.h"

namespace refwave::host::test {
namespace {

constexpr WAVEFORMATEX kFormat = {WAVE_FORMAT_PCM, 2, 48'000, 192'000, 4, 16, 0};

class Wave : public testing::Test {
 protected:
  Wave() {
    winmm_host_unload_wave_drivers();
    puppets.reset();
  }
  ~Wave() override {
    winmm_host_unload_wave_drivers();
    for (const char* key : {"wave", "wave1", "wave7"}) winmm_host_register_driver(key, nullptr);
    puppets.reset();
  }

  static void register_both() {
    winmm_host_register_driver("wave", driver_path("first.drv").c_str());
    winmm_host_register_driver("wave7", (driver_path("second.drv") + " p=1").c_str());
  }

  static HWAVEOUT open_out(UINT id = 0) {
    HWAVEOUT out = nullptr;
    EXPECT_EQ(waveOutOpen(&out, id, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
    return out;
  }

  static HWAVEIN open_in() {
    HWAVEIN in = nullptr;
    EXPECT_EQ(waveInOpen(&in, 0, &kFormat, 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
    return in;
  }

  /// Returns: the last message that a driver's wodMessage or widMessage got.
  WaveMessageSeen last() const { return puppets.wave_messages().back(); }

  Puppets& puppets = Puppets::instance();
};

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

TEST_F(Wave, The_file_names_the_drivers_and_a_bad_entry_costs_only_itself) {
  const SystemIniFile ini("[drivers32]\nwave=/no/such.drv\nwave1=" + driver_path("first.drv") +
                          "\nwave2=" + driver_path("no_wave.drv") +
                          "\n[drivers]\nwave3=" + driver_path("second.drv") + "\n");
  EXPECT_EQ(waveOutGetNumDevs(), 2u);
  const std::string errors = winmm_host_last_error();
  EXPECT_NE(errors.find(ini.path() + ":2: wave: there is no file '/no/such.drv'"), std::string::npos)
      << errors;
  EXPECT_NE(errors.find(ini.path() + ":4: wave2: the driver exports neither wodMessage nor widMessage"),
            std::string::npos)
      << errors;
}

TEST_F(Wave, The_environment_may_name_the_one_driver) {
  setenv("REFWAVE_DRIVER", (driver_path("second.drv") + " clock=0").c_str(), 1);
  EXPECT_EQ(waveOutGetNumDevs(), 1u);
  unsetenv("REFWAVE_DRIVER");
  EXPECT_EQ(puppets.driver_messages()[2].text, u"clock=0");
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

TEST_F(Wave, A_device_that_answers_the_count_with_an_error_has_no_devices) {
  register_both();
  puppets.answer_wave([](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    return seen.message == WODM_GETNUMDEVS && seen.driver == "first" ? std::optional<DWORD>(0x10005)
                                                                     : std::nullopt;
  });
  EXPECT_EQ(waveOutGetNumDevs(), 1u);
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

TEST_F(Wave, An_open_describes_itself_to_the_driver) {
  register_both();
  WAVEOPENDESC description{};
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message == WODM_OPEN) std::memcpy(&description, reinterpret_cast<void*>(seen.parameter1), 44);
    return std::nullopt;
  });
  HWAVEOUT out = nullptr;
  const DWORD flags = CALLBACK_EVENT | WAVE_ALLOWSYNC | WAVE_FORMAT_DIRECT;
  ASSERT_EQ(waveOutOpen(&out, 1, &kFormat, 0x1111, 0x2222, flags), MMSYSERR_NOERROR);
  EXPECT_EQ(last().parameter2, flags);
  EXPECT_EQ(last().driver, "second");
  EXPECT_EQ(reinterpret_cast<HWAVEOUT>(description.hWave), out);
  EXPECT_EQ(reinterpret_cast<LPCWAVEFORMATEX>(description.lpFormat), &kFormat);
  const DWORD_PTR callback = description.dwCallback;
  const DWORD_PTR instance = description.dwInstance;
  EXPECT_EQ(callback, 0x1111u);
  EXPECT_EQ(instance, 0x2222u);
}

TEST_F(Wave, A_handle_is_good_inside_the_open_callback) {
  register_both();
  MMRESULT result = MMSYSERR_ERROR;
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message != WODM_OPEN) return std::nullopt;
    *reinterpret_cast<DWORD_PTR*>(seen.user) = 77;
    WAVEOPENDESC description{};
    std::memcpy(&description, reinterpret_cast<void*>(seen.parameter1), sizeof(description));
    result = waveOutPause(reinterpret_cast<HWAVEOUT>(description.hWave));
    return MMSYSERR_NOERROR;
  });
  open_out();
  EXPECT_EQ(result, MMSYSERR_NOERROR);
  EXPECT_EQ(last().user, 77u);
}

TEST_F(Wave, Open_checks_what_is_its_own_to_check) {
  register_both();
  HWAVEOUT out = nullptr;
  EXPECT_EQ(waveOutOpen(nullptr, 0, &kFormat, 0, 0, 0), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutOpen(&out, 0, nullptr, 0, 0, 0), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutOpen(&out, 2, &kFormat, 0, 0, 0), MMSYSERR_BADDEVICEID);
  EXPECT_EQ(waveOutOpen(&out, 0, &kFormat, 0xDEAD0001, 0, CALLBACK_WINDOW), MMSYSERR_INVALPARAM);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(waveOutOpen(nullptr, 0, &kFormat, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  EXPECT_TRUE(last().parameter2 & WAVE_FORMAT_QUERY);
}

TEST_F(Wave, A_refused_open_leaves_no_handle) {
  register_both();
  HWAVEOUT offered = nullptr;
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message != WODM_OPEN) return std::nullopt;
    WAVEOPENDESC description{};
    std::memcpy(&description, reinterpret_cast<void*>(seen.parameter1), sizeof(description));
    offered = reinterpret_cast<HWAVEOUT>(description.hWave);
    return MMSYSERR_ALLOCATED;
  });
  auto out = reinterpret_cast<HWAVEOUT>(0x1234);
  EXPECT_EQ(waveOutOpen(&out, 0, &kFormat, 0, 0, 0), MMSYSERR_ALLOCATED);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(waveOutPause(offered), MMSYSERR_INVALHANDLE);
}

TEST_F(Wave, The_mapper_takes_the_first_device_that_takes_the_format) {
  register_both();
  puppets.devices = {{"first wod", 2}};
  puppets.answer_wave([](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    return seen.message == WODM_OPEN && seen.driver == "first" ? std::optional<DWORD>(WAVERR_BADFORMAT)
                                                               : std::nullopt;
  });
  HWAVEOUT out = open_out(WAVE_MAPPER);
  UINT id = 0;
  EXPECT_EQ(waveOutGetID(out, &id), MMSYSERR_NOERROR);
  EXPECT_EQ(id, 2u);
  EXPECT_EQ(waveOutOpen(nullptr, WAVE_MAPPER, &kFormat, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);

  puppets.answer_wave([](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    return seen.message == WODM_OPEN ? std::optional<DWORD>(WAVERR_BADFORMAT) : std::nullopt;
  });
  EXPECT_EQ(waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, 0), WAVERR_BADFORMAT);
}

TEST_F(Wave, Bad_handles_are_refused_without_asking_a_driver) {
  register_both();
  HWAVEOUT closed = open_out();
  EXPECT_EQ(waveOutClose(closed), MMSYSERR_NOERROR);
  HWAVEIN in = open_in();
  const std::size_t asked = puppets.wave_messages().size();
  WAVEHDR header{};
  MMTIME time{};
  for (const HWAVEOUT bad :
       {HWAVEOUT{nullptr}, closed, reinterpret_cast<HWAVEOUT>(in), reinterpret_cast<HWAVEOUT>(0xDEAD0001)}) {
    EXPECT_EQ(waveOutClose(bad), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutWrite(bad, &header, sizeof(header)), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutPrepareHeader(bad, &header, sizeof(header)), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutReset(bad), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutGetPosition(bad, &time, sizeof(time)), MMSYSERR_INVALHANDLE);
    UINT id = 0;
    EXPECT_EQ(waveOutGetID(bad, &id), MMSYSERR_INVALHANDLE);
  }
  EXPECT_EQ(waveOutSetVolume(closed, 0), MMSYSERR_INVALHANDLE);
  EXPECT_EQ(puppets.wave_messages().size(), asked);
  EXPECT_EQ(waveInClose(in), MMSYSERR_NOERROR);
}

TEST_F(Wave, A_close_that_the_driver_refuses_leaves_the_handle_open) {
  register_both();
  HWAVEOUT out = open_out();
  puppets.answer_wave([](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    return seen.message == WODM_CLOSE ? std::optional<DWORD>(WAVERR_STILLPLAYING) : std::nullopt;
  });
  EXPECT_EQ(waveOutClose(out), WAVERR_STILLPLAYING);
  EXPECT_EQ(waveOutReset(out), MMSYSERR_NOERROR);
  puppets.answer_wave(nullptr);
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
}

TEST_F(Wave, A_handle_that_is_being_closed_cannot_be_closed_again) {
  register_both();
  HWAVEOUT out = open_out();
  MMRESULT again = MMSYSERR_ERROR;
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message == WODM_CLOSE) again = waveOutClose(out);
    return std::nullopt;
  });
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
  EXPECT_EQ(again, MMSYSERR_INVALHANDLE);
}

TEST_F(Wave, Unloading_the_drivers_closes_what_is_open) {
  register_both();
  HWAVEOUT out = open_out();
  winmm_host_unload_wave_drivers();
  EXPECT_EQ(waveOutReset(out), MMSYSERR_INVALHANDLE);
  EXPECT_EQ(waveOutGetNumDevs(), 2u) << "and they can be loaded again";
}

TEST_F(Wave, Every_function_reaches_its_message) {
  register_both();
  HWAVEOUT out = open_out();
  WAVEHDR header{};
  DWORD value = 0;
  MMTIME time{};
  const auto sent = [&](MMRESULT result, UINT message) {
    EXPECT_EQ(result, MMSYSERR_NOERROR);
    EXPECT_EQ(last().message, message);
    EXPECT_EQ(last().user, 0x123456789ABCu);
  };
  sent(waveOutPrepareHeader(out, &header, sizeof(header)), WODM_PREPARE);
  sent(waveOutWrite(out, &header, sizeof(header)), WODM_WRITE);
  sent(waveOutUnprepareHeader(out, &header, sizeof(header)), WODM_UNPREPARE);
  sent(waveOutPause(out), WODM_PAUSE);
  sent(waveOutRestart(out), WODM_RESTART);
  sent(waveOutReset(out), WODM_RESET);
  sent(waveOutBreakLoop(out), WODM_BREAKLOOP);
  sent(waveOutGetPosition(out, &time, sizeof(time)), WODM_GETPOS);
  sent(waveOutGetPitch(out, &value), WODM_GETPITCH);
  sent(waveOutSetPitch(out, 1), WODM_SETPITCH);
  sent(waveOutGetPlaybackRate(out, &value), WODM_GETPLAYBACKRATE);
  sent(waveOutSetPlaybackRate(out, 1), WODM_SETPLAYBACKRATE);
  sent(waveOutGetVolume(out, &value), WODM_GETVOLUME);
  sent(waveOutSetVolume(out, 1), WODM_SETVOLUME);
  sent(waveOutMessage(out, DRV_USER + 7, 1, 2), DRV_USER + 7);
  sent(waveOutClose(out), WODM_CLOSE);

  HWAVEIN in = open_in();
  sent(waveInPrepareHeader(in, &header, sizeof(header)), WIDM_PREPARE);
  sent(waveInAddBuffer(in, &header, sizeof(header)), WIDM_ADDBUFFER);
  sent(waveInUnprepareHeader(in, &header, sizeof(header)), WIDM_UNPREPARE);
  sent(waveInStart(in), WIDM_START);
  sent(waveInStop(in), WIDM_STOP);
  sent(waveInReset(in), WIDM_RESET);
  sent(waveInGetPosition(in, &time, sizeof(time)), WIDM_GETPOS);
  sent(waveInMessage(in, DRV_USER + 8, 1, 2), DRV_USER + 8);
  sent(waveInClose(in), WIDM_CLOSE);
}

TEST_F(Wave, A_device_id_stands_for_the_whole_device) {
  register_both();
  EXPECT_EQ(waveOutSetVolume(reinterpret_cast<HWAVEOUT>(1), 0x80008000), MMSYSERR_NOERROR);
  EXPECT_EQ(last().driver, "second");
  EXPECT_EQ(last().user, 0u);
  EXPECT_EQ(last().parameter1, 0x80008000u);
  DWORD value = 0;
  EXPECT_EQ(waveOutGetVolume(reinterpret_cast<HWAVEOUT>(9), &value), MMSYSERR_BADDEVICEID);
  EXPECT_EQ(waveOutGetVolume(reinterpret_cast<HWAVEOUT>(0), nullptr), MMSYSERR_INVALPARAM);
}

TEST_F(Wave, Queries_that_Windows_answers_itself_do_not_reach_the_driver) {
  register_both();
  HWAVEOUT out = open_out();
  const std::size_t asked = puppets.wave_messages().size();
  DWORD id = 9;
  DWORD flags = 9;
  EXPECT_EQ(waveOutMessage(reinterpret_cast<HWAVEOUT>(static_cast<UINT_PTR>(WAVE_MAPPER)),
                           DRVM_MAPPER_PREFERRED_GET, reinterpret_cast<DWORD_PTR>(&id),
                           reinterpret_cast<DWORD_PTR>(&flags)),
            MMSYSERR_NOERROR);
  EXPECT_EQ(id, 0u);
  EXPECT_EQ(flags, 0u);
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYDEVICEINTERFACESIZE, 0, 0), MMSYSERR_NOTSUPPORTED);
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYMAPPABLE, 0, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(puppets.wave_messages().size(), asked);
}

TEST_F(Wave, Headers_are_prepared_for_drivers_that_leave_it_to_the_host) {
  register_both();
  HWAVEOUT out = open_out();
  WAVEHDR header{};
  header.dwFlags = WHDR_DONE | WHDR_BEGINLOOP;
  EXPECT_EQ(waveOutPrepareHeader(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header.dwFlags}, static_cast<DWORD>(WHDR_PREPARED | WHDR_BEGINLOOP));
  header.dwFlags |= WHDR_DONE;
  EXPECT_EQ(waveOutPrepareHeader(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header.dwFlags}, static_cast<DWORD>(WHDR_PREPARED | WHDR_BEGINLOOP | WHDR_DONE));

  header.dwFlags = WHDR_PREPARED | WHDR_INQUEUE;
  EXPECT_EQ(waveOutUnprepareHeader(out, &header, sizeof(header)), WAVERR_STILLPLAYING);
  header.dwFlags = WHDR_PREPARED | WHDR_DONE;
  EXPECT_EQ(waveOutUnprepareHeader(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header.dwFlags}, static_cast<DWORD>(WHDR_DONE));
  EXPECT_EQ(waveOutPrepareHeader(out, nullptr, sizeof(header)), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutPrepareHeader(out, &header, sizeof(header) - 1), MMSYSERR_INVALPARAM);
}

TEST_F(Wave, A_driver_that_prepares_headers_itself_is_left_to_it) {
  register_both();
  puppets.answer_wave([](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    return seen.message == WODM_PREPARE ? std::optional<DWORD>(MMSYSERR_NOMEM) : std::nullopt;
  });
  WAVEHDR header{};
  EXPECT_EQ(waveOutPrepareHeader(open_out(), &header, sizeof(header)), MMSYSERR_NOMEM);
  EXPECT_EQ(DWORD{header.dwFlags}, 0u);
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

TEST_F(Wave, A_handle_may_be_used_while_another_thread_closes_it) {
  register_both();
  for (int round = 0; round < 100; ++round) {
    HWAVEOUT out = open_out();
    std::atomic<int> closed = 0;
    {
      std::vector<std::jthread> threads(3);
      for (std::jthread& thread : threads) {
        thread = std::jthread([&] {
          const MMRESULT used = waveOutPause(out);
          EXPECT_TRUE(used == MMSYSERR_NOERROR || used == MMSYSERR_INVALHANDLE);
          if (waveOutClose(out) == MMSYSERR_NOERROR) ++closed;
        });
      }
    }
    ASSERT_EQ(closed, 1);
  }
}

}  // namespace
}  // namespace refwave::host::test
