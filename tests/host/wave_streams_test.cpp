// waveOut* and waveIn*: opening, the mapper, handles, the message that each function sends, and the sentences
// of errors.
#include <array>
#include <cstring>
#include <string>

#include "tests/host/wave_fixture.h"

namespace refwave::host::test {
namespace {

TEST_F(Wave, An_open_describes_itself_to_the_driver_with_a_handle_that_is_good_already) {
  register_both();
  WAVEOPENDESC description{};
  WaveMessageSeen open{};
  MMRESULT result = MMSYSERR_ERROR;
  puppets.answer_wave([&](const WaveMessageSeen& seen) -> std::optional<DWORD> {
    if (seen.message != WODM_OPEN) return std::nullopt;
    open = seen;
    *reinterpret_cast<DWORD_PTR*>(seen.user) = 77;
    std::memcpy(&description, reinterpret_cast<void*>(seen.parameter1), sizeof(description));
    result = waveOutPause(reinterpret_cast<HWAVEOUT>(description.hWave));
    return MMSYSERR_NOERROR;
  });
  HWAVEOUT out = nullptr;
  const DWORD flags = CALLBACK_EVENT | WAVE_ALLOWSYNC | WAVE_FORMAT_DIRECT;
  ASSERT_EQ(waveOutOpen(&out, 1, &kFormat, 0x1111, 0x2222, flags), MMSYSERR_NOERROR);
  EXPECT_EQ(open.parameter2, flags);
  EXPECT_EQ(open.driver, "second");
  EXPECT_EQ(reinterpret_cast<HWAVEOUT>(description.hWave), out);
  EXPECT_EQ(reinterpret_cast<LPCWAVEFORMATEX>(description.lpFormat), &kFormat);
  const DWORD_PTR callback = description.dwCallback;
  const DWORD_PTR instance = description.dwInstance;
  EXPECT_EQ(callback, 0x1111u);
  EXPECT_EQ(instance, 0x2222u);
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
  puppets.answer_wave(WODM_OPEN, WAVERR_BADFORMAT, "first");
  HWAVEOUT out = open_out(WAVE_MAPPER);
  UINT id = 0;
  EXPECT_EQ(waveOutGetID(out, &id), MMSYSERR_NOERROR);
  EXPECT_EQ(id, 2u);
  EXPECT_EQ(waveOutOpen(nullptr, WAVE_MAPPER, &kFormat, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutOpen(nullptr, 0xFFFF, &kFormat, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR)
      << "the mapper of 16 bits";

  puppets.answer_wave(WODM_OPEN, WAVERR_BADFORMAT);
  EXPECT_EQ(waveOutOpen(&out, WAVE_MAPPER, &kFormat, 0, 0, 0), WAVERR_BADFORMAT);
}

TEST_F(Wave, Bad_handles_are_refused_without_asking_a_driver) {
  register_both();
  HWAVEOUT closed = open_out();
  EXPECT_EQ(waveOutClose(closed), MMSYSERR_NOERROR);
  HWAVEIN in = open_in();
  const std::size_t asked = puppets.wave_messages().size();
  WAVEHDR header{};
  for (const HWAVEOUT bad :
       {HWAVEOUT{nullptr}, closed, reinterpret_cast<HWAVEOUT>(in), reinterpret_cast<HWAVEOUT>(0xDEAD0001)}) {
    EXPECT_EQ(waveOutClose(bad), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutWrite(bad, &header, sizeof(header)), MMSYSERR_INVALHANDLE);
    EXPECT_EQ(waveOutPrepareHeader(bad, &header, sizeof(header)), MMSYSERR_INVALHANDLE);
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
  puppets.answer_wave(WODM_CLOSE, WAVERR_STILLPLAYING);
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
  EXPECT_EQ(waveOutMessage(out, DRV_QUERYMAPPABLE, 0, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(puppets.wave_messages().size(), asked);
  waveOutMessage(out, DRV_QUERYDEVICEINTERFACESIZE, 0, 0);
  EXPECT_EQ(puppets.wave_messages().size(), asked + 1);
}

/// At an odd address: on some processors an access to all four bytes of the flags would fault; sanitizers
/// report it on all.
TEST_F(Wave, Headers_are_prepared_for_drivers_that_leave_it_to_the_host) {
  register_both();
  HWAVEOUT out = open_out();
  std::array<char, sizeof(WAVEHDR) + 1> bytes{};
  auto* const header = reinterpret_cast<LPWAVEHDR>(bytes.data() + 1);
  constexpr DWORD kKept = WHDR_BEGINLOOP | 0xABCD'0000;
  header->dwFlags = WHDR_DONE | kKept;
  EXPECT_EQ(waveOutPrepareHeader(out, header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header->dwFlags}, WHDR_PREPARED | kKept);
  header->dwFlags |= WHDR_DONE;
  EXPECT_EQ(waveOutPrepareHeader(out, header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header->dwFlags}, WHDR_PREPARED | WHDR_DONE | kKept);

  header->dwFlags = WHDR_PREPARED | WHDR_INQUEUE;
  EXPECT_EQ(waveOutUnprepareHeader(out, header, sizeof(WAVEHDR)), WAVERR_STILLPLAYING);
  header->dwFlags = WHDR_PREPARED | WHDR_DONE;
  EXPECT_EQ(waveOutUnprepareHeader(out, header, sizeof(WAVEHDR)), MMSYSERR_NOERROR);
  EXPECT_EQ(DWORD{header->dwFlags}, static_cast<DWORD>(WHDR_DONE));
  EXPECT_EQ(waveOutPrepareHeader(out, nullptr, sizeof(WAVEHDR)), MMSYSERR_INVALPARAM);
  EXPECT_EQ(waveOutPrepareHeader(out, header, sizeof(WAVEHDR) - 1), MMSYSERR_INVALPARAM);

  puppets.answer_wave(WODM_PREPARE, MMSYSERR_NOMEM);
  EXPECT_EQ(waveOutPrepareHeader(out, header, sizeof(WAVEHDR)), MMSYSERR_NOMEM) << "a driver's own answer";
  EXPECT_EQ(DWORD{header->dwFlags}, static_cast<DWORD>(WHDR_DONE));
}

TEST(ErrorText, There_is_a_sentence_for_every_error) {
  for (UINT error = 0; error <= WAVERR_LASTERROR; ++error) {
    char narrow[MAXERRORLENGTH] = "";
    char16_t wide[MAXERRORLENGTH] = u"";
    const bool known = error <= MMSYSERR_LASTERROR || error >= WAVERR_BASE;
    const MMRESULT expected = known ? MMSYSERR_NOERROR : MMSYSERR_BADERRNUM;
    EXPECT_EQ(waveOutGetErrorTextA(error, narrow, MAXERRORLENGTH), expected) << error;
    EXPECT_EQ(waveInGetErrorText(error, wide, MAXERRORLENGTH), expected) << error;
    const std::string text(narrow);
    EXPECT_EQ(std::u16string(text.begin(), text.end()), wide);
    EXPECT_EQ(text.ends_with('.'), known) << text;
  }
}

TEST(ErrorText, Is_cut_to_the_room_there_is) {
  char text[6] = {'x', 'x', 'x', 'x', 'x', 'x'};
  EXPECT_EQ(waveOutGetErrorTextA(MMSYSERR_NOERROR, text, 5), MMSYSERR_NOERROR);
  EXPECT_STREQ(text, "The ");
  EXPECT_EQ(text[5], 'x');
  EXPECT_EQ(waveOutGetErrorTextA(MMSYSERR_NOERROR, text, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(waveInGetErrorTextA(MMSYSERR_NOERROR, nullptr, 5), MMSYSERR_INVALPARAM);
}

}  // namespace
}  // namespace refwave::host::test
