// rtkit, with a libdbus that lacks a function, and without a thread.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>

#include "hal/priority/rtkit_linux.h"
#include "tests/hal/refusals/replacement.h"
#include "tests/support/bus/private_bus.h"

namespace refwave::hal {
namespace {

using test::Missing;
using test::PrivateBus;
using test::Replacement;
using testing::HasSubstr;

/// A bus on which rtkit states its terms, and grants nothing.
class RtkitRefused : public testing::Test {
 protected:
  RtkitRefused() { bus.export_environment(); }
  ~RtkitRefused() override { EXPECT_EQ(ask_rtkit_for_terms().priority, PrivateBus::kPriority); }

  const PrivateBus bus{PrivateBus::Rtkit::refuses};
};

TEST_F(RtkitRefused, Is_not_asked_if_libdbus_or_one_of_its_functions_is_missing) {
  for (const char* name : {"libdbus-1.so.3", "dbus_set_error_from_message", "dbus_message_unref"}) {
    const Missing missing(name);
    const RtkitTerms terms = ask_rtkit_for_terms();
    EXPECT_EQ(terms.problem, "libdbus is missing, so no rtkit") << name;
    EXPECT_FALSE(terms.is_installed) << name;
    EXPECT_THAT(ask_rtkit(gettid(), AudioPriority::realtime), HasSubstr("libdbus is missing")) << name;
  }
}

/// rtkit is then not left alone for a minute, as if it had not answered.
TEST_F(RtkitRefused, Is_not_blamed_for_a_missing_thread) {
  constexpr const char* kNoThread =
      "rtkit cannot be asked: cannot start the thread refwave-rtkit: Resource temporarily unavailable";
  {
    const Replacement refusal(
        "pthread_create", +[](pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) { return EAGAIN; });
    EXPECT_EQ(ask_rtkit_for_terms().problem, kNoThread);
    EXPECT_THAT(ask_rtkit(gettid(), AudioPriority::realtime), HasSubstr(kNoThread));
  }
  EXPECT_THAT(ask_rtkit(gettid(), AudioPriority::realtime), HasSubstr("nobody gets anything here"));
}

}  // namespace
}  // namespace refwave::hal
