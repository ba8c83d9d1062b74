#include "tests/memory_model/scenarios/doubles.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "driver/control/driver.h"
#include "driver/control/driver_gate.h"
#include "driver/engine/device_opener.h"
#include "driver/engine/engine.h"
#include "hal/portaudio/backend.h"
#include "hal/portaudio/quiet.h"
#include "hal/system/owned_thread.h"
#include "hal/system/process.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"
#include "tests/memory_model/checker/execution.h"
#include "tests/memory_model/checker/scenario.h"

namespace refwave::memory_model {
namespace {

constexpr dsp::Format kFormat{dsp::SampleType::s16, 1, 48'000, 0};
constexpr std::uint32_t kPeriodFrames = 4;

/// A device's audio thread is inside a callback only while it holds the mutex, so that stop() can wait for
/// it.
struct Line {
  std::mutex mutex;
  std::shared_ptr<hal::AudioCallback> side;
  bool has_started = false;  // the control side's
  std::atomic<bool> runs{false};
  std::atomic<bool> is_lost{false};
  std::array<std::byte, 8> data{};
};

struct World {
  std::mutex mutex;
  std::vector<std::shared_ptr<Line>> lines;
  std::atomic<int> open_devices{0};
  bool one_at_a_time = false;
  bool next_start_fails = false;  // the control side's
};

World& world() {
  static World one;
  return one;
}

std::uint64_t abandoned = 0;
std::atomic<int> drivers{0};

class DoubleDevice final : public hal::Device {
 public:
  explicit DoubleDevice(std::shared_ptr<Line> line) : line_(std::move(line)) {
    info_.name = "clocked";
    info_.format = kFormat;
    info_.period_frames = kPeriodFrames;
    const int before = world().open_devices.fetch_add(1, std::memory_order_relaxed);
    expect(before == 0 || !world().one_at_a_time, "a device is opened after the last one was closed");
  }
  ~DoubleDevice() override {
    halt();
    world().open_devices.fetch_sub(1, std::memory_order_relaxed);
  }
  const hal::OpenInfo& info() const override { return info_; }
  hal::Status start() override {
    ++calls_;
    if (std::exchange(world().next_start_fails, false)) return hal::Status::failure("no");
    line_->has_started = true;
    line_->runs = true;
    return {};
  }
  hal::Status stop() override {
    ++calls_;
    halt();
    return {};
  }

 private:
  /// Waits for the audio thread, but not for ever. A device's own patience is two seconds.
  void halt() {
    line_->runs = false;
    for (int tries = 0; tries < 50; ++tries) {
      if (line_->mutex.try_lock()) return line_->mutex.unlock();
      pause();
    }
  }
  std::shared_ptr<Line> line_;
  hal::OpenInfo info_;
  int calls_ = 0;  // from control threads, one at a time
};

}  // namespace

void begin_doubles() {
  world().lines.clear();
  world().open_devices = 0;
  world().one_at_a_time = world().next_start_fails = false;
  abandoned = 0;
  drivers = 0;
}

void call_devices() {
  std::vector<std::shared_ptr<Line>> lines;
  {
    const std::lock_guard lock(world().mutex);
    lines = world().lines;
  }
  for (const auto& line : lines) {
    // Another thread may be in that device's callback for ever.
    const std::unique_lock lock(line->mutex, std::try_to_lock);
    if (lock.owns_lock() && line->runs && !line->is_lost)
      line->side->process({.data = line->data.data(),
                           .frames = kPeriodFrames,
                           .monotonic_ns = hal::monotonic_now_ns(),
                           .clock_rate = 1.0});
  }
}

bool lose_device() {
  std::shared_ptr<Line> line;
  {
    const std::lock_guard lock(world().mutex);
    line = world().lines.back();
  }
  const std::lock_guard lock(line->mutex);
  if (!line->runs || line->is_lost.exchange(true)) return false;
  line->side->on_lost();
  return true;
}

void one_device_at_a_time() { world().one_at_a_time = true; }

void next_start_fails() { world().next_start_fails = true; }

bool newest_device_has_started() {
  std::shared_ptr<Line> line;
  {
    const std::lock_guard lock(world().mutex);
    line = world().lines.back();
  }
  return line->has_started;
}

bool has_running_device() {
  return std::any_of(world().lines.begin(), world().lines.end(),
                     [](const auto& line) { return line->runs.load(); });
}

}  // namespace refwave::memory_model

namespace refwave::hal {

struct OwnedThread::Run {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<std::uintptr_t> thread{0};
  bool ended = false;
};

Status OwnedThread::start(const char* name, std::size_t, std::function<void()> body) {
  auto run = std::make_shared<Run>();
  run_ = run;
  const memory_model::Unwatched unwatched;
  memory_model::execution().add_thread(name, memory_model::Kind::daemon,
                                       [run = std::move(run), body = std::move(body)]() mutable {
                                         run->thread = hal::this_thread_id();
                                         body();
                                         body = nullptr;
                                         const std::lock_guard lock(run->mutex);
                                         run->ended = true;
                                         run->changed.notify_all();
                                       });
  return {};
}

bool OwnedThread::join(std::chrono::milliseconds patience) {
  const auto run = std::exchange(run_, nullptr);
  if (!run) return true;
  std::unique_lock lock(run->mutex);
  if (run->thread != hal::this_thread_id() &&
      run->changed.wait_for(lock, patience, [&] { return run->ended; }))
    return true;
  ++memory_model::abandoned;
  return false;
}

std::uint64_t abandoned_threads() noexcept { return memory_model::abandoned; }

Scheduling::Scheduling() noexcept = default;
Scheduling::~Scheduling() = default;
bool Scheduling::become_prompt() noexcept { return false; }
void Scheduling::become_ordinary() noexcept {}
bool Scheduling::keep_off(std::uint32_t) noexcept { return true; }
void Scheduling::go_anywhere() noexcept {}

std::uint32_t Devices::changes() const noexcept { return 0; }
std::uint64_t take_portaudio_messages() noexcept { return 0; }

}  // namespace refwave::hal

namespace refwave::engine {

// --- devices ---

DeviceOpener::DeviceOpener(const EngineContext& context, hal::Direction direction, std::string device,
                           const configuration::Configuration& configuration,
                           std::shared_ptr<core::Roster> roster)
    : context_(context),
      direction_(direction),
      wanted_device_(std::move(device)),
      configuration_(configuration),
      roster_(std::move(roster)),
      volume_(std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {}

std::shared_ptr<OpenDevice> DeviceOpener::open_configured(hal::Fallback, std::uint32_t) {
  const bool direct = configuration_.completion == configuration::Completion::direct;
  const SideSettings settings{.direction = direction_,
                              .epoch = context_.next_epoch->fetch_add(1, std::memory_order_relaxed),
                              .completion = direct ? core::Completion::direct : core::Completion::deferred};
  auto line = std::make_shared<memory_model::Line>();
  auto opened = std::make_shared<OpenDevice>();
  opened->side = std::make_shared<DeviceSide>(context_.table, roster_, volume_, settings);
  opened->device = std::make_unique<memory_model::DoubleDevice>(line);
  opened->side->prepare(opened->device->info());
  line->side = opened->side;
  const std::lock_guard lock(memory_model::world().mutex);
  memory_model::world().lines.push_back(std::move(line));
  return opened;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_returned(std::uint32_t rate) {
  auto opened = open_configured(hal::Fallback::none, rate);
  std::string problem;
  start(*opened, problem);
  return opened;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_clock_in(const dsp::Format&, std::string& problem) {
  auto opened = open_configured(hal::Fallback::none, 0);
  opened->clocked = opened->is_fallback = true;
  start(*opened, problem);
  return opened;
}

bool DeviceOpener::start(OpenDevice& device, std::string&) { return device.device->start().ok(); }
void DeviceOpener::learn_stack(OpenDevice&) {}

}  // namespace refwave::engine

// The journal, without its file.
namespace refwave::journal {

struct LogFile::Shared {};
void LogFile::add(std::string_view) noexcept {}
void LogFile::end(std::chrono::milliseconds) {}

}  // namespace refwave::journal

// A driver that holds its streams and nothing else.
namespace refwave::control {

Driver::Driver()
    : streams_(std::make_shared<Streams>(std::make_shared<core::StreamTable>(),
                                         std::make_shared<journal::Journal>())) {
  notifiers_ = std::make_shared<notify::Notifiers>(streams_->table());
  memory_model::expect(memory_model::drivers.fetch_add(1, std::memory_order_relaxed) == 0, "one driver");
}
Driver::~Driver() { memory_model::drivers.fetch_sub(1, std::memory_order_relaxed); }
bool Driver::end(const hal::Patience&) { return true; }

}  // namespace refwave::control

namespace refwave::hal {

void watch_for_process_end() noexcept {}
void note_disable() noexcept {}
bool are_other_threads_killed() noexcept { return false; }
void pin_module() noexcept { memory_model::expect(false, "the driver ends"); }

}  // namespace refwave::hal
