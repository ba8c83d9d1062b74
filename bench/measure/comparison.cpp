#include "bench/measure/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "bench/measure/measurement.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/json.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"

namespace refwave::measure {
namespace {

using cli::Json;

constexpr std::size_t kName = 8;
constexpr std::size_t kCell = 28;
constexpr std::size_t kNarrowCell = 9;
constexpr std::size_t kFigureName = 14;
constexpr std::size_t kFigure = 12;

Histogram histogram_from(const Json& steps) {
  Histogram result;
  for (const Json& row : steps.get_ref<const Json::array_t&>()) {
    if (row.size() != 3) throw std::runtime_error("a histogram's step has three numbers");
    const auto step = row.get<std::array<double, 3>>();
    constexpr double kMost = 9e15;  // a double holds each whole number up to there
    if (step[2] < 0 || step[2] > kMost) throw std::runtime_error("a count is no number of blocks");
    result.record(static_cast<std::uint64_t>(std::clamp(step[1], 0.0, kMost)),
                  static_cast<std::uint64_t>(step[2]));
  }
  return result;
}

/// Returns: the durations between which the percentile lies, with two standard deviations of noise.
/// Precondition: the count is large enough for this percentile.
std::pair<double, double> between(const Histogram& histogram, double share) {
  const double deviations = 2 * std::sqrt(share * (1 - share) / static_cast<double>(histogram.count()));
  const auto at = [&](double place) {
    return static_cast<double>(histogram.percentile(std::clamp(place, 0.0, 1.0)));
  };
  return {at(share - deviations), at(share + deviations)};
}

bool bears(const Histogram& histogram, double share) {
  return cli::percentile_text(0, share, histogram.count()) != "-";
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

std::string text_of(const Json& value) {
  return value.is_string() ? cli::visible(value.get<std::string>()) : value.dump();
}

/// Returns: those of the report's settings that it has.
Baselined::Facts facts_of(const Json& report, Setting::Compared compared) {
  Baselined::Facts facts;
  const Json settings = report.value("settings", Json::object());
  for (const Setting& setting : kSettings)
    if (setting.compared == compared && settings.contains(setting.key))
      facts.emplace_back(setting.key, text_of(settings[setting.key]));
  return facts;
}

/// Returns: the count; 0 if there is none.
std::uint64_t count_in(const Json& from, const char* key) {
  const auto found = from.find(key);
  return found != from.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

/// Returns: what was heard late, by the driver's counters or, of a watched program, by those in its record.
std::vector<std::pair<std::string, std::uint64_t>> dropouts_of(const Json& report) {
  const Json counters = report.value("counters", Json::object());
  std::uint64_t underruns = count_in(counters, "underruns") +
                            count_in(report.value("/measured/0/outside"_json_pointer, Json()), "ran_dry");
  std::uint64_t late = count_in(counters, "late_periods"), xruns = count_in(counters, "xruns");
  for (const Json& process : report.value("processes", Json::array())) {
    Json counted;  // the streams of a device follow one another
    for (const Json& stream : process.value("streams", Json::array())) {
      if (stream.value("direction", "") == "output") underruns += count_in(stream, "underruns");
      const Json device = stream.value("device", Json::object());
      if (std::exchange(counted, device) == device) continue;
      late += count_in(device, "late_periods");
      xruns += count_in(device, "xruns");
    }
  }
  return {{"underruns", underruns}, {"late periods", late}, {"xruns", xruns}};
}

std::uint64_t sum_of(const Baselined& report) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : report.dropouts) sum += count;
  return sum;
}

/// Returns: what differs: "period 480 and 240, wake park and spin"; empty if nothing does.
std::string differences(const Baselined::Facts& before, const Baselined::Facts& after) {
  std::string text;
  for (const auto& [name, value] : before) {
    const auto other = std::ranges::find(after, name, &std::pair<std::string, std::string>::first);
    if (other != after.end() && other->second != value)
      text += (text.empty() ? "" : ", ") + name + ' ' + value + " and " + other->second;
  }
  return text;
}

/// Throws: Json::exception or std::runtime_error.
Baselined parsed(std::string name, std::string_view json) {
  const Json report = Json::parse(json);
  const auto& measured = report.at("measured").get_ref<const Json::array_t&>();
  if (measured.size() < 2) throw std::runtime_error("no baseline was measured");
  Baselined result{std::move(name), report.at("measure").get<std::string>(),
                   histogram_from(measured.front().at("histogram")),
                   histogram_from(measured.back().at("histogram"))};
  result.whole = result.driver;
  const Json busy = report.value("others_percent", Json());
  result.busy_percent = busy.is_number() ? busy.get<double>() : 0;
  result.when = text_of(report.value("began", Json("?"))) +
                cli::formatted(", for %.1f s, refwave ", report.value("seconds", 0.0)) +
                text_of(report.value("version", Json("?")));
  result.same = facts_of(report, Setting::Compared::same);
  result.others = facts_of(report, Setting::Compared::other);
  result.dropouts = dropouts_of(report);
  const Json histogram = report.value("/from_wake/histogram"_json_pointer, Json::array());
  if (!histogram.empty()) {
    result.driver = histogram_from(histogram);
    result.measure += ", from the wake-up";
  }
  return result;
}

cli::Failure incomparable(const std::string& why) {
  return cli::Failure("these two cannot be compared: " + why + "; compare reports of the same settings",
                      cli::kUsage);
}

}  // namespace

bool Comparison::drops_out_more() const {
  const auto a = static_cast<double>(sum_of(before)), b = static_cast<double>(sum_of(after));
  const auto blocks_a = static_cast<double>(before.whole.count());
  const auto blocks_b = static_cast<double>(after.whole.count());
  // Of all dropouts B has, by chance, its share of the blocks, give or take two standard deviations.
  const double share = (blocks_b + 1) / (blocks_a + blocks_b + 2);
  return b > (a + b) * share + 2 * std::sqrt((a + b) * share * (1 - share));
}

std::string Comparison::verdict() const {
  std::string worse = drops_out_more() ? "B drops out more often" : "";
  std::string slower;
  for (const ComparedRow& row : rows)
    if (row.is_worse(tolerance)) slower += (slower.empty() ? " at " : ", ") + std::string(row.name);
  if (!slower.empty())
    worse += (worse.empty() ? "" : ", and ") +
             cli::formatted("B is worse than A by more than %g %%", 100 * tolerance) + slower;
  return cli::formatted("Exit status %d: ", worse.empty() ? 0 : 1) +
         (!worse.empty()
              ? worse
              : cli::formatted("nothing shows that B is worse than A by more than %g %%", 100 * tolerance)) +
         '.';
}

std::vector<std::string> Comparison::doubts() const {
  std::vector<std::string> all;
  for (const auto& [name, one] : {std::pair{"A", &before}, {"B", &after}})
    if (one->busy_percent >= kBusyPercent)
      all.push_back(
          cli::formatted("the machine of %s was busy: other programs used %.0f %% of its processors", name,
                         one->busy_percent));
  const std::string other = differences(before.others, after.others);
  if (!other.empty()) all.push_back("not measured in the same way: " + other);
  return all;
}

Baselined read_report(std::string name, std::string_view json) {
  std::string why;
  try {
    return parsed(name, json);
  } catch (const Json::parse_error& error) {
    why = "no JSON from byte " + std::to_string(error.byte) + " on";
  } catch (const Json::exception& error) {
    const std::string_view words = error.what();
    why = words.substr(words.find(' ') + 1);  // without the library's number
  } catch (const std::runtime_error& error) {
    why = error.what();
  }
  throw cli::Failure(name + ": no report of --json: " + why + "; measure it again", cli::kUsage);
}

std::optional<Estimate> estimate(const Baselined& report, double share) {
  if (!bears(report.driver, share) || !bears(report.baseline, share)) return std::nullopt;
  const auto ratio = [](double above, double below) { return above / std::max(below, 1.0); };
  const auto [driver_least, driver_most] = between(report.driver, share);
  const auto [base_least, base_most] = between(report.baseline, share);
  const auto driver = static_cast<double>(report.driver.percentile(share));
  const auto base = static_cast<double>(report.baseline.percentile(share));
  return Estimate{ratio(driver, base), ratio(driver_least, base_most), ratio(driver_most, base_least)};
}

bool ComparedRow::is_worse(double tolerance) const {
  return before && after && after->least > before->most * (1 + tolerance);
}

bool ComparedRow::is_better(double tolerance) const {
  return before && after && after->most * (1 + tolerance) < before->least;
}

bool Comparison::is_worse() const {
  return drops_out_more() ||
         std::ranges::any_of(rows, [&](const ComparedRow& row) { return row.is_worse(tolerance); });
}

Comparison compare(Baselined before, Baselined after, double tolerance) {
  const Baselined &a = before, &b = after;
  if (a.measure != b.measure)
    throw incomparable("the two did not measure the same: \"" + a.measure + "\" and \"" + b.measure + "\"");
  if (const std::string other = differences(a.same, b.same); !other.empty())
    throw incomparable("the two did not measure the same: " + other);
  Comparison result{std::move(before), std::move(after), {}, tolerance};
  for (const Column& column : kColumns)
    if (column.share < 1)
      result.rows.push_back(
          {column.title, estimate(result.before, column.share), estimate(result.after, column.share)});
  const auto is_empty = [](const ComparedRow& row) { return !row.before || !row.after; };
  if (std::ranges::all_of(result.rows, is_empty))
    throw incomparable("too few blocks for any percentile; measure for longer");
  return result;
}

std::string figures_of(const Comparison& comparison, std::size_t columns) {
  std::string text =
      cli::wrapped("A: " + comparison.before.name + ", " + comparison.before.when, columns, 3) +
      cli::wrapped("B: " + comparison.after.name + ", " + comparison.after.when, columns, 3);
  std::string settings;
  for (const auto& facts : {comparison.before.same, comparison.before.others})
    for (const auto& [name, value] : facts) settings += (settings.empty() ? "" : ", ") + name + ' ' + value;
  if (!settings.empty()) text += cli::wrapped(settings, columns, 3);
  text += '\n';
  const auto add = [&](const std::string& name, const std::string& a, const std::string& b) {
    text += cli::left(name, kFigureName) + cli::right(a, kFigure) + cli::right(b, kFigure) + '\n';
  };
  const Baselined &a = comparison.before, &b = comparison.after;
  for (std::size_t i = 0; i < std::min(a.dropouts.size(), b.dropouts.size()); ++i)
    add(a.dropouts[i].first, std::to_string(a.dropouts[i].second), std::to_string(b.dropouts[i].second));
  for (const Column& column : kColumns)
    add(column.title, percentile_text(a.whole, column), percentile_text(b.whole, column));
  add("blocks", std::to_string(a.whole.count()), std::to_string(b.whole.count()));
  const bool is_wide = columns >= kName + 2 * kCell + 16;
  const std::size_t width = is_wide ? kCell : kNarrowCell;
  text +=
      '\n' +
      cli::wrapped(
          "ratio to the bare wake-up (with --driver: the bare timer) of the same file; a change counts only "
          "beyond the noise (two standard deviations of the rank)",
          columns);
  text += cli::left("", kName) + cli::left("A", width) + cli::left("B", width) + "change\n";
  for (const ComparedRow& row : comparison.rows)
    text += cli::left(row.name, kName) + cli::left(cell(row.before, is_wide), width) +
            cli::left(cell(row.after, is_wide), width) + verdict(row, comparison.tolerance) + '\n';
  return text;
}

std::string as_text(const Comparison& comparison, std::size_t columns) {
  std::string text;
  for (const std::string& doubt : comparison.doubts()) text += cli::wrapped("warning: " + doubt, columns);
  return text + figures_of(comparison, columns) + cli::wrapped(comparison.verdict(), columns);
}

Baselined read_file(const std::string& path) {
  std::ifstream file(cli::to_path(path), std::ios::binary);
  file.peek();  // a folder can be opened and not read
  if (!file.is_open() || file.bad())
    throw cli::Failure(path + ": cannot be read; name a file that --json wrote", cli::kUsage);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return read_report(path, text);
}

int judge(const Comparison& comparison, std::FILE* to) {
  std::fputs(as_text(comparison, cli::terminal_columns()).c_str(), to);
  if (!comparison.is_worse()) return 0;
  cli::print_error(comparison.after.name + ": worse than " + comparison.before.name +
                   ", so the exit status is 1; see what changed, and measure both again on a quiet machine");
  return cli::kFailed;
}

}  // namespace refwave::measure
