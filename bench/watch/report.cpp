#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "bench/watch/watch.h"
#include "driver/core/handover/latency_histogram.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::watching {
namespace {

using cli::formatted;
using cli::Json;

std::string text_of(std::int64_t ns) { return cli::duration_text(static_cast<double>(ns)); }

/// Returns: seconds since the process's first open.
double seconds_of(const Click& click, const Followed& process) {
  return static_cast<double>(click.at_ns - process.now.head.made_ns) / 1e9;
}

unsigned long long wide(std::uint64_t number) { return number; }

std::string time_of(std::uint64_t frames, std::uint32_t rate) {
  return cli::duration_text(rate != 0 ? 1e9 * static_cast<double>(frames) / rate : 0);
}

measure::Histogram histogram_of(const Stream& counted) {
  measure::Histogram all;
  for (std::size_t i = 0; i < watch::kLatencySteps; ++i)
    all.record(std::min(core::LatencyHistogram::upper_end(i), counted.latency_max_ns), counted.latency[i]);
  return all;
}

std::string format_of(const Stream& stream) {
  return cli::format_text(
      {static_cast<dsp::SampleType>(stream.sample_type), stream.channels, stream.rate, 0});
}

std::string lines_of(const Followed& process, const Stream& stream, std::size_t columns) {
  const Stream lately = counted_since(process.recent.front().second, stream);
  const measure::Histogram all = histogram_of(stream);
  const std::string line = format_of(stream) + (stream.running == 0 ? ", paused" : "") +
                           formatted("; %u headers, %s; underruns %llu, lately %llu", stream.headers,
                                     time_of(stream.queued_frames, stream.rate).c_str(),
                                     wide(stream.underruns), wide(lately.underruns)) +
                           (all.count() < stream.blocks ? formatted("; latencies of %llu of %llu blocks",
                                                                    wide(all.count()), wide(stream.blocks))
                                                        : "");
  return cli::wrapped("  " + line, columns, 4) + measure::row_of("    in all", all, columns) +
         measure::row_of("    lately", histogram_of(lately), columns);
}

std::string heading(const Followed& process) {
  const Process& now = process.now;
  if (!now.problem.empty()) return formatted("process %u: ", now.number) + now.problem;
  return cli::visible(now.head.program) + formatted(" %u (%u bits)", now.number, now.head.pointer_bits) +
         (!now.has_open_device()              ? "; no device open"
          : process.is_stale(process.seen_at) ? "; stands still"
                                              : "");
}

std::string device_line(const Device& device) {
  return (device.direction == 0 ? "  plays on \"" : "  records from \"") + cli::visible(device.name) +
         (device.missed != 0 ? "\", for the sound device is away" : "\"") +
         formatted(", %u Hz, period %s, latency %s; late periods %llu, xruns %llu, losses %llu", device.rate,
                   time_of(device.period_frames, device.rate).c_str(),
                   time_of(device.latency_frames, device.rate).c_str(), wide(device.late_periods),
                   wide(device.xruns), wide(device.losses));
}

Json figures_of(const Stream& counted) {
  Json all = {{"underruns", counted.underruns}};
  all.update(measure::figures(histogram_of(counted)));
  return all;
}

Json json_of(const Followed& process, const Stream& stream) {
  const Device& device = process.now.devices[stream.device];
  Json all = {{"id", stream.id},
              {"direction", device.direction == 0 ? "output" : "input"},
              {"format", format_of(stream)},
              {"headers", stream.headers},
              {"queued_frames", stream.queued_frames},
              {"blocks", stream.blocks},
              {"device",
               {{"name", device.name},
                {"rate", device.rate},
                {"period_frames", device.period_frames},
                {"latency_frames", device.latency_frames},
                {"late_periods", device.late_periods},
                {"xruns", device.xruns},
                {"losses", device.losses}}},
              {"lately", figures_of(counted_since(process.recent.front().second, stream))}};
  all.update(figures_of(stream));
  return all;
}

}  // namespace

std::string conclusion(std::span<const Followed> processes) {
  struct Blame {
    std::uint64_t clicks = 0;
    std::int64_t late_ns = 0;  // the longest
  };
  std::map<Cause, Blame> blamed;
  std::uint64_t all = 0;
  std::uint64_t lost = 0;
  bool ended_early = false;
  for (const Followed& process : processes) {
    lost += process.lost_clicks;
    ended_early = ended_early || process.ended_early;
    for (const Click& click : process.clicks) {
      Blame& blame = blamed[click.cause];
      blame.clicks += click.count;
      blame.late_ns = std::max(blame.late_ns, click.late_ns);
      all += click.count;
    }
  }
  std::string text = all == 0 ? "no click" : all == 1 ? "1 click" : std::to_string(all) + " clicks";
  const char* between = ": ";
  for (const auto& [cause, blame] : blamed) {
    const Reason& reason = reason_of(cause);
    text += blame.clicks != all ? std::exchange(between, "; ") + std::to_string(blame.clicks) + " because "
            : all == 1          ? ", because "
                                : ", all because ";
    text += reason.text;
    if (blame.late_ns != 0)
      text += reason.by + std::string(blame.clicks == 1 ? "" : "up to ") + text_of(blame.late_ns);
    text += ": " + std::string(reason.remedy);
  }
  if (lost != 0) text += "; other clicks, before these: " + std::to_string(lost);
  return ended_early ? text + "; the record ended early, so later clicks are not known" : text;
}

std::string table(std::span<const Followed> processes, std::size_t columns) {
  constexpr std::size_t kMostShown = 12;  // of a process
  std::string text = measure::heading(columns);
  for (const Followed& process : processes) {
    const Process& now = process.now;
    std::size_t device = ~std::size_t{0};
    text += cli::wrapped(heading(process), columns, 2);
    for (const Stream& stream : std::span(now.streams).first(std::min(now.streams.size(), kMostShown))) {
      if (std::exchange(device, stream.device) != stream.device)
        text += cli::wrapped(device_line(now.devices[stream.device]), columns, 4);
      text += lines_of(process, stream, columns);
    }
    const std::uint64_t others =
        process.other_streams + now.streams.size() - std::min(now.streams.size(), kMostShown);
    if (others != 0) text += cli::wrapped("  other streams: " + std::to_string(others), columns, 4);
    if (now.problem.empty()) text += cli::wrapped("  " + conclusion(std::span(&process, 1)), columns, 4);
  }
  return text;
}

std::string click_lines(const Followed& process) {
  constexpr std::size_t kMostShown = 100;
  std::string text;
  const std::size_t all = process.clicks.size();
  for (std::size_t i = all - std::min(all, kMostShown); i < all; ++i) {
    const Click& click = process.clicks[i];
    const Reason& reason = reason_of(click.cause);
    text += cli::left("  " + cli::clock_text(seconds_of(click, process)), 14) +
            formatted("%4llu  ", wide(click.count)) + reason.text +
            (click.late_ns != 0 ? reason.by + text_of(click.late_ns) : "") + '\n';
  }
  return text;
}

Json json_of(std::span<const Followed> processes) {
  Json list = Json::array();
  for (const Followed& process : processes) {
    const Process& now = process.now;
    Json one = {{"process", now.number},
                {"program", now.head.program},
                {"bits", now.head.pointer_bits},
                {"problem", now.problem},
                {"conclusion", conclusion(std::span(&process, 1))},
                {"streams", Json::array()},
                {"other_streams", process.other_streams},
                {"clicks", Json::array()}};
    for (const Stream& stream : now.streams) one["streams"].push_back(json_of(process, stream));
    for (const Click& click : process.clicks) {
      one["clicks"].push_back({{"at_s", cli::rounded(seconds_of(click, process), 3)},
                               {"count", click.count},
                               {"cause", reason_of(click.cause).cause},
                               {"reason", reason_of(click.cause).text},
                               {"late_ns", click.late_ns},
                               {"stream", click.stream}});
    }
    list.push_back(std::move(one));
  }
  return list;
}

void add(measure::Measurement& m, std::span<const Followed> processes) {
  m.conclusion = conclusion(processes);
  m.others_percent = std::numeric_limits<double>::quiet_NaN();
  measure::Series& all = m.subjects.front();
  all.name = cli::visible(processes.front().now.head.program);
  for (const Followed& process : processes) {
    all.measured.merge(histogram_of(process.others));
    m.settings.streams += static_cast<std::uint32_t>(process.other_streams);
    for (const Stream& stream : process.now.streams) {
      all.measured.merge(histogram_of(stream));
      if (++m.settings.streams > 1) continue;
      const Device& device = process.now.devices[stream.device];
      m.settings.device = cli::device_text(device.name, device.missed != 0);
      for (const auto& [at_ns, then] : process.recent)
        for (const Stream& one : then.streams)
          if (one.id == stream.id) m.settings.buffers = std::max(m.settings.buffers, one.headers);
      m.settings.block_frames = stream.header_frames;
      m.settings.rate = stream.rate;
      m.settings.period_frames = device.period_frames;
      m.settings.device_rate = device.rate;
    }
  }
  all.samples_left_out = all.measured.count();
}

}  // namespace refwave::watching
