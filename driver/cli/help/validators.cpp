#include "driver/cli/help/validators.h"

#include <algorithm>

#include "driver/cli/console/file_name.h"
#include "driver/cli/console/text.h"
#include "driver/cli/help/help_text.h"

namespace refwave::cli {

CLI::Validator finite(double least, double most) {
  const std::string range = formatted("FLOAT in [%g - %g]", least, most);
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        const bool fits = CLI::detail::lexical_cast(text, value) && value >= least && value <= most;
        return fits ? std::string() : text + formatted(" is not in the range %g to %g", least, most);
      },
      range);
}

CLI::Validator one_of(const std::vector<std::string>& words) {
  return CLI::Validator(
      [=](std::string& text) {
        if (std::ranges::find(words, text) != words.end()) return std::string();
        const std::string meant = meant_by(text, words);
        return text + " is not one of " + CLI::detail::join(words, ", ") +
               (meant.empty() ? "" : "; did you mean " + meant + "?");
      },
      "{" + CLI::detail::join(words, ",") + "}");
}

CLI::Validator clock_time() {
  return {[](std::string& text) {
            const auto seconds = seconds_of(text);
            if (!seconds) return text + " is no time; write seconds, or minutes:seconds, as 1:30";
            text = formatted("%.6f", *seconds);
            return std::string();
          },
          ""};
}

CLI::Validator file_name() { return {correct_file_name, ""}; }

}  // namespace refwave::cli
