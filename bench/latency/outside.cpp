#include "bench/latency/measure.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "bench/measure/bare_wake.h"
#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/driver_session.h"

namespace refwave::measure {
namespace {

constexpr double kTurn = 1;        // second
constexpr double kSettling = 0.2;  // of a turn, while drivers fill their own buffers
constexpr double kFastest = 100;   // times real time

std::string device_name(UINT number) {
  WAVEOUTCAPSA caps{};
  return waveOutGetDevCapsA(number, &caps, sizeof(caps)) == MMSYSERR_NOERROR ? caps.szPname : "";
}

/// Returns: the device whose number is `wanted`, or whose name contains it; if there is only one device, that
/// one, whatever its name. Throws: Failure.
UINT device_number(const std::string& wanted, const std::string& driver) {
  const UINT count = waveOutGetNumDevs();
  std::string names;
  UINT found = count;
  for (UINT i = 0; i < count; ++i) {
    const std::string name = device_name(i);
    if (found == count && (wanted == std::to_string(i) || name.find(wanted) != std::string::npos)) found = i;
    names += (names.empty() ? "" : ", ") + std::to_string(i) + " \"" + name + "\"";
  }
  if (found != count) return found;
  if (count == 1) return 0;
  throw cli::Failure(driver + ": no output device \"" + wanted + "\"; it has " + names);
}

/// One of the two drivers, with its results so far.
struct Contestant {
  Series series;
  std::filesystem::path file;
  std::string parameters;
  std::string wanted;  // which of the driver's devices; empty: the first
  std::string advice;  // if there is no such file
  std::string device{};
  double audio_ns = 0;   // of the blocks that came back
  double played_ns = 0;  // and how long that took
};

void open(Client& client, Contestant& one) {
  const std::string file = cli::path_text(one.file);
  if (waveOutGetNumDevs() == 0) {
    const std::string why = cli::load_error();
    throw cli::Failure(file + ": not usable as a wave driver for output" + (why.empty() ? "" : ": " + why) +
                       "; is it one for this system, and are its --parameters right?");
  }
  const UINT number = one.wanted.empty() ? 0 : device_number(one.wanted, file);
  one.device = device_name(number);
  const MMRESULT result = client.open(number);
  if (result != MMSYSERR_NOERROR) {
    throw cli::Failure(file + ": its output device \"" + one.device +
                       "\" could not be opened for 16-bit stereo at 48 kHz: " + cli::wave_error_text(result) +
                       "; look at the device, or name another with --device");
  }
  client.suit_device();
}

void add_lateness(const std::vector<std::int64_t>& times, std::uint32_t stream, std::int64_t began_ns,
                  Series& series) {
  if (times.size() < 3) return;  // any two lie on a line
  const std::vector<std::uint64_t> lateness = lateness_ns(times);
  for (std::size_t i = 0; i < times.size(); ++i) series.add({times[i] - began_ns, lateness[i], stream});
}

/// Effects: plays for so long, and adds the reports, without those of the settling time, and the bare timer's
/// lateness meanwhile. Throws: Failure.
void take_turn(Contestant& one, const Load& load, double seconds, std::int64_t began_ns, Series& timer) {
  cli::use_driver(one.file, one.parameters);
  {
    Client client(kFormat, load);
    open(client, one);
    const std::int64_t start_ns = hal::monotonic_now_ns();
    const auto settled_ns = start_ns + static_cast<std::int64_t>(kSettling * std::min(seconds, kTurn) * 1e9);
    const auto end_ns = start_ns + static_cast<std::int64_t>(seconds * 1e9);
    std::vector<std::vector<std::int64_t>> reports(load.streams);
    BareWake bare(std::chrono::nanoseconds(load.block_ns()), BareWake::Phase::even);
    double left =
        kFastest * load.streams * (load.buffers + seconds * 1e9 / static_cast<double>(load.block_ns()));
    while (hal::monotonic_now_ns() < end_ns && !cli::is_interrupted()) {
      for (const Stamp& stamp : client.refill().back) {
        if (--left < 0)
          throw cli::Failure(
              cli::path_text(one.file) + ": returns blocks before they can have been heard, over " +
              cli::formatted("%.0f", kFastest) +
              " times as fast as real time; choose another device with --device, or fix the driver");
        if (stamp.block >= load.buffers && stamp.entered_ns >= settled_ns)
          reports[stamp.stream].push_back(stamp.entered_ns);
      }
      client.wait();
    }
    bare.finish();
    std::vector<std::int64_t> wakes;
    for (const BareWake::Wake& wake : bare.take())
      if (wake.running_ns >= settled_ns) wakes.push_back(wake.running_ns);
    add_lateness(wakes, 0, began_ns, timer);
    for (std::uint32_t stream = 0; stream < reports.size(); ++stream) {
      const std::vector<std::int64_t>& times = reports[stream];
      add_lateness(times, stream, began_ns, one.series);
      for (std::size_t i = 1; i < times.size(); ++i) {
        one.series.outside->bursts += times[i] - times[i - 1] < load.block_ns() / 10 ? 1 : 0;
        one.audio_ns += static_cast<double>(load.block_ns());
        one.played_ns += static_cast<double>(times[i] - times[i - 1]);
      }
    }
    one.series.outside->ran_dry += client.ran_dry();
  }
  cli::unload_drivers();
}

}  // namespace

Measurement measure_from_outside(const LatencyOptions& options) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::absolute(cli::to_path(options.driver.driver), error);
  const std::string name = cli::path_text(file.filename());
  Contestant both[] = {{Series(name == "refwave.drv" ? "the other refwave" : name), file, options.parameters,
                        options.driver.device, "name the file of a wave driver"},
                       {Series("refwave"), cli::command_folder() / "refwave.drv",
                        cli::setup_of(options.driver).open_string, "", cli::missing_driver_hint()}};
  for (Contestant& each : both) {
    if (!std::filesystem::is_regular_file(each.file, error))
      throw cli::Failure(cli::path_text(each.file) + ": no such driver; " + each.advice);
    each.series.outside.emplace();
  }
  Series timer("bare timer");
  const auto turns = static_cast<int>(std::max(1.0, std::round(options.seconds / kTurn)));
  const std::int64_t began_ns = hal::monotonic_now_ns();
  const auto elapsed = [&] { return static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9; };
  cli::Progress progress("measuring in turns", 2 * options.seconds);
  for (int i = 0; i < turns && !cli::is_interrupted(); ++i) {
    for (Contestant& each : both) {
      take_turn(each, options.load, options.seconds / turns, began_ns, timer);
      progress.show(elapsed(), [&] { return so_far(both[0].series.measured); });
    }
  }
  Measurement m;
  m.seconds = elapsed();
  m.settings.device = "\"" + both[0].device + "\"";
  for (Contestant& each : both) {
    if (each.played_ns > 0) each.series.outside->real_time_percent = 100 * each.audio_ns / each.played_ns;
    m.subjects.push_back(std::move(each.series));
  }
  m.subjects.push_back(std::move(timer));
  return m;
}

}  // namespace refwave::measure
