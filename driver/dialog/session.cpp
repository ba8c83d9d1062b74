#include "driver/dialog/dialog.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numbers>

#include "driver/configuration/configuration_write.h"
#include "driver/control/driver_gate.h"
#include "driver/core/handover/client_callback.h"
#include "driver/core/ring/client_header.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"

namespace refwave::dialog {

std::vector<hal::DeviceInfo> present_devices() {
  const control::DriverReference driver;
  return driver ? driver->list_devices() : std::vector<hal::DeviceInfo>{};
}

LRESULT take_over(const configuration::Configuration& saved, const configuration::Configuration& wanted) {
  const control::DriverReference driver;
  const bool is_in_effect = !driver || driver->configure(configuration::as_open_string(saved, wanted));
  return is_in_effect ? DRVCNF_OK : DRVCNF_RESTART;
}

namespace {

constexpr dsp::Format kFormat{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};
constexpr std::size_t kBlockFrames = 480;  // 10 ms
constexpr std::size_t kBlocks = 150;
constexpr double kPitchHz = 440;
constexpr double kAmplitude = 3'276;   // -20 dB
constexpr double kFadeFrames = 2'400;  // at both ends: no click
constexpr std::chrono::milliseconds kMoment{10};
constexpr int kPatienceMoments = 300;  // after so many without a finished block the device does not play
constexpr int kReportMoments = 10;

std::vector<std::int16_t> sine() {
  constexpr std::size_t kFrames = kBlocks * kBlockFrames;
  std::vector<std::int16_t> samples(kFrames * kFormat.channels);
  for (std::size_t i = 0; i < kFrames; ++i) {
    const double fade =
        std::min({1.0, static_cast<double>(i) / kFadeFrames, static_cast<double>(kFrames - i) / kFadeFrames});
    const double angle = 2 * std::numbers::pi * kPitchHz * static_cast<double>(i) / kFormat.rate;
    samples[2 * i] = samples[2 * i + 1] =
        static_cast<std::int16_t>(std::lround(kAmplitude * fade * std::sin(angle)));
  }
  return samples;
}

std::vector<core::ClientHeader> headers_over(std::vector<std::int16_t>& samples) {
  std::vector<core::ClientHeader> headers(kBlocks);
  const std::size_t block_samples = samples.size() / kBlocks;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    headers[i].data = reinterpret_cast<std::byte*>(samples.data() + i * block_samples);
    headers[i].length = static_cast<std::uint32_t>(block_samples * sizeof(std::int16_t));
    headers[i].flags = core::kPrepared;
  }
  return headers;
}

bool take_note(const core::ClientCallback&, core::Notice, core::ClientHeader*) noexcept { return true; }

/// Returns: the newest warning.
std::string reason(const control::Driver& driver) {
  std::string text = driver.warnings();
  if (!text.empty()) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

std::string why_not(core::Error error, const control::Driver& driver) {
  if (error == core::Error::bad_device) return "No output device is chosen, so there is nothing to play on.";
  const std::string why = reason(driver);
  return "The device did not open" + (why.empty() ? std::string(".") : ": " + why);
}

std::string latencies(const core::Statistics& stream) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), "blocks done after %.3f ms (p50), %.3f ms (p99)",
                static_cast<double>(stream.latency.p50_ns) / 1e6,
                static_cast<double>(stream.latency.p99_ns) / 1e6);
  return text.data();
}

std::string device_text(const core::DeviceStatistics& device) {
  return device.name + ", " + std::to_string(device.period_frames) + " frames at " +
         std::to_string(device.format.rate) + " a second";
}

class ToneStream {
 public:
  explicit ToneStream(control::Driver& driver) : driver_(driver) {
    error_ = driver.open(0, hal::Direction::output, kFormat, {.function = &take_note}, handle_);
    for (core::ClientHeader& header : headers_) {
      if (error_ == core::Error::none)
        error_ = driver.streams().write(handle_, hal::Direction::output, header);
    }
  }
  ~ToneStream() {
    if (handle_ == 0) return;
    driver_.streams().reset(handle_, hal::Direction::output);
    driver_.streams().close(handle_, hal::Direction::output);
  }
  ToneStream(const ToneStream&) = delete;
  ToneStream& operator=(const ToneStream&) = delete;

  core::Error error() const { return error_; }
  core::Statistics statistics() const {
    core::Statistics statistics;
    driver_.streams().statistics(handle_, hal::Direction::output, statistics);
    return statistics;
  }

 private:
  control::Driver& driver_;
  std::vector<std::int16_t> samples_ = sine();
  std::vector<core::ClientHeader> headers_ = headers_over(samples_);
  control::Handle handle_ = 0;
  core::Error error_ = core::Error::none;
};

void play(control::Driver& driver, const std::atomic<bool>& stopped, const Report& report) {
  const ToneStream stream(driver);
  if (stream.error() != core::Error::none) {
    report(why_not(stream.error(), driver));
    return;
  }
  int moments_without = 0;
  std::uint64_t done = 0;
  for (int moment = 1; done < kBlocks; ++moment) {
    hal::nap(kMoment);
    if (stopped) {
      report("Stopped.");
      return;
    }
    const core::Statistics now = stream.statistics();
    moments_without = now.messages == done ? moments_without + 1 : 0;
    done = now.messages;
    if (moments_without >= kPatienceMoments) {
      report("The device is open, but has played nothing for three seconds. " + reason(driver));
      return;
    }
    if (done != 0 && moment % kReportMoments == 0) report("Playing: " + latencies(now));
  }
  report("Played: " + latencies(stream.statistics()) + "\n" + device_text(driver.statistics().device));
}

}  // namespace

void play_tone(const std::atomic<bool>& stopped, const configuration::Configuration& saved,
               const configuration::Configuration& wanted, const Report& report) {
  std::unique_ptr<control::Driver> trial;
  if (const control::DriverReference driver; driver)
    trial = driver->trial(configuration::as_open_string(saved, wanted) + "; fallback = none");
  if (!trial) {
    report("The driver is not running.");
    return;
  }
  play(*trial, stopped, report);
  if (trial->end()) return;
  static_cast<void>(trial.release());
  hal::pin_module();
}

}  // namespace refwave::dialog
