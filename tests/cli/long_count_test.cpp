// A position of 32 bits, as a driver of bytes and one of frames tell it.
#include "driver/cli/wave_client/long_count.h"

#include <gtest/gtest.h>

namespace refwave::cli {
namespace {

TEST(Long_count, Goes_on_after_each_wrap) {
  LongCount count;
  constexpr std::uint64_t kStep = 1'500'000'000;
  for (std::uint64_t whole = 0; whole < (std::uint64_t{1} << 36U); whole += kStep)
    ASSERT_EQ(count.follow(static_cast<std::uint32_t>(whole)), whole);
}

}  // namespace
}  // namespace refwave::cli
