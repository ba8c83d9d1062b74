#include "tests/memory_model/scenarios/doubles.h"

#include <semaphore.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "driver/engine/device_opener.h"
#include "driver/engine/device_thread.h"
#include "driver/engine/engine.h"
#include "driver/engine/housekeeper.h"
#include "hal/portaudio/backend.h"
#include "hal/portaudio/quiet.h"
#include "hal/system/owned_thread.h"
#include "hal/system/scheduling.h"
#include "tests/memory_model/checker/execution.h"

namespace refwave::memory_model {
namespace {

constexpr dsp::Format kFormat{dsp::SampleType::s16, 1, 48'000, 0};
constexpr std::uint32_t kPeriodFrames = 4;

/// A device's audio thread is inside a callback only while it holds the mutex, so that stop() waits for it.
struct Line {
  std::mutex mutex;
  std::shared_ptr<hal::AudioCallback> side;
  bool runs = false;
  std::array<std::byte, 8> data{};
};

struct World {
  std::mutex mutex;
  sem_t posted{};
  std::deque<std::function<void()>> tasks;
  std::vector<std::shared_ptr<Line>> lines;
};

World& world() {
  static World one;
  return one;
}

void post(std::function<void()> task) {
  {
    const std::lock_guard lock(world().mutex);
    world().tasks.push_back(std::move(task));
  }
  sem_post(&world().posted);
}

class DoubleDevice final : public hal::Device {
 public:
  explicit DoubleDevice(std::shared_ptr<Line> line) : line_(std::move(line)) {
    info_.name = "clocked";
    info_.format = kFormat;
    info_.period_frames = kPeriodFrames;
  }
  ~DoubleDevice() override { halt(); }
  const hal::OpenInfo& info() const override { return info_; }
  std::string start() override {
    const std::lock_guard lock(line_->mutex);
    line_->runs = true;
    return {};
  }
  std::string stop() override {
    halt();
    return {};
  }

 private:
  void halt() {
    const std::lock_guard lock(line_->mutex);
    line_->runs = false;
  }
  std::shared_ptr<Line> line_;
  hal::OpenInfo info_;
};

}  // namespace

void begin_doubles() {
  world().tasks.clear();
  world().lines.clear();
  sem_init(&world().posted, 0, 0);
}

void call_devices() {
  std::vector<std::shared_ptr<Line>> lines;
  {
    const std::lock_guard lock(world().mutex);
    lines = world().lines;
  }
  for (const auto& line : lines) {
    const std::lock_guard lock(line->mutex);
    if (line->runs)
      line->side->process({.data = line->data.data(),
                           .frames = kPeriodFrames,
                           .monotonic_ns = hal::monotonic_now_ns(),
                           .clock_rate = 1.0});
  }
}

void run_tasks() {
  for (;;) {
    sem_wait(&world().posted);
    std::function<void()> task;
    {
      const std::lock_guard lock(world().mutex);
      task = std::move(world().tasks.front());
      world().tasks.pop_front();
    }
    task();
  }
}

}  // namespace refwave::memory_model

namespace refwave::hal {

struct OwnedThread::Run {};

std::string OwnedThread::start(const char* name, std::size_t, std::function<void()> body) {
  const memory_model::Unwatched unwatched;
  run_ = std::make_shared<Run>();
  memory_model::execution().add_thread(name, memory_model::Kind::daemon, std::move(body));
  return {};
}

bool OwnedThread::join(std::chrono::milliseconds) {
  run_.reset();
  return true;
}

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

// --- the housekeeper and the device thread: one thread does both ---

struct Housekeeper::Shared {};
Housekeeper::Housekeeper(std::function<bool()>) : shared_(nullptr) {}
void Housekeeper::request_start(std::weak_ptr<Engine> engine) {
  memory_model::post([engine = std::move(engine)] {
    if (const auto alive = engine.lock()) alive->post_start();
  });
}
void Housekeeper::wake() {}
void Housekeeper::end(std::chrono::milliseconds) {}

struct DeviceThread::Shared {};
DeviceThread::DeviceThread() : shared_(nullptr) {}
bool DeviceThread::post(std::function<void()> task) {
  memory_model::post(std::move(task));
  return true;
}
void DeviceThread::end(std::chrono::milliseconds) {}

// --- devices ---

DeviceOpener::DeviceOpener(const EngineRoom& room, hal::Direction direction, std::string device,
                           const configuration::Configuration& configuration,
                           std::shared_ptr<core::Roster> roster)
    : room_(room),
      direction_(direction),
      wanted_device_(std::move(device)),
      configuration_(configuration),
      roster_(std::move(roster)),
      volume_(std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {}

std::shared_ptr<OpenDevice> DeviceOpener::open_configured(bool, std::uint32_t) {
  const bool direct = configuration_.completion == configuration::Completion::direct;
  const SideSettings settings{
      .direction = direction_,
      .epoch = room_.next_epoch->fetch_add(1, std::memory_order_relaxed),
      .completion = direct ? core::CompletionBy::audio_thread : core::CompletionBy::notifier};
  auto line = std::make_shared<memory_model::Line>();
  auto opened = std::make_shared<OpenDevice>();
  opened->side = std::make_shared<DeviceSide>(room_.table, roster_, volume_, settings);
  opened->device = std::make_unique<memory_model::DoubleDevice>(line);
  opened->side->prepare(opened->device->info());
  opened->clocked = true;
  line->side = opened->side;
  const std::lock_guard lock(memory_model::world().mutex);
  memory_model::world().lines.push_back(std::move(line));
  return opened;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_returned(std::uint32_t rate) {
  return open_clock_in({dsp::SampleType::s16, 1, rate, 0});
}

std::shared_ptr<OpenDevice> DeviceOpener::open_clock_in(const dsp::Format&) {
  auto opened = open_configured(true, 0);
  start(*opened);
  return opened;
}

bool DeviceOpener::start(OpenDevice& device) { return device.device->start().empty(); }
void DeviceOpener::learn_stack(OpenDevice&) {}

// --- the journal, without its file ---

struct LogFile::Shared {};
void LogFile::add(std::string_view) noexcept {}
void LogFile::end(std::chrono::milliseconds) {}

}  // namespace refwave::engine
