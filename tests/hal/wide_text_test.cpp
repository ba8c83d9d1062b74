// UTF-8 to UTF-16 and back.
#include "hal/system/wide_text.h"

#include <gtest/gtest.h>

namespace refwave::hal {
namespace {

TEST(WideText, Letters_of_one_to_four_bytes_come_back) {
  const std::string text =
      "a\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
  const std::u16string units = u"a\x7F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF";
  EXPECT_EQ(to_utf16<char16_t>(text), units);
  EXPECT_EQ(to_utf8(units), text);
  EXPECT_EQ(to_utf8(to_wide(text)), text);
}

TEST(WideText, Each_mistake_is_one_replacement_and_the_text_goes_on) {
  // A stray continuation byte, a truncated letter, an overlong one, one beyond U+10FFFF, an impossible byte,
  // a surrogate.
  for (const char* wrong : {"\x80", "\xE2\x82", "\xC0\xAF", "\xF4\x90\x80\x80", "\xFF", "\xED\xA0\x80"}) {
    const std::string text = std::string("a") + wrong + "b";
    const std::u16string units = to_utf16<char16_t>(text);
    EXPECT_EQ(units.front(), u'a');
    EXPECT_EQ(units.back(), u'b') << text;
    EXPECT_NE(units.find(u'\uFFFD'), std::u16string::npos) << text;
    EXPECT_EQ(to_utf16<char16_t>(text, IfInvalid::give_up), u"");
  }
  EXPECT_EQ(to_utf16<char16_t>("a\xE2"), u"a\uFFFD");
  const std::u16string halves[] = {{u'a', 0xD800, u'b'}, {u'a', 0xDC00, u'b'}, {u'a', 0xDC00, 0xD800, u'b'}};
  const std::string replaced = "\xEF\xBF\xBD";
  for (const auto i : {0, 1}) EXPECT_EQ(to_utf8(halves[i]), "a" + replaced + "b");
  EXPECT_EQ(to_utf8(halves[2]), "a" + replaced + replaced + "b");
  EXPECT_EQ(to_utf8(std::u16string{u'a', 0xD800}), "a\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8(halves[0], IfInvalid::give_up), "");
}

TEST(WideText, A_text_is_shortened_by_whole_letters) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\xB5";  // of one, two, three and four bytes
  const std::size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t most = 0; most < std::size(whole); ++most)
    EXPECT_EQ(whole_letters(text, most), text.substr(0, whole[most])) << most;
  EXPECT_EQ(whole_letters("\x80\x80\x80\x80\x80\x80\x80", 6).size(), 6U) << "no letters at all";
}

TEST(WideText, Control_characters_and_what_is_no_UTF_8_are_made_visible) {
  EXPECT_EQ(visible("a\nb\tc\rd\x1b[2Je\x7f"), "a\\nb\\tc\\rd\\x1b[2Je\\x7f");
  EXPECT_EQ(visible("\xC2\x9B"), "\\u009b") << "what a terminal takes for ESC [";
  EXPECT_EQ(visible("Größe C:\\log"), "Größe C:\\log");
  EXPECT_EQ(visible(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(visible("\xC2 "), "\\xc2 ");
}

}  // namespace
}  // namespace refwave::hal
