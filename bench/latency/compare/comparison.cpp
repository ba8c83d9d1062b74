#include "bench/latency/compare/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "inf/cli/console/json.h"
#include "inf/cli/console/text.h"

namespace refwave::latency {
namespace {

using cli::Json;

constexpr std::size_t kName = 8;
constexpr std::size_t kCell = 28;
constexpr std::size_t kNarrowCell = 9;

Counted counted(const Json& histogram) {
  Counted result;
  for (const Json& row : histogram.get_ref<const Json::array_t&>()) {
    if (row.size() != 3) throw std::runtime_error("a histogram's step has three numbers");
    const auto step = row.get<std::array<double, 3>>();
    constexpr double kMost = 9e15;  // a double holds each whole number up to there
    if (step[2] < 0 || step[2] > kMost) throw std::runtime_error("a count is no number of blocks");
    const auto count = static_cast<std::uint64_t>(step[2]);
    result.steps.push_back({step[0], step[1], count});
    result.count += count;
  }
  return result;
}

/// Returns: the durations between which the percentile lies, with two standard deviations of noise.
/// Precondition: the count is large enough for this percentile.
std::pair<double, double> between(const Counted& counted, double share) {
  const double count = static_cast<double>(counted.count);
  const double deviation = std::sqrt(count * share * (1 - share));
  return {counted.at_rank(share * count - 2 * deviation), counted.at_rank(share * count + 2 * deviation)};
}

bool bears(const Counted& counted, double share) {
  return cli::percentile_text(0, share, counted.count) != "-";
}

std::string cell(const std::optional<Estimate>& estimate, bool is_wide) {
  if (!estimate) return "-";
  const std::string ratio = cli::ratio_text(estimate->ratio);
  return is_wide ? ratio + " (" + cli::ratio_text(estimate->least) + " to " +
                       cli::ratio_text(estimate->most) + ")"
                 : ratio;
}

std::string verdict(const ComparedRow& row, double tolerance) {
  if (!row.before || !row.after) return "-";
  const double change = 100 * (row.after->ratio / row.before->ratio - 1);
  const char* word = row.is_worse(tolerance) ? " worse" : row.is_better(tolerance) ? " better" : "";
  return cli::formatted("%+.0f %%%s", change, word);
}

/// Returns: the last line, a sentence.
std::string verdict(const Comparison& comparison) {
  std::string worse;
  for (const ComparedRow& row : comparison.rows)
    if (row.is_worse(comparison.tolerance)) worse += (worse.empty() ? " at " : ", ") + std::string(row.name);
  return cli::formatted("Exit status %d: %s than A by more than %g %%%s.", worse.empty() ? 0 : 1,
                        worse.empty() ? "nothing shows that B is worse" : "B is worse",
                        100 * comparison.tolerance, worse.c_str());
}

}  // namespace

double Counted::at_rank(double rank) const {
  double seen = 0;
  for (const Step& step : steps) {
    seen += static_cast<double>(step.count);
    if (seen >= rank) return (step.from + step.to) / 2;
  }
  return steps.empty() ? 0 : steps.back().to;
}

Baselined read_report(std::string_view json) {
  try {
    const Json report = Json::parse(json);
    const auto& measured = report.at("measured").get_ref<const Json::array_t&>();
    if (measured.size() < 2) throw std::runtime_error("no baseline was measured");
    Baselined result{report.at("measure").get<std::string>(), counted(measured.front().at("histogram")),
                     counted(measured.back().at("histogram"))};
    const Json histogram = report.value("/from_wake/histogram"_json_pointer, Json::array());
    if (!histogram.empty()) {
      result.driver = counted(histogram);
      result.measure += ", from the wake-up";
    }
    return result;
  } catch (const Json::parse_error& error) {
    throw std::runtime_error("no JSON from byte " + std::to_string(error.byte) + " on");
  } catch (const Json::exception& error) {
    const std::string_view words = error.what();
    throw std::runtime_error(std::string(words.substr(words.find(' ') + 1)));  // without the library's number
  }
}

std::optional<Estimate> estimate(const Baselined& report, double share) {
  if (!bears(report.driver, share) || !bears(report.baseline, share)) return std::nullopt;
  const auto ratio = [](double above, double below) { return above / std::max(below, 1.0); };
  const auto [driver_least, driver_most] = between(report.driver, share);
  const auto [base_least, base_most] = between(report.baseline, share);
  const double driver = report.driver.at_rank(share * static_cast<double>(report.driver.count));
  const double base = report.baseline.at_rank(share * static_cast<double>(report.baseline.count));
  return Estimate{ratio(driver, base), ratio(driver_least, base_most), ratio(driver_most, base_least)};
}

bool ComparedRow::is_worse(double tolerance) const {
  return before && after && after->least > before->most * (1 + tolerance);
}

bool ComparedRow::is_better(double tolerance) const {
  return before && after && after->most * (1 + tolerance) < before->least;
}

bool Comparison::is_worse() const {
  return std::ranges::any_of(rows, [&](const ComparedRow& row) { return row.is_worse(tolerance); });
}

Comparison compare(const Baselined& before, const Baselined& after, double tolerance) {
  if (before.measure != after.measure)
    throw std::runtime_error("the two did not measure the same: \"" + before.measure + "\" and \"" +
                             after.measure + "\"");
  Comparison result{{}, tolerance};
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}})
    result.rows.push_back({name, estimate(before, share), estimate(after, share)});
  const auto is_empty = [](const ComparedRow& row) { return !row.before || !row.after; };
  if (std::ranges::all_of(result.rows, is_empty))
    throw std::runtime_error("too few blocks for any percentile; measure for longer with --seconds");
  return result;
}

std::string as_text(const Comparison& comparison, std::size_t columns) {
  const bool is_wide = columns >= kName + 2 * kCell + 16;
  const std::size_t width = is_wide ? kCell : kNarrowCell;
  std::string text = cli::wrapped(
      "ratio to the bare wake-up (with --driver: the bare timer) of the same file; a change counts only "
      "beyond the noise (two standard deviations of the rank)",
      columns);
  text += cli::left("", kName) + cli::left("A", width) + cli::left("B", width) + "change\n";
  for (const ComparedRow& row : comparison.rows)
    text += cli::left(row.name, kName) + cli::left(cell(row.before, is_wide), width) +
            cli::left(cell(row.after, is_wide), width) + verdict(row, comparison.tolerance) + '\n';
  return text + cli::wrapped(verdict(comparison), columns);
}

}  // namespace refwave::latency
