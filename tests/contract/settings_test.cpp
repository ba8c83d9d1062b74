// Settings other than the defaults, and the answers that MESSAGES.md leaves open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "tests/contract/harness.h"
#include "tests/support/temporary_folder.h"

namespace refwave::contract {
namespace {

TEST(Settings, Warnings_that_do_not_fit_are_the_oldest_and_all_are_counted) {
  LoadedDriver driver(stepped("unknown1=1; unknown2=2; unknown3=3"));
  EXPECT_EQ(driver.send(REFWAVE_COUNT_WARNINGS), 3);
  const std::string all = driver.warnings();
  const std::size_t last = all.rfind('\n', all.size() - 2) + 1;
  for (const std::size_t spare : {std::size_t{0}, std::size_t{5}}) {
    std::vector<char> some(all.size() - last + 1 + spare, 'x');
    EXPECT_EQ(driver.send(REFWAVE_GET_WARNINGS, reinterpret_cast<LPARAM>(some.data()),
                          static_cast<LPARAM>(some.size())),
              static_cast<LRESULT>(all.size() + 1));
    EXPECT_EQ(std::string(some.data()), all.substr(last));
  }
  std::vector<char> too_few(3, 'x');
  driver.send(REFWAVE_GET_WARNINGS, reinterpret_cast<LPARAM>(too_few.data()), 3);
  EXPECT_EQ(std::string(too_few.data()), "");
}

TEST(Settings, A_list_of_devices_fills_no_more_than_its_room) {
  LoadedDriver driver(stepped());
  std::array<REFWAVE_DEVICE, 2> list{};
  const auto ask = [&](LPARAM room) {
    return driver.send(REFWAVE_LIST_DEVICES, reinterpret_cast<LPARAM>(list.data()), room);
  };
  const LRESULT all = ask(0);
  EXPECT_GE(all, 1) << "the clocked device";
  EXPECT_EQ(list[0].szName[0], '\0');
  EXPECT_EQ(ask(1), all);
  EXPECT_NE(list[0].szName[0], '\0');
  EXPECT_EQ(list[1].szName[0], '\0');
}

std::vector<std::u16string> output_names(LoadedDriver& driver) {
  std::vector<std::u16string> names;
  for (UINT id = 0; id < driver.ask(Direction::output, WODM_GETNUMDEVS); ++id) {
    WAVEOUTCAPSW caps{};
    EXPECT_EQ(driver.entry(Direction::output)(id, WODM_GETDEVCAPS, 0, reinterpret_cast<DWORD_PTR>(&caps),
                                              sizeof(caps)),
              MMSYSERR_NOERROR);
    names.emplace_back(std::begin(caps.szPname),
                       std::find(std::begin(caps.szPname), std::end(caps.szPname), u'\0'));
  }
  return names;
}

TEST(Settings, Names_are_cut_between_characters_and_differ) {
  // The 31st unit would be the first half of a surrogate pair, or a letter without its accent.
  const std::string thirty = "123456789012345678901234567890";
  LoadedDriver driver(stepped("output=" + thirty + "\xF0\x9F\x8E\xA7 | ALSA/" + thirty + "e\xCC\x81 | a" +
                              thirty.substr(1) + " 9 | default | default"));
  const std::vector<std::u16string> expected = {
      u"123456789012345678901234567890", u"123456789012345678901234567 (2)",
      u"a23456789012345678901234567890", u"default", u"default (2)"};
  EXPECT_EQ(output_names(driver), expected);
}

DWORD open_as(LoadedDriver& driver, WAVEFORMATEX format, DWORD_PTR& user) {
  WAVEOPENDESC wish{};
  wish.lpFormat = reinterpret_cast<LPWAVEFORMAT>(&format);
  return driver.entry(Direction::output)(0, WODM_OPEN, reinterpret_cast<DWORD_PTR>(&user),
                                         reinterpret_cast<DWORD_PTR>(&wish), CALLBACK_NULL);
}

TEST(Settings, A_log_names_the_refused_format) {
  const test::TemporaryFolder folder;
  const std::string log = (folder / "log").string();
  {
    LoadedDriver driver(stepped("log=\"" + log + "\""));
    DWORD_PTR user = 0;
    EXPECT_EQ(open_as(driver, pcm(2, 12, 48'000), user), DWORD{WAVERR_BADFORMAT});
  }
  EXPECT_THAT(test::contents_of(log),
              testing::HasSubstr("format tag 1, 2 channels, 48000 Hz, 12 bits cannot be played"));
}

/// driver/README.md: a table of 256.
TEST(Settings, The_257th_stream_is_refused_and_the_others_play) {
  LoadedDriver driver(stepped(""));
  std::vector<DWORD_PTR> users(256);
  for (DWORD_PTR& user : users) EXPECT_EQ(open_as(driver, usual_format(), user), MMSYSERR_NOERROR);
  DWORD_PTR another = 0;
  EXPECT_EQ(open_as(driver, usual_format(), another), DWORD{MMSYSERR_ALLOCATED});
  const auto output = driver.entry(Direction::output);
  EXPECT_EQ(output(0, WODM_CLOSE, users[100], 0, 0), MMSYSERR_NOERROR);
  EXPECT_EQ(open_as(driver, usual_format(), users[100]), MMSYSERR_NOERROR);
  for (const DWORD_PTR user : users) EXPECT_EQ(output(0, WODM_CLOSE, user, 0, 0), MMSYSERR_NOERROR);
}

}  // namespace
}  // namespace refwave::contract
