// The driver's interface to sound devices: a list of devices, one open device in one direction, and the
// callback of its audio thread. portaudio/ and clocked/ implement it. It depends on dsp alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/audio_thread.h"
#include "dsp/format.h"
#include "hal/system/status.h"

namespace refwave::hal {

enum class Direction : std::uint8_t { output, input };

/// One period, as the audio thread receives it. `data` is interleaved, in the open device's format. An output
/// must be filled completely, an input only be read. It is valid during the callback alone.
struct Period {
  std::byte* data = nullptr;
  std::uint32_t frames = 0;
  /// Monotonic clock (std::chrono::steady_clock) at the start of this callback, in ns.
  std::int64_t monotonic_ns = 0;
  /// Frames from the first frame of this period to the loudspeaker (output) or from the microphone (input).
  std::uint32_t latency_frames = 0;
  /// Device seconds for each monotonic second: 1 for real time, n for a clocked device, 0 when stepped.
  double clock_rate = 1.0;
  /// The device reported an underflow (output) or overflow (input) since the last period.
  bool xrun = false;
  /// How late this callback began against the device's own schedule, in ns; 0 if the device reports no
  /// schedule (PortAudio) or need not keep one (clocked, stepped or faster than real time).
  std::int64_t lateness_ns = 0;
  /// The device was so late (a suspend, a stopped machine) that it restarted its schedule with this period.
  bool reanchored = false;
  /// The device leaves out what no stream plays, so a late block leaves no gap.
  bool skips_silence = false;
};

/// The driver's side of an open device.
class AudioCallback {
 public:
  virtual ~AudioCallback() = default;
  /// Thread: audio, one thread at a time. It neither allocates, locks, blocks nor throws.
  REFWAVE_AUDIO_THREAD virtual void process(const Period& period) noexcept = 0;
  /// Returns: whether nothing was left to play after the newest period. Thread: as process().
  REFWAVE_AUDIO_THREAD virtual bool is_idle() const noexcept { return false; }
  /// Returns: how many frames of the newest period, from its first one on, were played or recorded by a
  /// stream. Thread: as process().
  REFWAVE_AUDIO_THREAD virtual std::uint32_t used_frames() const noexcept { return 0; }
  /// The device has stopped by itself (unplugged, server gone); process() is not called again. Thread: any,
  /// the audio thread included, so the same rules apply as to process().
  REFWAVE_AUDIO_THREAD virtual void on_lost() noexcept = 0;
};

/// The rates of which a list says whether a device takes them.
inline constexpr std::array<std::uint32_t, 4> kUsualRates = {44'100, 48'000, 96'000, 192'000};
inline constexpr std::uint8_t kAllRates = (1U << kUsualRates.size()) - 1;

/// One entry of a list of devices.
struct DeviceInfo {
  std::string name;     // as configuration and `--device` take it, e.g. "ALSA/default" or "clocked"
  std::string backend;  // "PortAudio" or "clocked"
  Direction direction = Direction::output;
  std::uint16_t max_channels = 0;  // 0: not known until the device is opened
  std::uint32_t default_rate = 0;  // frames a second; 0 as above
  bool is_default = false;         // this backend's default for the direction
  std::uint8_t rates = 0;          // a bit for each of kUsualRates that it takes; 0 as above
  std::string used_by{};           // the programs that keep every other one out; empty if it is free
};

/// The device that a name stands for.
struct Choice {
  const DeviceInfo* device = nullptr;  // into the list; null: `error` says why
  std::string error;
};

/// Returns: the device of that exact name; if there is none, the only one with that name after its host API;
/// if there is none either, the only one whose name contains `name`. The last two ignore the case of letters.
/// Errors: one line that names the existing devices.
Choice choose_device(const std::vector<DeviceInfo>& devices, Direction direction, std::string_view name);

/// Returns: whether `name` asks for the default device.
bool means_default(std::string_view name);

/// Stands for the devices that a list of names lacks; see Devices::others.
inline constexpr std::string_view kOthers = "all";

/// How far a backend goes to have a library's audio thread woken before ordinary threads.
enum class AudioPriority : std::uint8_t {
  ordinary,     // it does nothing
  realtime,     // it asks for what it may have without a change to the process
  rtkit,        // and has the process limited as rtkit demands (hal/priority/rtkit_linux.h)
  for_clients,  // as realtime, for a thread that runs clients: never by rtkit under such a limit
};

/// In frames. A latency that is asked for makes no shorter ones.
inline constexpr std::uint32_t kShortestPeriod = 16;

/// The wishes for a device; 0 or empty: the device may choose. The opened device may differ in everything
/// except the direction: ask Device::info().
struct OpenRequest {
  Direction direction = Direction::output;
  /// A name from the list (choose_device()), exact, without its host API, or a part of it, or a name that the
  /// backend knows (Backend::full_name); empty: the default.
  std::string device{};
  std::uint32_t rate = 0;
  /// If `rate` is 0: the device is opened at this one's rate, if it says that it takes it. A device without a
  /// format of its own (ALSA's `null`) also takes the channels and the type. `rate` 0: there is none.
  dsp::Format preferred{.rate = 0};
  std::uint16_t channels = 0;
  std::uint32_t period_frames = 0;
  std::uint32_t latency_ms = 0;
  bool any_type = true;  // false: `type` is asked for
  dsp::SampleType type = dsp::SampleType::s32;
  AudioPriority priority = AudioPriority::realtime;

  /// Returns: the period at that rate. Two fit into a latency that is asked for.
  std::uint32_t period_at(double frames_a_second) const {
    const auto most = static_cast<std::uint32_t>(latency_ms * frames_a_second / 2'000);
    return latency_ms > 0 ? std::min(period_frames, std::max(most, kShortestPeriod)) : period_frames;
  }
};

/// What comes of the question whether a device's sound server still answers.
enum class ServerAnswer : std::uint8_t {
  unknown,  // there is no answer yet, or nobody who could be asked
  answers,
  silent,  // the server stands still, or is gone
};

/// The values at which an open device runs.
struct OpenInfo {
  std::string name;
  dsp::Format format;
  std::uint32_t period_frames = 0;   // the usual size of a callback; single ones may differ
  std::uint32_t latency_frames = 0;  // as reported at the open; Period::latency_frames is newer
  /// What the device, or the plugin before it, takes at once, and its whole buffer; 0: not known.
  std::uint32_t device_period_frames = 0;
  std::uint32_t device_buffer_frames = 0;
  /// For so long a living device may make no callback, because it takes its audio in bursts.
  std::uint32_t pause_ms = 0;
  bool has_schedule = false;  // Period::lateness_ns is known, by a schedule of its own
  bool starts_over = false;   // the next open discards what this one has taken (a file)
};

/// One open device in one direction. Control threads only, one at a time.
class Device {
 public:
  /// Effects: stops, as stop() does, and closes. Even if the device hangs this takes no longer than what is
  /// queued, and two seconds; the backend then keeps the callback alive until the device no longer uses it.
  virtual ~Device() = default;
  virtual const OpenInfo& info() const = 0;
  /// Effects: callbacks begin. Errors: the reason, for the log.
  virtual Status start() = 0;
  /// Effects: callbacks end after the rendered frames have been heard (output). No callback begins
  /// afterwards; one that is stuck, or makes this call, still runs. Errors: it hangs, or refuses.
  virtual Status stop() = 0;
  /// Effects: as stop(), but drops what has not been heard, if the device can. Takes two seconds at most.
  virtual Status abort() { return stop(); }
  /// Returns: whether its callbacks may stay away without a fault. Thread: any.
  virtual bool may_be_silent() const noexcept { return false; }
  /// Effects: has its sound server asked, on another thread. Returns: the newest answer to a question put
  /// after `since_ns` (monotonic). Thread: control, at any time; does not wait.
  virtual ServerAnswer ask_server(std::int64_t /*since_ns*/) noexcept { return ServerAnswer::unknown; }
  /// Returns: its audio thread's priority since the newest start(), for the log; empty if none was asked for.
  virtual std::string priority() const { return {}; }
  /// Returns: what the user has to do before the stream of the newest start() is heard; empty if nothing.
  virtual std::string caution() const { return {}; }
  /// Effects: its audio thread counts as hung, so devices that are opened from now on get another thread.
  /// Thread: any control thread, at any time.
  virtual void give_up() noexcept {}
};

/// The answer to an open whose device cannot be opened.
enum class Fallback : std::uint8_t {
  clocked,  // the clocked device serves; Devices::open() refuses a name that no device has
  none,     // an error
};

/// What there is of a device that could not be opened.
enum class Availability : std::uint8_t {
  none,            // no device and no sound server
  unusable,        // a device that does not open: another program uses it, or it has gone
  server_pending,  // a sound server that has not answered yet
};

/// A backend's device, or why there is none.
struct OpenResult {
  std::unique_ptr<Device> device;  // null on failure
  std::string error;               // on failure one line: the reason, and the existing devices
  bool is_unknown = false;         // there is no device of that name
};

/// A source of devices. Made on a control thread, all calls from control threads, any number at a time.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  /// Returns: the devices of that direction now; empty if there are none or the backend does not work here.
  virtual std::vector<DeviceInfo> list(Direction direction) = 0;
  /// Returns: as list(), without channels and rates where that is quicker.
  virtual std::vector<DeviceInfo> list_names(Direction direction) { return list(direction); }
  /// Returns: the full name that `name` means; empty if only a list can say. Takes two seconds at most.
  virtual std::string full_name(Direction /*direction*/, const std::string& /*name*/) { return {}; }
  /// Returns: whether a device of that name may be missing in the newest list only because its sound server
  /// has not answered. Takes two seconds at most.
  virtual bool may_have(Direction /*direction*/, const std::string& /*name*/) { return false; }
  /// Returns: the reason why the last list() or open() found no devices at all; empty if it found some.
  virtual std::string problem() const { return {}; }
  /// Returns: the reason why the backend does not answer now, or why a sound server refused the connection
  /// for the newest list(), and after "; " a remedy; empty if there is none. Does not wait.
  virtual std::string obstacle() const { return {}; }
  /// Returns: what there was of devices at a last list() or open() that found or opened none. Does not wait.
  virtual Availability availability() const { return Availability::none; }
  /// Returns: a number that changes with the system's devices and defaults. Thread: any; does not wait.
  virtual std::uint32_t changes() const noexcept { return 0; }
  /// Effects: opens a device; callbacks begin with Device::start(). Takes two seconds at most. Keeps
  /// `callback` alive as long as an audio thread may use it. Errors: `device` is null, `error` says why.
  virtual OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) = 0;
};

}  // namespace refwave::hal
