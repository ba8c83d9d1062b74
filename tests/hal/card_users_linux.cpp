// The programs that use a sound card, from files like the kernel's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "hal/portaudio/card_users_linux.h"
#include "tests/support/temporary_folder.h"

namespace refwave::hal {
namespace {

class CardUsers : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((folder / file).parent_path());
    std::ofstream(folder / file) << text;
  }
  std::vector<std::string> users(Direction direction) const {
    std::vector<std::string> all;
    for (const CardUser& user : card_users(folder.path(), direction))
      all.push_back(user.card + "," + std::to_string(user.device) + ": " + user.program);
    return all;
  }
  const test::TemporaryFolder folder;
};

TEST_F(CardUsers, Are_found_by_card_device_and_direction) {
  write("asound/card10/id", "Loopback\n");
  write("asound/card10/pcm1p/sub0/status", "state: RUNNING\nowner_pid   : 77\ntrigger_time: 1.0\n");
  write("asound/card2/id", "PCH\n");
  write("asound/card2/pcm0p/sub0/status", "closed\n");
  write("asound/card2/pcm3p/sub0/status", "state: SETUP\nowner_pid   : 431\n");
  write("asound/card2/pcm3c/sub0/status", "state: RUNNING\nowner_pid   : 12\n");
  write("77/comm", "mpv\n");
  write("431/comm", "refwave-pa\n");
  write("431/status", "Name:\trefwave-pa\nTgid:\t430\nPid:\t431\n");
  write("430/comm", "refwave\n");
  // In another container a process has no number.
  write("asound/card0/id", "USB\n");
  write("asound/card0/pcm3p/sub0/status", "state: RUNNING\nowner_pid   : 0\n");
  EXPECT_THAT(users(Direction::output),
              testing::ElementsAre("USB,3: another program", "PCH,3: refwave (process 430)",
                                   "Loopback,1: mpv (process 77)"));
  EXPECT_THAT(users(Direction::input), testing::ElementsAre("PCH,3: a program (process 12)"));
  const std::vector<CardUser> all = card_users(folder.path(), Direction::output);
  for (const char* card : {"", "0", "USB"}) EXPECT_TRUE(all[0].has(card, "3")) << card << ", hw: is card 0";
  for (const char* card : {"2", "PCH"}) EXPECT_TRUE(all[1].has(card, "3")) << card;
  for (const char* card : {"", "0", "1", "USB"}) EXPECT_FALSE(all[1].has(card, "3")) << card;
  EXPECT_FALSE(all[1].has("2", "0"));
}

}  // namespace
}  // namespace refwave::hal
