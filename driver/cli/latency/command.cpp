// `refwave latency`: silence on some streams, how long the driver took to say that each block was done, and
// a bare semaphore's wake in the same seconds; as a table, as JSON, as a page.
#include <chrono>
#include <cstdio>
#include <ctime>

#include "driver/cli/commands.h"
#include "driver/cli/driver_session.h"
#include "driver/cli/failure.h"
#include "driver/cli/interruption.h"
#include "driver/cli/latency/json.h"
#include "driver/cli/latency/output_file.h"
#include "driver/cli/latency/outside.h"
#include "driver/cli/latency/own.h"
#include "driver/cli/latency/page.h"
#include "driver/cli/latency/surroundings.h"
#include "driver/cli/latency/terminal.h"
#include "driver/cli/text.h"

namespace refwave::cli {
namespace {

using namespace latency;

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", std::gmtime(&now));
  return text;
}

Measurement measure(const LatencyOptions& options, const stream::Configuration& configured,
                    const Load& load) {
  Measurement m =
      options.driver.driver.empty() ? measure_refwave(options, load) : measure_from_outside(options, load);
  m.settings.streams = load.streams;
  m.settings.buffers = load.buffers;
  m.settings.block_frames = load.block_frames;
  m.settings.rate = kFormat.rate;
  m.settings.completion = configured.completion == stream::Completion::direct ? "direct" : "deferred";
  constexpr const char* kWakes[] = {"park", "predict", "spin"};
  m.settings.wake = kWakes[static_cast<std::size_t>(configured.wake)];
  m.settings.done = configured.done == stream::Done::played ? "played" : "consumed";
  m.version = REFWAVE_VERSION;
  m.machine = this_machine();
  m.is_interrupted = is_interrupted();
  return m;
}

void check(const Measurement& m, const Load& load) {
  if (m.driver().series.measured.count() != 0) return;
  throw Failure(
      formatted(
          "no block of %u frames was reported in %.1f seconds; measure for longer with --seconds, or shorter "
          "blocks with --block",
          load.block_frames, m.seconds),
      m.is_interrupted ? kInterrupted : kFailed);
}

}  // namespace

int measure_latency(const LatencyOptions& options) {
  const stream::Configuration configured = configuration(options.driver);
  const Load load{options.streams, options.buffers,
                  options.block_frames != 0 ? options.block_frames : configured.period};
  OutputFile json(options.json);
  OutputFile html(options.html);
  watch_for_interruption();
  const std::string began = utc_now();
  Measurement m = measure(options, configured, load);
  m.began = began;
  check(m, load);
  if (!json.is_standard_output()) std::fputs(as_text(m, output_style()).c_str(), stdout);
  if (json.is_wanted()) json.write(as_json(m));
  if (html.is_wanted()) html.write(as_page(m));
  if (m.counters && m.counters->device_losses != 0) {
    throw Failure(formatted(
        "the device was lost after %.1f seconds, and all figures are of the time before; see that it is "
        "there (`refwave devices`), and measure again",
        m.seconds));
  }
  return m.is_interrupted ? kInterrupted : 0;
}

}  // namespace refwave::cli
