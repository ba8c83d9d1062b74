#include "bench/watch/cause.h"

#include <algorithm>
#include <iterator>

namespace refwave::watching {
namespace {

using core::Gap;

constexpr const char* kMoreBuffers = "give it more or longer buffers";
constexpr const char* kMoreTime = "give it a longer latency_ms, and the program more buffers";
// A stream may run dry this long after its device has taken its blocks in one burst.
constexpr std::int64_t kLeadNs = 50'000'000;
// A program that writes within this time is not late, even in a burst.
constexpr std::int64_t kPromptNs = 20'000'000;

bool is_click(const Gap& gap) {
  return gap.kind == Gap::Kind::stream ||
         (gap.kind == Gap::Kind::device && (gap.lost_ns > 0 || gap.has(Gap::kXrun)));
}

void add_to(Event& event, const Gap& gap, std::span<const watch::Device> devices) {
  event.began_at = std::min(event.began_at, gap.began_at);
  event.ended_at = std::max(event.ended_at, gap.ended_at);
  if (gap.kind == Gap::Kind::device) {
    event.has_xrun = event.has_xrun || gap.has(Gap::kXrun);
    event.late_ns = std::max(event.late_ns, gap.late_ns);
    return;
  }
  // Without timed messages (completion = direct) a thread is late since the stream ran dry.
  const bool is_by_thread = gap.writer == Gap::Writer::thread;
  const std::int64_t led_ns = gap.notifier_ns + gap.callbacks_ns + gap.program_ns;
  const std::int64_t thread_ns = !is_by_thread ? 0
                                 : led_ns != 0 ? gap.program_ns
                                               : std::max(gap.written_at - gap.began_at, std::int64_t{0});
  if (!event.has_stream || thread_ns > event.thread_ns)
    event.is_input = gap.device < devices.size() && devices[gap.device].direction == 1;
  event.stream = event.has_stream && event.stream != gap.stream ? 0 : gap.stream;
  event.has_stream = true;
  event.silent_ns = std::max(event.silent_ns, gap.ended_at - gap.began_at);
  if (gap.late_ns > event.late_ns) {
    event.late_ns = gap.late_ns;
    event.has_schedule = gap.has(Gap::kScheduled);
  }
  const bool is_by_callback = gap.writer == Gap::Writer::callback;
  event.notifier_ns = std::max(event.notifier_ns, gap.notifier_ns);
  event.callback_ns =
      std::max(event.callback_ns, gap.callbacks_ns + (is_by_callback ? gap.program_ns : std::int64_t{0}));
  event.thread_ns = std::max(event.thread_ns, thread_ns);
  if (gap.written_at != 0) event.led_from = std::min(event.led_from, gap.written_at - led_ns);
}

/// Effects: adds what the supervisor, and devices that lost no sound, show of the time that led to the event.
void add_witness(Event& event, const Gap& gap) {
  const std::int64_t from = std::min({event.began_at, event.led_from, event.began_at - event.late_ns});
  if (gap.kind == Gap::Kind::device && gap.ended_at >= event.began_at - kLeadNs &&
      gap.began_at < event.ended_at && gap.late_ns >= event.late_ns) {
    event.late_ns = gap.late_ns;
    event.held_ns = std::min(gap.held_ns, gap.late_ns);
    event.has_schedule = gap.has(Gap::kScheduled);
  }
  if (gap.kind != Gap::Kind::supervisor) return;
  const std::int64_t both_ns = std::min(gap.ended_at, event.ended_at) - std::max(gap.began_at, from);
  if (both_ns <= 0) return;
  event.supervisor_ns = std::min(event.supervisor_ns + both_ns, event.ended_at - from);
  const bool is_known = gap.waited_ns >= 0 && event.waited_ns >= 0;
  event.waited_ns =
      is_known ? std::min(event.waited_ns + std::min(gap.waited_ns, both_ns), event.supervisor_ns) : -1;
}

}  // namespace

const Reason& reason_of(Cause cause) {
  static constexpr Reason kReasons[] = {
      {"unknown", "of an unknown cause", ", by ", "see what `refwave doctor` says"},
      {"program", "the program wrote late", ", by ", kMoreBuffers},
      {"program", "the program gave buffers late", ", by ", kMoreBuffers},
      {"program", "the program's callback took", " ",
       "let it compute on a thread of its own, or give it more or longer buffers"},
      {"machine", "the machine ran the driver's threads late", ", by ",
       "end other programs, or let `refwave doctor` say what rights the driver lacks"},
      {"machine", "the machine, or a signal, stopped the whole program", ", for ",
       "see what stops it, or whether the machine sleeps"},
      {"device", "the device called late", ", by ",
       "see that nothing suspends it, and that its server runs in time"},
      {"device", "the device reported an xrun", ", by ", kMoreTime},
      {"device", "the device was lost", ", by ", "see that it is there (`refwave devices`)"},
      {"device", "the device took sound that it cannot have played", ", by ", kMoreTime}};
  return kReasons[static_cast<std::size_t>(cause)];
}

Verdict cause_of(const Event& event) {
  const std::int64_t late_ns = event.late_ns - event.held_ns;
  // While the supervisor does not run, the program does not, either.
  const std::int64_t process_ns = event.has_schedule ? late_ns : std::min(late_ns, event.supervisor_ns);
  const bool has_stopped = event.waited_ns >= 0 && event.supervisor_ns / 2 > event.waited_ns;
  const auto own = [&](std::int64_t ns) { return ns - std::min(ns, event.supervisor_ns); };
  // If all others were faster than this, the program's queue was too short.
  const auto noticeable = [](std::int64_t ns) { return ns < 1'000'000 ? 0 : ns; };
  const Verdict shares[] = {
      {event.is_input ? Cause::gave_late : Cause::thread, own(event.thread_ns)},
      {Cause::callback, noticeable(std::max(own(event.callback_ns), event.held_ns))},
      {has_stopped ? Cause::stopped : Cause::machine,
       noticeable(std::max({event.notifier_ns, process_ns, event.has_stream ? event.supervisor_ns : 0}))},
      {Cause::device_late, noticeable(late_ns - process_ns)}};
  const auto* largest = std::ranges::max_element(shares, {}, &Verdict::late_ns);
  // A device that took nothing, and then all blocks in one burst, is not the cause of a silence that the
  // program explains in whole.
  const auto* program = std::ranges::max_element(shares, shares + 2, {}, &Verdict::late_ns);
  if (largest->cause == Cause::device_late && event.has_stream &&
      program->late_ns >= std::max(event.silent_ns, kPromptNs))
    largest = program;
  // A thread is late by the silence: before that it had time.
  if (largest->late_ns > 0 && (largest->cause == Cause::thread || largest->cause == Cause::gave_late))
    return {largest->cause, event.silent_ns};
  if (largest->late_ns > 0) return *largest;
  return {event.has_xrun ? Cause::device_xrun : Cause::unknown, 0};
}

std::vector<Event> events_of(std::span<const Gap> gaps, std::span<const watch::Device> devices) {
  std::vector<Gap> clicks;
  std::ranges::copy_if(gaps, std::back_inserter(clicks), is_click);
  std::ranges::stable_sort(clicks, {}, &Gap::began_at);
  std::vector<Event> events;
  std::int64_t settled_at = 0;
  for (const Gap& gap : clicks) {
    // Just after a gap the queues are short: a burst of the device, or the next small delay, is part of it.
    if (events.empty() || gap.began_at >= std::max(events.back().ended_at, settled_at)) {
      events.push_back({.began_at = gap.began_at, .led_from = gap.began_at});
      settled_at = gap.ended_at + kLeadNs;
    }
    add_to(events.back(), gap, devices);
  }
  for (Event& event : events)
    // Devices first: their lateness is part of the time in which the supervisor counts.
    for (const auto kind : {Gap::Kind::device, Gap::Kind::supervisor})
      for (const Gap& gap : gaps)
        if (gap.kind == kind) add_witness(event, gap);
  return events;
}

}  // namespace refwave::watching
