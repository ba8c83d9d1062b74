// Blocks for which there is no memory.
#include <gmock/gmock.h>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

class NoMemory : public WithFolder {};

TEST_F(NoMemory, For_the_blocks_is_told_in_one_line) {
  const std::string file = write_wav("a.wav", 4800);
  const Outcome outcome =
      run_bash("ulimit -v 600000; refwave play " + file + " -n 1024 -b 4194304 --device clocked");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(is_one_error_line(outcome.err)) << outcome.err;
  EXPECT_THAT(outcome.err,
              testing::HasSubstr("no memory for 1024 blocks of 16.8 MB; choose fewer or smaller ones"));
}

}  // namespace
}  // namespace refwave::test
