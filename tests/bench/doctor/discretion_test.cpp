// The user's name and home folder, which a report leaves out.
#include "bench/doctor/page/page.h"

#include <gtest/gtest.h>

namespace refwave::test {
namespace {

using namespace doctor;

const Person kAnn{"/h/ann", "ann"};

TEST(Discretion, Writes_the_home_folder_as_a_tilde) {
  EXPECT_EQ(discreet("/h/ann/.config/refwave.toml:1: no", kAnn), "~/.config/refwave.toml:1: no");
  EXPECT_EQ(discreet("wave=\"/h/ann/refwave.drv\"", kAnn), "wave=\"~/refwave.drv\"");
  EXPECT_EQ(discreet("C:\\Users\\ann\\x.drv", {"C:\\Users\\ann", "ann"}), "~\\x.drv");
}

TEST(Discretion, Leaves_out_the_name_wherever_it_is_a_word) {
  EXPECT_EQ(discreet("/media/ann/disk, ann", kAnn), "/media/<user>/disk, <user>");
  EXPECT_EQ(discreet("ann's device", kAnn), "<user>'s device");
}

TEST(Discretion, Leaves_other_words_alone) {
  EXPECT_EQ(discreet("/h/anna/x: channel, annex", kAnn), "/h/anna/x: channel, annex");
  EXPECT_EQ(discreet("nothing", {"", ""}), "nothing");
  EXPECT_EQ(discreet("as root, in /r/root/x.drv", {"/r/root", "root"}), "as root, in ~/x.drv");
}

TEST(Discretion, Reaches_every_line_of_a_page) {
  const Page page = discreet({"t", {{"s", {{Line::Kind::wrong, "/h/ann/a.drv", "see /h/ann/b.drv"}}}}}, kAnn);
  EXPECT_EQ(page.sections[0].lines[0].text, "~/a.drv");
  EXPECT_EQ(page.sections[0].lines[0].advice, "see ~/b.drv");
}

}  // namespace
}  // namespace refwave::test
