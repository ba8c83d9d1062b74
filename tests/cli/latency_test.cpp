// `refwave latency` and `refwave devices`: that what they print is there, whatever the numbers.
#include <gmock/gmock.h>

#include "tests/cli/child_process.h"

namespace refwave::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Latency, The_table_has_the_driver_beside_the_bare_semaphore) {
  const Outcome outcome =
      run_refwave({"latency", "--seconds", "0.3", "--streams", "4", "--device", "clocked"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("4 streams of 480-frame blocks"), HasSubstr("bare semaphore"),
                                 HasSubstr("ratio")));
}

TEST(Latency, Json_has_both) {
  const Outcome outcome =
      run_refwave({"latency", "--seconds", "0.3", "--json", "--completion", "direct", "--device", "clocked"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(testing::StartsWith("{\n"), HasSubstr("\"refwave\": {\"p50_ns\": "),
                                 HasSubstr("\"bare_semaphore\": {\"p50_ns\": "), testing::EndsWith("}\n")));
}

TEST(Devices, The_clocked_device_is_always_listed_both_ways) {
  const Outcome table = run_refwave({"devices"});
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("plays"), HasSubstr("records"), HasSubstr("clocked")));
  const Outcome json = run_refwave({"devices", "--json"});
  EXPECT_EQ(json.status, 0);
  EXPECT_THAT(json.out,
              AllOf(testing::StartsWith("["), HasSubstr("{\"name\": \"clocked\", \"backend\": \"clocked\""),
                    testing::EndsWith("]\n")));
}

}  // namespace
}  // namespace refwave::test
