// The HTML page needs no other file, has all its parts, and escapes every name.
#include <gmock/gmock.h>

#include <vector>

#include "bench/measure/comparison.h"
#include "bench/measure/report.h"
#include "inf/cli/console/text.h"
#include "tests/bench/measure/measurements.h"

namespace refwave::measure {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Returns: the first tag that is closed in the wrong place or never; empty if the page is well-formed.
std::string wrong_tag(std::string_view page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find_first_of("> \n/", at + 2);
    const std::size_t close = page.find('>', at);
    if (end == std::string_view::npos || close == std::string_view::npos) return "unfinished";
    const bool closes = page[at + 1] == '/';
    const std::string name(page.substr(at + (closes ? 2 : 1), end - at - (closes ? 2 : 1)));
    if (name == "!doctype" || name == "meta" || page[close - 1] == '/') continue;
    if (!closes) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(Page, Names_are_no_markup) {
  EXPECT_THAT(as_page(usual_measurement()),
              AllOf(HasSubstr("A &lt;quick&gt; processor"), Not(HasSubstr("<quick>")),
                    HasSubstr("&quot;Speakers &amp; more&quot;")));
  EXPECT_THAT(as_page(outside_measurement()), AllOf(HasSubstr("other&lt;b&gt;.drv"), Not(HasSubstr("<b>."))));
}

TEST(Page, Needs_nothing_but_itself) {
  for (const Measurement& m : {usual_measurement(), outside_measurement()}) {
    EXPECT_THAT(as_page(m),
                AllOf(Not(HasSubstr("http")), Not(HasSubstr("src=")), Not(HasSubstr("<script")),
                      Not(HasSubstr("<link")), Not(HasSubstr("url(")), Not(HasSubstr("@import"))));
  }
}

TEST(Page, Of_two_reports_has_both_in_one_picture) {
  const std::string report = as_json(usual_measurement());
  const std::string page =
      as_page(compare(read_report("a<b>.json", report), read_report("c.json", report), 0.1));
  EXPECT_EQ(wrong_tag(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("A: a&lt;b&gt;.json"), HasSubstr("B: c.json"), HasSubstr("area s1"),
                          HasSubstr("2026-01-02 03:04:05 UTC"), HasSubstr("\np99.9 ")));
}

TEST(Page, Every_tag_is_closed_where_it_should_be) {
  EXPECT_EQ(wrong_tag(as_page(usual_measurement())), "");
  EXPECT_EQ(wrong_tag(as_page(outside_measurement())), "");
}

TEST(Page, Every_place_in_a_plot_is_a_number) {
  Measurement m = usual_measurement();
  m.subjects.back() = Series("bare wake");  // none happened
  EXPECT_THAT(as_page(m), AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf"))));
}

TEST(Page, Has_round_numbers_on_its_axes) {
  const std::string page = as_page(usual_measurement());  // of 10 to 120 µs
  for (const char* label : {"\">10 µs<", "\">50 µs<", "\">100 µs<", "\">0 %<", "minor\">2 %<", "\">12 %<"})
    EXPECT_THAT(page, HasSubstr(label));
}

}  // namespace
}  // namespace refwave::measure
