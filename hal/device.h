// What a sound device is to the driver: a list of devices, one open device in one direction, and the callback
// that its audio thread makes. Implemented by portaudio/ and clocked_backend. Depends on nothing but dsp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/audio_thread.h"
#include "dsp/format.h"

namespace refwave::hal {

enum class Direction : std::uint8_t { output, input };

/// One period as the audio thread is given it. `data` is interleaved in the open device's format: to be
/// filled whole (output) or only to be read (input), valid during the callback alone.
struct Period {
  std::byte* data = nullptr;
  std::uint32_t frames = 0;
  /// Monotonic clock (std::chrono::steady_clock) at the start of this callback, in ns.
  std::int64_t monotonic_ns = 0;
  /// Frames from the first frame of this period to the loudspeaker (output) or from the microphone (input).
  std::uint32_t latency_frames = 0;
  /// Device seconds a monotonic second: 1 for real time, n for a clocked device at n times that, 0 when
  /// stepped.
  double clock_rate = 1.0;
  /// The device reported an underflow (output) or overflow (input) since the last period.
  bool xrun = false;
  /// How late this callback began against the device's own schedule, in ns; 0 where the device keeps none
  /// that it tells of (PortAudio) or must hold none (clocked, stepped or faster than real time).
  std::int64_t lateness_ns = 0;
  /// The device was so late (a suspend, a stopped machine) that it began its schedule anew with this period.
  bool reanchored = false;
};

/// The driver's side of an open device.
class AudioCallback {
 public:
  virtual ~AudioCallback() = default;
  /// Thread: audio. Neither allocates, locks, blocks nor throws. Called by one thread at a time.
  REFWAVE_AUDIO_THREAD virtual void process(const Period& period) noexcept = 0;
  /// The device has stopped by itself (unplugged, server gone); process() is not called again.
  /// Thread: any, the audio thread included, so as quick as process().
  REFWAVE_AUDIO_THREAD virtual void on_lost() noexcept = 0;
};

/// The rates that a device may be asked about.
inline constexpr std::array<std::uint32_t, 4> kUsualRates = {44'100, 48'000, 96'000, 192'000};

/// Whether devices are asked which of them they take: that opens and closes each device.
enum class AskRates : std::uint8_t { no, yes };

/// One entry of a list of devices.
struct DeviceInfo {
  std::string name;     // what configuration and `--device` take, e.g. "ALSA/default" or "clocked"
  std::string backend;  // "PortAudio" or "clocked"
  Direction direction = Direction::output;
  std::uint16_t max_channels = 0;
  std::uint32_t default_rate = 0;  // frames a second
  bool is_default = false;         // this backend's default for the direction
  std::uint8_t rates = 0;          // which of kUsualRates it takes, bit by bit; only where it was asked
};

/// What is wanted; 0 or empty where the device may choose. The device that is opened may differ in everything
/// but the direction: ask Device::info().
struct OpenRequest {
  Direction direction = Direction::output;
  /// A name from the list (device_names.h), exact, without its host API, or a part of it; empty: the default.
  std::string device{};
  std::uint32_t rate = 0;
  /// Where `rate` is 0: what the device is opened at if it says, when it is asked, that it takes it.
  std::uint32_t liked_rate = 0;
  std::uint16_t channels = 0;
  std::uint32_t period_frames = 0;
  std::uint32_t latency_ms = 0;
  bool any_type = true;  // false: `type` is asked for
  dsp::SampleType type = dsp::SampleType::s32;
};

/// What an open device runs at.
struct OpenInfo {
  std::string name;
  dsp::Format format;
  std::uint32_t period_frames = 0;   // the usual size of a callback; single ones may differ
  std::uint32_t latency_frames = 0;  // as reported; Period::latency_frames is the newer word
  /// The stack of the audio thread in bytes where the backend made it, 0 where it cannot tell.
  std::size_t stack_bytes = 0;
};

/// One open device in one direction. Control threads only, one at a time.
class Device {
 public:
  /// Effects: stops, as stop() does, and closes. Returns within two seconds even if the device hangs; the
  /// backend then keeps the callback alive until the device lets go of it.
  virtual ~Device() = default;
  virtual const OpenInfo& info() const = 0;
  /// Effects: callbacks begin. Returns: empty, or what went wrong.
  virtual std::string start() = 0;
  /// Effects: callbacks end once what was rendered has been heard (output). No callback runs when it returns,
  /// unless the device hangs (two seconds). Returns: empty, or what went wrong.
  virtual std::string stop() = 0;
  /// Returns: whether its callbacks may stay away though nothing is wrong. Thread: any.
  virtual bool may_be_silent() const noexcept { return false; }
  /// Effects: its audio thread is taken to stand still, so what is opened from now on gets another one.
  /// Thread: any control thread, at any time.
  virtual void give_up() noexcept {}
};

struct OpenResult {
  std::unique_ptr<Device> device;  // null on failure
  std::string error;               // on failure one line: what was wrong, and which devices there are
};

/// A source of devices. Made on a control thread, all calls from control threads, any number at a time.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  /// Returns: the devices of that direction now; empty if there are none or the backend does not work here.
  virtual std::vector<DeviceInfo> list(Direction direction, AskRates ask = AskRates::no) = 0;
  /// Returns: why the last list() or open() found no devices at all; empty when all is well.
  virtual std::string problem() const { return {}; }
  /// Returns: why the backend does not answer now, and what to do about it; empty if it does. Does not wait.
  virtual std::string hang() const { return {}; }
  /// Returns: a number that differs from the one before if devices have come or gone since, or another has
  /// become the default, as far as the system tells. Thread: any; does not wait.
  virtual std::uint32_t changes() const noexcept { return 0; }
  virtual OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) = 0;
};

}  // namespace refwave::hal
