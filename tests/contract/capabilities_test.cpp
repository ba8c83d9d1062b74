// What a wave device says of itself, and that it is true.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/contract/client.h"

namespace refwave::contract {
namespace {

constexpr DWORD kEveryFormat = 0xFFFFF;  // WAVE_FORMAT_1M08 to WAVE_FORMAT_96S16

template <class Caps>
Caps capabilities_of(WaveEntry entry, UINT message) {
  Caps caps{};
  EXPECT_EQ(entry(0, message, 0, reinterpret_cast<DWORD_PTR>(&caps), sizeof(caps)), MMSYSERR_NOERROR);
  return caps;
}

/// CONTRACT.md, WODM_GETDEVCAPS: "copies min(size, sizeof caps) and returns NOERROR, size 0 writes nothing".
template <class Caps>
void expect_copies_no_more_than_asked_for(WaveEntry entry, UINT message) {
  const Caps whole = capabilities_of<Caps>(entry, message);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof(Caps) - 1, sizeof(Caps), sizeof(Caps) + 8}) {
    std::array<char, sizeof(Caps) + 16> target;
    target.fill(0x55);
    std::array<char, sizeof(Caps) + 16> expected = target;
    std::memcpy(expected.data(), &whole, std::min(size, sizeof(Caps)));
    EXPECT_EQ(entry(0, message, 0, reinterpret_cast<DWORD_PTR>(target.data()), size), MMSYSERR_NOERROR)
        << size;
    EXPECT_EQ(target, expected) << size;
  }
}

template <class Caps>
void expect_name(const Caps& caps) {
  const auto* end = std::find(std::begin(caps.szPname), std::end(caps.szPname), u'\0');
  EXPECT_NE(end, std::begin(caps.szPname)) << "no name";
  EXPECT_NE(end, std::end(caps.szPname)) << "the name does not end";
}

TEST(Capabilities, An_output_copies_no_more_than_asked_for) {
  const LoadedDriver driver;
  expect_copies_no_more_than_asked_for<WAVEOUTCAPSW>(driver.wod(), WODM_GETDEVCAPS);
}

TEST(Capabilities, An_input_copies_no_more_than_asked_for) {
  const LoadedDriver driver;
  expect_copies_no_more_than_asked_for<WAVEINCAPSW>(driver.wid(), WIDM_GETDEVCAPS);
}

/// CONTRACT.md, WODM_GETDEVCAPS: "NULL with a size → INVALPARAM".
TEST(Capabilities, No_target_with_a_size_is_an_error) {
  const LoadedDriver driver;
  EXPECT_EQ(driver.wod()(0, WODM_GETDEVCAPS, 0, 0, sizeof(WAVEOUTCAPSW)), MMSYSERR_INVALPARAM);
  EXPECT_EQ(driver.wid()(0, WIDM_GETDEVCAPS, 0, 0, sizeof(WAVEINCAPSW)), MMSYSERR_INVALPARAM);
  EXPECT_EQ(driver.wod()(0, WODM_GETDEVCAPS, 0, 0, 0), MMSYSERR_NOERROR);
}

TEST(Capabilities, Devices_have_names_even_when_the_configuration_has_long_ones) {
  const LoadedDriver driver(
      stepped("output=clocked | " + std::string(100, 'x') + "; input=" + std::string(100, 'y')));
  for (UINT id = 0; id < waveOutGetNumDevs(); ++id) {
    WAVEOUTCAPSW caps{};
    EXPECT_EQ(waveOutGetDevCapsW(id, &caps, sizeof(caps)), MMSYSERR_NOERROR);
    expect_name(caps);
  }
  expect_name(capabilities_of<WAVEINCAPSW>(driver.wid(), WIDM_GETDEVCAPS));
}

/// CONTRACT.md, WODM_GETNUMDEVS: "the configured, constant number (default 1)".
TEST(Capabilities, There_are_as_many_devices_as_configured) {
  const LoadedDriver driver(stepped("output=clocked|clocked|clocked"));
  EXPECT_EQ(waveOutGetNumDevs(), 3U);
  EXPECT_EQ(waveInGetNumDevs(), 1U);
}

/// CONTRACT.md, WODM_GETDEVCAPS: "dwFormats all 20 bits (0xFFFFF) when all work".
TEST(Capabilities, Every_format_that_is_claimed_can_be_opened) {
  const LoadedDriver driver;
  const DWORD formats = capabilities_of<WAVEOUTCAPSW>(driver.wod(), WODM_GETDEVCAPS).dwFormats;
  EXPECT_EQ(formats, kEveryFormat);
  EXPECT_EQ(capabilities_of<WAVEINCAPSW>(driver.wid(), WIDM_GETDEVCAPS).dwFormats, kEveryFormat);
  unsigned bit = 0;
  for (const DWORD rate : {11'025U, 22'050U, 44'100U, 48'000U, 96'000U}) {
    for (const WORD bits : {WORD{8}, WORD{16}}) {
      for (const WORD channels : {WORD{1}, WORD{2}}) {
        const WAVEFORMATEX format = pcm(channels, bits, rate);
        if ((formats >> bit++ & 1) == 0) continue;
        EXPECT_EQ(waveOutOpen(nullptr, 0, &format, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR) << bit;
        EXPECT_EQ(waveInOpen(nullptr, 0, &format, 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR) << bit;
      }
    }
  }
}

/// CONTRACT.md, WODM_GETDEVCAPS: "dwSupport truthful; never WAVECAPS_SYNC"; pitch and rate: "Capability bit
/// clear → both messages NOTSUPPORTED".
TEST(Capabilities, What_is_not_claimed_is_not_supported) {
  const LoadedDriver driver;
  const DWORD support = capabilities_of<WAVEOUTCAPSW>(driver.wod(), WODM_GETDEVCAPS).dwSupport;
  EXPECT_EQ(support & WAVECAPS_SYNC, 0U);
  EXPECT_EQ(support & (WAVECAPS_PITCH | WAVECAPS_PLAYBACKRATE), 0U);
  Diary diary;
  const Player player(diary);
  DWORD value = 0;
  EXPECT_EQ(waveOutGetPitch(player.handle(), &value), MMSYSERR_NOTSUPPORTED);
  EXPECT_EQ(waveOutSetPitch(player.handle(), 0x10000), MMSYSERR_NOTSUPPORTED);
  EXPECT_EQ(waveOutGetPlaybackRate(player.handle(), &value), MMSYSERR_NOTSUPPORTED);
  EXPECT_EQ(waveOutSetPlaybackRate(player.handle(), 0x10000), MMSYSERR_NOTSUPPORTED);
}

/// CONTRACT.md, wodMessage: "device id out of range or WAVE_MAPPER → MMSYSERR_BADDEVICEID".
TEST(Capabilities, A_device_that_does_not_exist_is_an_error_for_every_message) {
  const LoadedDriver driver;
  for (const UINT id : {1U, 77U, WAVE_MAPPER}) {
    for (UINT message = WODM_GETDEVCAPS; message <= WODM_BREAKLOOP; ++message)
      EXPECT_EQ(driver.wod()(id, message, 0, 0, 0), MMSYSERR_BADDEVICEID) << message;
    for (UINT message = WIDM_GETDEVCAPS; message <= WIDM_GETPOS; ++message)
      EXPECT_EQ(driver.wid()(id, message, 0, 0, 0), MMSYSERR_BADDEVICEID) << message;
  }
}

/// CONTRACT.md, wodMessage: "anything else: MMSYSERR_NOTSUPPORTED", and DRV_QUERY* "if one arrives".
TEST(Capabilities, Messages_that_nobody_knows_are_not_supported) {
  const LoadedDriver driver;
  for (const UINT message :
       {UINT{WODM_PREFERRED}, UINT{49}, UINT{DRVM_MAPPER_PREFERRED_GET}, UINT{DRV_QUERYMAPPABLE},
        UINT{DRV_QUERYDEVICEINTERFACE}, UINT{DRV_QUERYDEVICEINTERFACESIZE}, UINT{0x7FFF}}) {
    EXPECT_EQ(driver.wod()(0, message, 0, 0, 0), MMSYSERR_NOTSUPPORTED) << message;
    EXPECT_EQ(driver.wid()(0, message, 0, 0, 0), MMSYSERR_NOTSUPPORTED) << message;
  }
}

}  // namespace
}  // namespace refwave::contract
