// The system's wave mapper converts formats that refwave does not play, as with winmm itself. And MCI's
// waveaudio, which calls the drop-in.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

#include "tests/windows/dropin_program.h"
#include "tests/windows/programs/guest_program.h"

namespace refwave::test {
namespace {

constexpr auto kBadFormat = static_cast<MMRESULT>(WAVERR_BADFORMAT);

constexpr WAVEFORMATEX kMuLaw = {WAVE_FORMAT_MULAW, 1, 8'000, 8'000, 1, 8, 0};

std::vector<char> mulaw_noise(std::size_t frames) {
  std::mt19937 random(1);
  std::vector<char> bytes(frames);
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

double heard_until_now() { return heard_seconds(wait_for_recording()); }

/// Expects: calls on the system's stream are forwarded to it.
void expect_answers(HWAVEOUT out) {
  MMTIME time{};
  time.wType = TIME_BYTES;
  EXPECT_EQ(waveOutGetPosition(out, &time, sizeof(time)), MMSYSERR_NOERROR);
  EXPECT_GT(time.u.cb, 0U);
  UINT id = 0;
  EXPECT_EQ(waveOutGetID(out, &id), MMSYSERR_NOERROR);
  DWORD volume = 0;
  EXPECT_EQ(waveOutGetVolume(out, &volume), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutPause(out), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutRestart(out), MMSYSERR_NOERROR);
}

void play(const WAVEFORMATEX& format, std::vector<char> bytes) {
  const HANDLE event = CreateEventW(nullptr, FALSE, FALSE, nullptr);
  HWAVEOUT out = nullptr;
  ASSERT_EQ(waveOutOpen(&out, WAVE_MAPPER, &format, reinterpret_cast<DWORD_PTR>(event), 0, CALLBACK_EVENT),
            MMSYSERR_NOERROR);
  WAVEHDR header{};
  header.lpData = bytes.data();
  header.dwBufferLength = static_cast<DWORD>(bytes.size());
  EXPECT_EQ(waveOutPrepareHeader(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutWrite(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  while (!(header.dwFlags & WHDR_DONE)) ASSERT_EQ(WaitForSingleObject(event, kPatienceMs), WAIT_OBJECT_0);
  expect_answers(out);
  EXPECT_EQ(waveOutUnprepareHeader(out, &header, sizeof(header)), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutReset(out), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutClose(out), static_cast<MMRESULT>(MMSYSERR_INVALHANDLE));
}

MMRESULT query(UINT device, const WAVEFORMATEX& format, DWORD flags = 0) {
  return waveOutOpen(nullptr, device, &format, 0, 0, flags | WAVE_FORMAT_QUERY);
}

TEST(Dropin_with_sound, Plays_mu_law_at_the_mapper) {
  EXPECT_EQ(query(WAVE_MAPPER, kMuLaw), MMSYSERR_NOERROR);
  const double before = heard_until_now();
  play(kMuLaw, mulaw_noise(8'000));
  EXPECT_NEAR(heard_until_now() - before, 1, 0.2);
}

TEST(Dropin_with_sound, Has_formats_converted_only_where_winmm_does) {
  EXPECT_EQ(query(0, kMuLaw), kBadFormat) << "the device itself";
  EXPECT_EQ(query(0, kMuLaw, WAVE_MAPPED), MMSYSERR_NOERROR) << "the mapper for that device";
  EXPECT_EQ(query(WAVE_MAPPER, kMuLaw, WAVE_FORMAT_DIRECT), kBadFormat);
  WAVEFORMATEX unknown = kMuLaw;
  unknown.wFormatTag = 0x7777;
  EXPECT_EQ(query(WAVE_MAPPER, unknown), kBadFormat);
}

TEST(Dropin_with_sound, Plays_what_mci_plays_bit_for_bit) {
  const std::filesystem::path path = program_folder() / "mci.wav";
  const std::vector<std::int16_t> played = noise(44'100 / 2, 0);
  write_wav(path, played);
  const std::wstring open = L"open \"" + path.wstring() + L"\" type waveaudio alias sound";
  EXPECT_EQ(mciSendStringW(open.c_str(), nullptr, 0, nullptr), 0U);
  EXPECT_EQ(mciSendStringW(L"play sound wait", nullptr, 0, nullptr), 0U);
  EXPECT_EQ(mciSendStringW(L"close sound", nullptr, 0, nullptr), 0U);
  const std::vector<std::int16_t> heard = audible(wait_for_recording());
  ASSERT_GE(heard.size(), played.size());
  EXPECT_TRUE(std::equal(played.rbegin(), played.rend(), heard.rbegin()));
}

}  // namespace
}  // namespace refwave::test
