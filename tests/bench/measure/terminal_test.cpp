// The table, as lines of text.
#include "bench/measure/report.h"

#include <gmock/gmock.h>

#include <sstream>

#include "inf/cli/console/text.h"
#include "tests/bench/measure/measurements.h"

namespace refwave::measure {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Text, No_line_is_wider_than_the_terminal) {
  for (const std::size_t columns : {40U, 60U, 80U, 132U}) {
    std::istringstream text(as_text(outside_measurement(), columns));
    for (std::string line; std::getline(text, line);) EXPECT_LE(cli::letters_of(line), columns) << line;
  }
}

TEST(Text, Without_a_wake_the_ratio_is_that_of_the_whole) {
  Measurement m = usual_measurement();
  m.pieces.emplace();
  m.pieces->add({500, 500, 0, 0, 400});
  EXPECT_THAT(as_text(m, 80), AllOf(HasSubstr("ratio  "), Not(HasSubstr("from wake"))));
}

TEST(So_far, Is_short_and_has_dashes_where_the_count_is_small) {
  Histogram histogram;
  for (int i = 0; i < 50; ++i) histogram.record(24'100);
  EXPECT_EQ(so_far(histogram), "p50 24.1 µs, p99 -, max 24.1 µs");
}

TEST(Text, From_outside_the_two_drivers_are_compared) {
  const std::string text = as_text(outside_measurement(), 80);
  EXPECT_THAT(text, AllOf(HasSubstr("ratio to refwave"), HasSubstr("99.5 % of real time"),
                          HasSubstr("reports in bursts: 3; ran dry: 1"),
                          HasSubstr("share is not seen from outside")));
}

}  // namespace
}  // namespace refwave::measure
