#include <algorithm>

#include "bench/tune/tune.h"
#include "driver/configuration/version.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::tune {
namespace {

using cli::formatted;
using cli::Json;
using cli::wrapped;

const char* verdict(const Played& played) {
  return !played.failure.empty() ? "failed" : played.held() ? "held" : "late";
}

/// Returns: a line of the table. A terminal of fewer than 80 columns shows no figures.
std::string line(const std::string& asked, const std::string& figures, const std::string& end, bool is_wide) {
  constexpr std::size_t kFigures = 58;
  return asked + (is_wide ? cli::left(figures, kFigures) : "") + end + '\n';
}

std::string figures_of(const Played& played) {
  if (!played.failure.empty()) return {};
  const auto late = [&](std::size_t i) -> unsigned long long { return played.late[i]; };
  return formatted("  %6u %5.1f ms  %5llu %7llu %6llu %5.0f ms  %6.1f %%", played.opened.period_frames,
                   1e3 * played.opened.latency_frames / played.opened.rate, late(0), late(1), late(2),
                   played.gaps_ms, played.core_percent);
}

/// Returns: how long a step was played, which the device decides, too. The recommended one took longer.
double seconds_of_a_step(const Tuning& tuning) {
  double seconds = 0;
  for (const Played& played : tuning.steps)
    if (played.has_opened() && (seconds == 0 || played.seconds < seconds)) seconds = played.seconds;
  return seconds != 0 ? seconds : tuning.work.seconds;
}

}  // namespace

bool is_doubtful(const std::vector<Played>& steps, std::size_t step) {
  return steps[step].failure.empty() && !steps[step].held() &&
         std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(step),
                     [](const Played& played) { return played.held(); });
}

std::optional<std::size_t> recommended(const std::vector<Played>& steps) {
  std::size_t first = steps.size();  // from which on all held
  while (first > 0 && steps[first - 1].held()) --first;
  return first + 1 < steps.size() ? std::optional(first + 1) : std::nullopt;
}

std::string as_text(const Tuning& tuning, std::size_t columns) {
  const auto& [work, began, steps, is_interrupted, best] = tuning;
  const auto opened = std::ranges::find_if(steps, &Played::has_opened);
  std::string text =
      wrapped("tuning " + (opened == steps.end() ? "no device" : opened->opened.device) + ": " +
                  formatted("silence, %.1f s a step", seconds_of_a_step(tuning)) +
                  (work.load == 0 ? "" : formatted(", a busy thread on each of %u cores", work.load)) +
                  (is_interrupted ? "; interrupted" : ""),
              columns);
  const bool is_wide = columns >= cli::kUsualColumns;
  text += line("     asked for", "         opened             heard late             share of", "", is_wide);
  text += line("period latency", "  period  latency  xruns periods blocks     gaps    a core", "", is_wide);
  std::string reported;  // the reason above
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Played& played = steps[i];
    text += line(formatted("%6u %4u ms", played.step.period, played.step.latency_ms), figures_of(played),
                 std::string("  ") + verdict(played) + (i == best ? " *" : ""), is_wide);
    if (played.failure.empty() || played.failure == reported) continue;
    reported = played.failure;
    text += "  " + wrapped(cli::visible(reported), columns, 2, 2);
  }
  if (!best) return text;
  const Step &step = steps[*best].step, &shorter = steps[*best - 1].step;
  return text +
         wrapped(formatted("* recommended: period = %u, latency_ms = %u, which held for %.1f s, and all "
                           "longer steps did; the margin is %u ms: the next shorter step %s for %.1f s",
                           step.period, step.latency_ms, steps[*best].seconds,
                           step.latency_ms - shorter.latency_ms,
                           steps[*best - 1].held() ? "held, too," : "was late when it played",
                           steps[*best - 1].seconds),
                 columns);
}

std::string as_json(const Tuning& tuning) {
  const auto& [work, began, steps, is_interrupted, best] = tuning;
  const auto step_json = [](const Step& step) {
    return Json{{"period", step.period}, {"latency_ms", step.latency_ms}};
  };
  Json all = Json::array();
  for (const Played& played : steps) {
    Json one = step_json(played.step);
    one.update({{"result", verdict(played)},
                {"failure", played.failure},
                {"attempts", played.attempts},
                {"device", played.opened.device},
                {"device_rate", played.opened.rate},
                {"period_frames", played.opened.period_frames},
                {"latency_frames", played.opened.latency_frames},
                {"gaps_ms", cli::rounded(played.gaps_ms, 3)},
                {"core_percent", cli::rounded(played.core_percent, 2)}});
    for (std::size_t i = 0; i < std::size(kLate); ++i) one[kLate[i].first] = played.late[i];
    all.push_back(one);
  }
  return cli::json_lines({{"schema", 1},
                          {"version", configuration::version()},
                          {"began", began},
                          {"seconds", seconds_of_a_step(tuning)},
                          {"busy_threads", work.load},
                          {"interrupted", is_interrupted},
                          {"steps", all},
                          {"recommended", best ? step_json(steps[*best].step) : Json{}}});
}

}  // namespace refwave::tune
