// Which formats OPEN takes, what it reads of them, and what it writes to *dwUser.
#include <gtest/gtest.h>
// mmreg.h and ksmedia.h want mmsystem.h first, which the client has.
#include "tests/contract/client.h"
// ksmedia.h wants mmreg.h first.
#include <ksmedia.h>
#include <mmreg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace refwave::contract {
namespace {

constexpr DWORD kRates[] = {8'000,  11'025, 16'000, 22'050,  32'000, 44'100,
                            48'000, 88'200, 96'000, 176'400, 192'000};

WAVEFORMATEX with_tag(WORD tag, WAVEFORMATEX format) {
  format.wFormatTag = tag;
  return format;
}

WAVEFORMATEXTENSIBLE extensible(WORD channels, WORD bits, const GUID& subformat, DWORD mask) {
  WAVEFORMATEXTENSIBLE format{};
  format.Format = with_tag(WAVE_FORMAT_EXTENSIBLE, pcm(channels, bits));
  format.Format.cbSize = sizeof(format) - sizeof(WAVEFORMATEX);
  format.Samples.wValidBitsPerSample = bits;
  format.dwChannelMask = mask;
  format.SubFormat = subformat;
  return format;
}

MMRESULT query_output(const WAVEFORMATEX& format) {
  return waveOutOpen(nullptr, 0, &format, 0, 0, WAVE_FORMAT_QUERY);
}

MMRESULT query_input(const WAVEFORMATEX& format) {
  return waveInOpen(nullptr, 0, &format, 0, 0, WAVE_FORMAT_QUERY);
}

void expect_taken(const WAVEFORMATEX& format) {
  EXPECT_EQ(query_output(format), MMSYSERR_NOERROR);
  EXPECT_EQ(query_input(format), MMSYSERR_NOERROR);
}

void expect_refused(const WAVEFORMATEX& format) {
  EXPECT_EQ(query_output(format), WAVERR_BADFORMAT);
  EXPECT_EQ(query_input(format), WAVERR_BADFORMAT);
  HWAVEOUT out = nullptr;
  EXPECT_EQ(waveOutOpen(&out, 0, &format, 0, 0, CALLBACK_NULL), WAVERR_BADFORMAT);
}

/// A PCMWAVEFORMAT whose next byte cannot be read.
class FormatAtTheEndOfMemory {
 public:
  FormatAtTheEndOfMemory() {
    pages_ = static_cast<char*>(
        mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(pages_ + page_, page_, PROT_NONE);
    const WAVEFORMATEX whole = usual_format();
    std::memcpy(pages_ + page_ - sizeof(PCMWAVEFORMAT), &whole, sizeof(PCMWAVEFORMAT));
  }
  ~FormatAtTheEndOfMemory() { munmap(pages_, 2 * page_); }
  FormatAtTheEndOfMemory(const FormatAtTheEndOfMemory&) = delete;
  FormatAtTheEndOfMemory& operator=(const FormatAtTheEndOfMemory&) = delete;

  const WAVEFORMATEX* get() const {
    return reinterpret_cast<const WAVEFORMATEX*>(pages_ + page_ - sizeof(PCMWAVEFORMAT));
  }

 private:
  const std::size_t page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* pages_;
};

/// CONTRACT.md, WODM_OPEN: "PCM 8/16/24/32, IEEE float 32/64, … 1 to 8 channels, 8 to 192 kHz".
TEST(Formats, Every_type_channel_count_and_rate_is_taken) {
  const LoadedDriver driver;
  for (const DWORD rate : kRates) {
    for (WORD channels = 1; channels <= 8; ++channels) {
      SCOPED_TRACE(std::to_string(rate) + " Hz, " + std::to_string(channels) + " channels");
      for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}}) expect_taken(pcm(channels, bits, rate));
      for (const WORD bits : {WORD{32}, WORD{64}})
        expect_taken(with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(channels, bits, rate)));
    }
  }
}

TEST(Formats, Every_type_and_channel_count_plays_and_records_its_frames) {
  const LoadedDriver driver;
  for (WORD channels = 1; channels <= 8; ++channels) {
    for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}, WORD{64}}) {
      WAVEFORMATEX format = pcm(channels, bits);
      if (bits == 64) format.wFormatTag = WAVE_FORMAT_IEEE_FLOAT;
      Diary played;
      Diary recorded;
      Block block(1'000U * format.nBlockAlign);
      Block target(500U * format.nBlockAlign);
      Player player(played, format);
      Listener listener(recorded, format);
      player.queue(block);
      listener.queue(target);
      listener.start();
      EXPECT_TRUE(
          driver.step_until([&] { return played.count_done() == 1 && recorded.count(WIM_DATA) == 1; }));
      EXPECT_EQ(player.frames(), 1'000U);
      EXPECT_EQ(target.header.dwBytesRecorded, 500U * format.nBlockAlign);
    }
  }
}

/// A client's rate that is not the device's: every block is still done, and the position exact.
TEST(Formats, Every_rate_plays_to_its_last_frame) {
  const LoadedDriver driver;
  for (const DWORD rate : kRates) {
    Diary diary;
    Blocks blocks = silent_blocks(7, 1'009 * kFrameBytes);
    Player player(diary, pcm(2, 16, rate));
    player.queue(blocks);
    EXPECT_TRUE(driver.step_until([&] { return diary.count_done() == 7; })) << rate;
    EXPECT_TRUE(driver.step_until([&] { return player.frames() == 7U * 1'009; }))
        << rate << ": " << player.frames();
  }
}

/// CONTRACT.md, WODM_OPEN: "A wrong or zero nAvgBytesPerSec is ignored".
TEST(Formats, Bytes_a_second_are_ignored) {
  const LoadedDriver driver;
  for (const DWORD wrong : {0U, 1U, 0xFFFFFFFFU}) {
    WAVEFORMATEX format = usual_format();
    format.nAvgBytesPerSec = wrong;
    expect_taken(format);
  }
}

/// CONTRACT.md, WODM_OPEN: "a wrong nBlockAlign (ours), zero rate, channels or bits, an unknown tag →
/// WAVERR_BADFORMAT".
TEST(Formats, What_cannot_be_played_is_a_bad_format) {
  const LoadedDriver driver;
  WAVEFORMATEX wrong_align = usual_format();
  wrong_align.nBlockAlign = 3;
  WAVEFORMATEX no_align = usual_format();
  no_align.nBlockAlign = 0;
  for (const WAVEFORMATEX& format :
       {wrong_align, no_align, pcm(0, 16), pcm(9, 16), pcm(2, 0), pcm(2, 12), pcm(2, 64), pcm(2, 16, 0),
        pcm(2, 16, 7'999), pcm(2, 16, 192'001), with_tag(WAVE_FORMAT_ADPCM, pcm(2, 16)),
        with_tag(WAVE_FORMAT_MULAW, pcm(1, 8)), with_tag(0, pcm(2, 16)), with_tag(0x1234, pcm(2, 16)),
        with_tag(WAVE_FORMAT_IEEE_FLOAT, pcm(2, 16))}) {
    SCOPED_TRACE(std::to_string(format.wFormatTag) + ", " + std::to_string(format.nChannels) + " channels, " +
                 std::to_string(format.wBitsPerSample) + " bits, " + std::to_string(format.nSamplesPerSec) +
                 " Hz");
    expect_refused(format);
  }
}

/// CONTRACT.md, WODM_OPEN: "WAVEFORMATEXTENSIBLE with channel masks and valid bits".
TEST(Formats, Extensible_formats_are_taken_with_any_mask_and_fewer_valid_bits) {
  const LoadedDriver driver;
  for (WORD channels = 1; channels <= 8; ++channels) {
    for (const DWORD mask : {0U, (1U << channels) - 1, 0x3U, 0xFFFFFFFFU}) {
      for (const WORD bits : {WORD{8}, WORD{16}, WORD{24}, WORD{32}})
        expect_taken(extensible(channels, bits, KSDATAFORMAT_SUBTYPE_PCM, mask).Format);
      for (const WORD bits : {WORD{32}, WORD{64}})
        expect_taken(extensible(channels, bits, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, mask).Format);
    }
  }
  WAVEFORMATEXTENSIBLE twenty_in_32 = extensible(2, 32, KSDATAFORMAT_SUBTYPE_PCM, 3);
  twenty_in_32.Samples.wValidBitsPerSample = 20;
  expect_taken(twenty_in_32.Format);
}

TEST(Formats, Extensible_formats_that_make_no_sense_are_bad_formats) {
  const LoadedDriver driver;
  WAVEFORMATEXTENSIBLE more_bits_than_room = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
  more_bits_than_room.Samples.wValidBitsPerSample = 24;
  WAVEFORMATEXTENSIBLE short_one = extensible(2, 16, KSDATAFORMAT_SUBTYPE_PCM, 3);
  short_one.Format.cbSize = 4;
  const GUID unknown = {0x12345678, 0, 0x10, {0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}};
  for (const WAVEFORMATEXTENSIBLE& format : {more_bits_than_room, short_one, extensible(2, 16, unknown, 3),
                                             extensible(9, 16, KSDATAFORMAT_SUBTYPE_PCM, 0),
                                             extensible(2, 16, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, 3)})
    expect_refused(format.Format);
}

/// CONTRACT.md, WODM_OPEN: "with WAVE_FORMAT_PCM nothing behind the 16 bytes of PCMWAVEFORMAT is read, cbSize
/// included". Reading further would end this program.
TEST(Formats, Of_plain_PCM_sixteen_bytes_are_read) {
  const LoadedDriver driver;
  const FormatAtTheEndOfMemory format;
  EXPECT_EQ(waveOutOpen(nullptr, 0, format.get(), 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  EXPECT_EQ(waveInOpen(nullptr, 0, format.get(), 0, 0, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  HWAVEOUT out = nullptr;
  EXPECT_EQ(waveOutOpen(&out, 0, format.get(), 0, 0, CALLBACK_NULL), MMSYSERR_NOERROR);
  EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
}

/// CONTRACT.md, WODM_OPEN: "WAVE_ALLOWSYNC, WAVE_FORMAT_DIRECT, WAVE_MAPPED and unknown flags are ignored".
TEST(Formats, Flags_that_mean_nothing_to_the_driver_are_ignored) {
  const LoadedDriver driver;
  const WAVEFORMATEX format = usual_format();
  for (const DWORD flags : {DWORD{WAVE_ALLOWSYNC}, DWORD{WAVE_FORMAT_DIRECT}, DWORD{WAVE_MAPPED}, DWORD{0x80},
                            DWORD{0xFF000000}}) {
    HWAVEOUT out = nullptr;
    EXPECT_EQ(waveOutOpen(&out, 0, &format, 0, 0, flags), MMSYSERR_NOERROR) << flags;
    EXPECT_EQ(waveOutClose(out), MMSYSERR_NOERROR);
  }
}

/// CONTRACT.md, WODM_OPEN: "*dwUser gets our instance, all 8 bytes on x64".
TEST(Formats, Open_writes_the_whole_instance_and_nothing_beside_it) {
  const LoadedDriver driver;
  WAVEFORMATEX format = usual_format();
  WAVEOPENDESC description{};
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  constexpr DWORD_PTR kPattern = 0xA5A5A5A5A5A5A5A5;
  DWORD_PTR user[3] = {kPattern, kPattern, kPattern};
  ASSERT_EQ(driver.wod()(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&user[1]),
                         reinterpret_cast<DWORD_PTR>(&description), CALLBACK_NULL),
            MMSYSERR_NOERROR);
  EXPECT_EQ(user[0], kPattern);
  EXPECT_EQ(user[2], kPattern);
  EXPECT_NE(user[1] >> 32, kPattern >> 32);
  EXPECT_EQ(driver.wod()(0, WODM_CLOSE, user[1], 0, 0), MMSYSERR_NOERROR);
}

/// CONTRACT.md, WODM_OPEN: "WAVE_FORMAT_QUERY has no side effect and needs no dwUser".
TEST(Formats, A_query_writes_nothing) {
  const LoadedDriver driver;
  WAVEFORMATEX format = usual_format();
  WAVEOPENDESC description{};
  description.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  const auto address = reinterpret_cast<DWORD_PTR>(&description);
  DWORD_PTR user = 7;
  EXPECT_EQ(driver.wod()(0, WODM_OPEN, 0, address, WAVE_FORMAT_QUERY), MMSYSERR_NOERROR);
  EXPECT_EQ(driver.wod()(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&user), address, WAVE_FORMAT_QUERY),
            MMSYSERR_NOERROR);
  EXPECT_EQ(user, 7U);
  EXPECT_EQ(driver.statistics().dwSlotsInUse, 0U);
}

}  // namespace
}  // namespace refwave::contract
