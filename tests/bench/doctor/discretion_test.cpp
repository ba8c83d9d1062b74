// The user's name and home folder, which a report leaves out.
#include "bench/doctor/page/page.h"

#include <gtest/gtest.h>

#include <utility>

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

TEST(Discretion, Leaves_out_the_folders_in_the_home_folder) {
  const std::pair<const char*, const char*> kCases[] = {
      {"/h/ann/Client X/games/refwave.drv: text", "~/<folders>/refwave.drv: text"},
      {"(looked in /h/ann/Secret and /opt/refwave)", "(looked in ~/<folders> and /opt/refwave)"},
      {"(looked in /h/ann/a/b c/Secret and /h/ann/d/e.ini)", "(looked in ~/<folders> and ~/<folders>/e.ini)"},
      {"log = \"/h/ann/Secret/a.log\"  (REFWAVE_LOG)", "log = \"~/<folders>/a.log\"  (REFWAVE_LOG)"},
      {"/h/ann/.config/refwave/system.ini:2: wave", "~/.config/refwave/system.ini:2: wave"},
      {"/h/ann/", "~/"},
      {"/h/ann", "~"}};
  for (const auto& [text, left] : kCases) EXPECT_EQ(discreet(text, kAnn), left);
  EXPECT_EQ(discreet("C:\\Users\\ann\\Saved Games\\x\\winmm.dll", {"C:\\Users\\ann", "ann"}),
            "~\\<folders>\\winmm.dll");
}

TEST(Discretion, Leaves_out_hosts_and_denied_programs) {
  EXPECT_EQ(discreet("PulseAudio was not asked (PULSE_SERVER = tcp:studio:4713)", kAnn),
            "PulseAudio was not asked (PULSE_SERVER = <host>)");
  EXPECT_EQ(discreet("deny = [\"a].exe\", \"b.exe\"]  (refwave.toml)", kAnn),
            "deny = [<programs>]  (refwave.toml)");
  EXPECT_EQ(discreet("output = [\"x\"]\ndeny = []\ndeny = [\"a\"]\nlog = \"\"\n", kAnn),
            "output = [\"x\"]\ndeny = []\ndeny = [<programs>]\nlog = \"\"\n");
}

TEST(Discretion, Reaches_every_line_of_a_page) {
  const Page page = discreet({"t", {{"s", {{Line::Kind::wrong, "/h/ann/a.drv", "see /h/ann/b.drv"}}}}}, kAnn);
  EXPECT_EQ(page.sections[0].lines[0].text, "~/a.drv");
  EXPECT_EQ(page.sections[0].lines[0].advice, "see ~/b.drv");
}

}  // namespace
}  // namespace refwave::test
