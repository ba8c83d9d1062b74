// The process gets no more threads: every accepted header completes in time, and a write reports the lack.
// The linker redirects the driver's calls of pthread_create to this file.
#include <gtest/gtest.h>
#include <pthread.h>

#include <cerrno>
#include <limits>

#include "tests/stream/assembled_driver.h"

namespace {

std::atomic<int> threads_left{std::numeric_limits<int>::max()};

}  // namespace

extern "C" {
int __real_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                          void* argument);
int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                          void* argument) {
  if (threads_left-- > 0) return __real_pthread_create(thread, attributes, body, argument);
  return EAGAIN;
}
}

namespace refwave::control {
namespace {

using namespace test;

/// The parameter: how many threads the process still gets after the open.
class MissingThreads : public testing::TestWithParam<int> {
 protected:
  MissingThreads() { driver_.open(client_); }
  ~MissingThreads() override { let_threads_be(); }
  static void let_threads_be() { threads_left = std::numeric_limits<int>::max(); }

  Client client_;
  AssembledDriver driver_{{}, 1};
};

TEST_P(MissingThreads, Leave_no_header_behind_and_fail_the_next_write) {
  threads_left = GetParam();
  for (int i = 0; i < 300; ++i) ASSERT_EQ(driver_.write(client_, 480), Error::none);
  ASSERT_TRUE(eventually([&] { return driver_.output->cannot_run(); }));
  EXPECT_TRUE(eventually([&] { return client_.all_done(); }));
  EXPECT_TRUE(client_.in_order());
  EXPECT_EQ(driver_.position(client_), 300U * 480);
  EXPECT_EQ(driver_.write(client_, 480), Error::no_memory);
  EXPECT_EQ(core::load_flags(client_.sent.back().header), core::kPrepared) << "as it was before";
  client_.sent.pop_back();

  let_threads_be();
  ASSERT_TRUE(eventually([&] { return !driver_.output->cannot_run(); }));
  EXPECT_EQ(driver_.write(client_, 480), Error::none);
  EXPECT_TRUE(eventually([&] { return client_.all_done(); }));
  EXPECT_TRUE(client_.in_order());
}

/// No thread for the device thread; or one for it, and none for the device and the clock.
INSTANTIATE_TEST_SUITE_P(After, MissingThreads, testing::Values(0, 1),
                         [](const auto& one) { return std::to_string(one.param) + "_threads"; });

}  // namespace
}  // namespace refwave::control
