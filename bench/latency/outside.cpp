#include "bench/latency/measure.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "bench/latency/timeline.h"
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
class Contestant {
 public:
  /// `wanted`: which of the driver's devices; empty: the first.
  Contestant(std::string name, std::filesystem::path file, std::string parameters, std::string wanted)
      : series(std::move(name)),
        file_(std::move(file)),
        parameters_(std::move(parameters)),
        wanted_(std::move(wanted)) {
    series.outside.emplace();
  }

  Series series;
  std::string device;

  /// Effects: plays for so long, and adds the reports. Throws: Failure.
  void take_turn(const Load& load, double seconds, std::int64_t began_ns, Series& timer) {
    cli::use_driver(file_, parameters_);
    {
      Client client(kFormat, load);
      open(client);
      const std::vector<std::vector<std::int64_t>> reports = play(client, load, seconds, began_ns, timer);
      for (std::uint32_t i = 0; i < reports.size(); ++i) add(reports[i], load, i, began_ns);
      series.outside->ran_dry += client.ran_dry();
    }
    cli::unload_drivers();
  }

  /// Effects: computes the summary of all turns.
  void sum_up() { series.outside->real_time_percent = played_ns_ > 0 ? 100 * audio_ns_ / played_ns_ : 0; }

 private:
  cli::Failure plays_nothing() const {
    return cli::Failure(
        cli::path_text(file_) + ": returns blocks before they can have been heard, over " +
        cli::formatted("%.0f", kFastest) +
        " times as fast as real time; choose another device with --device, or fix the driver");
  }

  void open(Client& client) {
    if (waveOutGetNumDevs() == 0) {
      const std::string why = cli::load_error();
      throw cli::Failure(cli::path_text(file_) + ": not usable as a wave driver for output" +
                         (why.empty() ? "" : ": " + why) +
                         "; is it one for this system, and are its --parameters right?");
    }
    const UINT number = wanted_.empty() ? 0 : device_number(wanted_, cli::path_text(file_));
    device = device_name(number);
    const MMRESULT result = client.open(number);
    if (result != MMSYSERR_NOERROR) {
      throw cli::Failure(
          cli::path_text(file_) + ": its output device \"" + device +
          "\" could not be opened for 16-bit stereo at 48 kHz: " + cli::wave_error_text(result) +
          "; look at the device, or name another with --device");
    }
    client.suit_device();
  }

  /// Returns: when each stream's blocks came back, without the settling time.
  std::vector<std::vector<std::int64_t>> play(Client& client, const Load& load, double seconds,
                                              std::int64_t began_ns, Series& timer) {
    const std::int64_t start_ns = hal::monotonic_now_ns();
    const auto settled_ns = start_ns + static_cast<std::int64_t>(kSettling * std::min(seconds, kTurn) * 1e9);
    const auto end_ns = start_ns + static_cast<std::int64_t>(seconds * 1e9);
    std::vector<std::vector<std::int64_t>> all(load.streams);
    BareWake bare(std::chrono::nanoseconds(load.block_ns()), BareWake::Phase::even);
    double left =
        kFastest * load.streams * (load.buffers + seconds * 1e9 / static_cast<double>(load.block_ns()));
    while (hal::monotonic_now_ns() < end_ns && !cli::is_interrupted()) {
      const std::vector<Stamp> back = client.refill().back;
      left -= static_cast<double>(back.size());
      if (left < 0) throw plays_nothing();
      for (const Stamp& stamp : back)
        if (stamp.block >= load.buffers && stamp.entered_ns >= settled_ns)
          all[stamp.stream].push_back(stamp.entered_ns);
      client.wait();
    }
    bare.finish();
    std::vector<std::int64_t> times;
    for (const BareWake::Wake& wake : bare.take()) {
      if (wake.running_ns >= settled_ns) times.push_back(wake.running_ns);
    }
    add_lateness(times, 0, began_ns, timer);
    return all;
  }

  static void add_lateness(const std::vector<std::int64_t>& times, std::uint32_t stream,
                           std::int64_t began_ns, Series& series) {
    if (times.size() < 3) return;  // any two lie on a line
    const std::vector<std::uint64_t> lateness = lateness_ns(times, line_under(times));
    for (std::size_t i = 0; i < times.size(); ++i) series.add({times[i] - began_ns, lateness[i], stream});
  }

  void add(const std::vector<std::int64_t>& reports, const Load& load, std::uint32_t stream,
           std::int64_t began_ns) {
    add_lateness(reports, stream, began_ns, series);
    for (std::size_t i = 1; i < reports.size(); ++i) {
      series.outside->bursts += reports[i] - reports[i - 1] < load.block_ns() / 10 ? 1 : 0;
      audio_ns_ += static_cast<double>(load.block_ns());
      played_ns_ += static_cast<double>(reports[i] - reports[i - 1]);
    }
  }

  std::filesystem::path file_;
  std::string parameters_;
  std::string wanted_;
  double audio_ns_ = 0;   // of the blocks that came back
  double played_ns_ = 0;  // and how long that took
};

Contestant other_driver(const LatencyOptions& options) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::absolute(cli::to_path(options.driver.driver), error);
  if (!std::filesystem::is_regular_file(file, error))
    throw cli::Failure(cli::path_text(file) + ": no such driver; name the file of a wave driver");
  return {cli::path_text(file.filename()), file, options.parameters, options.driver.device};
}

Contestant own_driver(const LatencyOptions& options) {
  const std::filesystem::path file = cli::command_folder() / "refwave.drv";
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    throw cli::Failure(cli::path_text(file) + ": no such driver; " + cli::missing_driver_hint());
  return {"refwave", file, cli::setup_of(options.driver).open_string, ""};
}

}  // namespace

Measurement measure_from_outside(const LatencyOptions& options) {
  Contestant other = other_driver(options);
  Contestant own = own_driver(options);
  if (other.series.name == "refwave.drv") other.series.name = "the other refwave";
  Series timer("bare timer");
  const auto turns = static_cast<int>(std::max(1.0, std::round(options.seconds / kTurn)));
  const double turn = options.seconds / turns;
  const std::int64_t began_ns = hal::monotonic_now_ns();
  cli::Progress progress("measuring in turns", 2 * options.seconds);
  for (int i = 0; i < turns && !cli::is_interrupted(); ++i) {
    for (Contestant* each : {&other, &own}) {
      each->take_turn(options.load, turn, began_ns, timer);
      progress.show(static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9,
                    [&] { return so_far(other.series.measured); });
    }
  }
  Measurement m;
  m.seconds = static_cast<double>(hal::monotonic_now_ns() - began_ns) / 1e9;
  m.settings.device = "\"" + other.device + "\"";
  for (Contestant* each : {&other, &own}) {
    each->sum_up();
    m.subjects.push_back(std::move(each->series));
  }
  m.subjects.push_back(std::move(timer));
  return m;
}

}  // namespace refwave::measure
