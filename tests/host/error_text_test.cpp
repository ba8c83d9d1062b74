// A sentence for every error.
#include <gtest/gtest.h>
#include <mmsystem.h>

#include <string>

namespace {

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
