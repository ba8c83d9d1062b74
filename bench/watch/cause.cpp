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
// On a machine whose processors are all taken a server may wait for so long, but not for longer.
constexpr std::int64_t kMostPressedNs = 120'000'000;
// Shorter times cause nothing: if all were faster, the program's queue was too short.
constexpr std::int64_t kNoticeableNs = 1'000'000;

bool is_click(const Gap& gap) {
  return gap.kind == Gap::Kind::stream ||
         (gap.kind == Gap::Kind::device && (gap.lost_ns > 0 || gap.has(Gap::kXrun)));
}

/// Returns: how long the program took, or its thread waited for a processor meanwhile.
std::int64_t program_ns(const Gap& gap) {
  return gap.program_ns - std::clamp(gap.waited_ns, std::int64_t{0}, gap.program_ns);
}

/// Returns: how long the stream had no block before one was written.
std::int64_t dry_ns(const Gap& gap) {
  return gap.writer == Gap::Writer::unknown ? gap.ended_at - gap.began_at
                                            : std::max(gap.written_at - gap.began_at, std::int64_t{0});
}

/// Returns: whether it is so long that a device that took all blocks in one burst is not to blame.
bool is_late(std::int64_t program_ns, std::int64_t dry_ns) {
  return program_ns + kNoticeableNs >= std::max(dry_ns, kPromptNs);
}

void add_to(Event& event, const Gap& gap, std::span<const watch::Device> devices) {
  event.began_at = std::min(event.began_at, gap.began_at);
  event.ended_at = std::max(event.ended_at, gap.ended_at);
  event.pressure_percent = std::max(event.pressure_percent, gap.pressure_percent);
  if (gap.kind == Gap::Kind::device) {
    event.device_waited_ns = std::max(event.device_waited_ns, gap.waited_ns);
    event.has_xrun = event.has_xrun || gap.has(Gap::kXrun);
    event.late_ns = std::max(event.late_ns, gap.late_ns);
    return;
  }
  // Without timed messages (completion = direct) a thread is late since the stream ran dry.
  const bool is_by_thread = gap.writer == Gap::Writer::thread;
  const std::int64_t led_ns = gap.notifier_ns + gap.callbacks_ns + gap.program_ns;
  const std::int64_t thread_ns = !is_by_thread ? 0 : led_ns != 0 ? program_ns(gap) : dry_ns(gap);
  if (!event.has_stream || thread_ns > event.thread_ns)
    event.is_input = gap.device < devices.size() && devices[gap.device].direction == 1;
  event.stream = event.has_stream && event.stream != gap.stream ? 0 : gap.stream;
  event.has_stream = true;
  event.silent_ns = std::max(event.silent_ns, gap.ended_at - gap.began_at);
  event.dry_ns = std::max(event.dry_ns, dry_ns(gap));
  if (gap.late_ns > event.late_ns) {
    event.late_ns = gap.late_ns;
    event.has_schedule = gap.has(Gap::kScheduled);
  }
  const bool is_by_callback = gap.writer == Gap::Writer::callback;
  event.notifier_ns = std::max(event.notifier_ns, gap.notifier_ns);
  event.callback_ns =
      std::max(event.callback_ns, gap.callbacks_ns + (is_by_callback ? program_ns(gap) : std::int64_t{0}));
  event.thread_ns = std::max(event.thread_ns, thread_ns);
  event.writer_waited_ns = std::max(event.writer_waited_ns, gap.program_ns - program_ns(gap));
  if (gap.written_at != 0) event.led_from = std::min(event.led_from, gap.written_at - led_ns);
}

/// Effects: adds what the supervisor, and devices that lost no sound, show of the time that led to the event.
void add_witness(Event& event, const Gap& gap) {
  const std::int64_t from = std::min({event.began_at, event.led_from, event.began_at - event.late_ns});
  if (gap.kind == Gap::Kind::device && gap.ended_at >= event.began_at - kLeadNs &&
      gap.began_at < event.ended_at && gap.late_ns >= event.late_ns) {
    event.late_ns = gap.late_ns;
    event.device_waited_ns = std::max(event.device_waited_ns, gap.waited_ns);
    event.pressure_percent = std::max(event.pressure_percent, gap.pressure_percent);
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
  const std::int64_t pressed_ns = std::min(late_ns / 100 * event.pressure_percent, kMostPressedNs);
  const std::int64_t process_ns =
      event.has_schedule
          ? late_ns
          : std::min(late_ns, std::max({event.supervisor_ns, event.device_waited_ns, pressed_ns}));
  const bool has_stopped = event.waited_ns >= 0 && event.supervisor_ns / 2 > event.waited_ns;
  const auto own = [&](std::int64_t ns) { return ns - std::min(ns, event.supervisor_ns); };
  const auto noticeable = [](std::int64_t ns) { return ns < kNoticeableNs ? 0 : ns; };
  const Verdict shares[] = {{event.is_input ? Cause::gave_late : Cause::thread, own(event.thread_ns)},
                            {Cause::callback, noticeable(std::max(own(event.callback_ns), event.held_ns))},
                            {has_stopped ? Cause::stopped : Cause::machine,
                             noticeable(std::max({event.notifier_ns, process_ns, event.writer_waited_ns,
                                                  event.has_stream ? event.supervisor_ns : 0}))},
                            {Cause::device_late, noticeable(late_ns - process_ns)}};
  const auto* largest = std::ranges::max_element(shares, {}, &Verdict::late_ns);
  // A device that took nothing, and then all blocks in one burst, is not the cause of a silence that the
  // program explains in whole.
  const auto* program = std::ranges::max_element(shares, shares + 2, {}, &Verdict::late_ns);
  if (largest->cause == Cause::device_late && event.has_stream && is_late(program->late_ns, event.dry_ns))
    largest = program;
  // A thread is late by the silence: before that it had time.
  if (largest->late_ns > 0 && (largest->cause == Cause::thread || largest->cause == Cause::gave_late))
    return {largest->cause, std::min(event.silent_ns, largest->late_ns)};
  if (largest->late_ns > 0 && largest->cause == Cause::device_late) return {largest->cause, late_ns};
  if (largest->late_ns > 0) return *largest;
  return {event.has_xrun ? Cause::device_xrun : Cause::unknown, 0};
}

std::vector<Event> events_of(std::span<const Gap> gaps, std::span<const watch::Device> devices) {
  std::vector<Gap> clicks;
  std::ranges::copy_if(gaps, std::back_inserter(clicks), is_click);
  std::ranges::stable_sort(clicks, {}, &Gap::began_at);
  std::vector<Event> events;
  for (auto rest = std::span<const Gap>(clicks); !rest.empty();) {
    // Just after a gap the queues are short: a burst of the device, or the next small delay, is part of it.
    std::int64_t settled_at = rest.front().ended_at + kLeadNs;
    std::size_t count = 0;
    for (; count < rest.size() && rest[count].began_at < settled_at; ++count)
      settled_at = std::max(settled_at, rest[count].ended_at);
    // But a program that is late after the device has been is a click of its own.
    const auto together = rest.first(count);
    rest = rest.subspan(count);
    const bool has_loss = std::ranges::any_of(together, [](const Gap& gap) { return gap.lost_ns > 0; });
    for (const bool by_program : {false, true}) {
      Event event;
      for (const Gap& gap : together)
        if (by_program == (has_loss && is_late(gap.program_ns, dry_ns(gap)))) {
          if (event.ended_at == 0) event.began_at = event.led_from = gap.began_at;
          add_to(event, gap, devices);
        }
      if (event.ended_at != 0) events.push_back(event);
    }
  }
  for (Event& event : events)
    // Devices first: their lateness is part of the time in which the supervisor counts.
    for (const auto kind : {Gap::Kind::device, Gap::Kind::supervisor})
      for (const Gap& gap : gaps)
        if (gap.kind == kind) add_witness(event, gap);
  return events;
}

}  // namespace refwave::watching
