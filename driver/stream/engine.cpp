#include "driver/stream/engine.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "driver/core/cycle.h"
#include "driver/stream/control_seat.h"
#include "hal/clocked_backend.h"

namespace refwave::stream {
namespace {

dsp::Quality quality_of(Resampling resampling) {
  switch (resampling) {
    case Resampling::fastest:
      return dsp::Quality::fastest;
    case Resampling::best:
      return dsp::Quality::best;
    case Resampling::medium:
      break;
  }
  return dsp::Quality::medium;
}

core::CompletionBy completion_of(Completion completion) {
  return completion == Completion::direct ? core::CompletionBy::audio_thread : core::CompletionBy::notifier;
}

}  // namespace

Engine::Engine(EngineRoom room, hal::Direction direction, std::string device,
               const Configuration& configuration)
    : room_(std::move(room)),
      direction_(direction),
      wanted_device_(std::move(device)),
      configuration_(configuration),
      roster_(std::make_shared<core::Roster>()),
      volume_(std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {}

Engine::~Engine() = default;

// --- opening ---

hal::OpenRequest Engine::request(const std::string& device) const {
  hal::OpenRequest request{.direction = direction_,
                           .device = device,
                           .rate = configuration_.rate,
                           .channels = static_cast<std::uint16_t>(configuration_.channels),
                           .period_frames = configuration_.period,
                           .latency_ms = configuration_.latency_ms};
  if (configuration_.format != SampleFormat::automatic) {
    constexpr dsp::SampleType types[] = {dsp::SampleType::s32, dsp::SampleType::u8,  dsp::SampleType::s16,
                                         dsp::SampleType::s24, dsp::SampleType::s32, dsp::SampleType::f32};
    request.any_type = false;
    request.type = types[static_cast<std::size_t>(configuration_.format)];
  }
  return request;
}

std::shared_ptr<Engine::OpenDevice> Engine::open_device(const hal::OpenRequest& request,
                                                        hal::Fallback fallback, std::string& problem) {
  const SideSettings settings{.direction = direction_,
                              .epoch = room_.next_epoch->fetch_add(1, std::memory_order_relaxed),
                              .completion = completion_of(configuration_.completion)};
  auto side = std::make_shared<DeviceSide>(room_.table, roster_, volume_, settings);
  hal::DeviceResult result = room_.devices->open(request, side, fallback);
  problem = result.device ? result.reason : result.error;
  if (!result.device) return nullptr;
  side->prepare(result.device->info());
  auto opened = std::make_shared<OpenDevice>();
  opened->clocked = result.device->info().name == hal::kClockedName;
  opened->is_fallback = result.is_fallback;
  opened->side = std::move(side);
  opened->device = std::move(result.device);
  return opened;
}

/// Returns: the configured device, or the clocked one in its place if it may fall back; null if nothing
/// opens.
std::shared_ptr<Engine::OpenDevice> Engine::open_configured(bool may_fall_back) {
  std::string problem;
  auto opened = open_device(request(wanted_device_),
                            may_fall_back ? hal::Fallback::clocked : hal::Fallback::none, problem);
  if (!problem.empty()) room_.journal->add(problem);
  if (opened || !may_fall_back) return opened;
  opened = open_device(request(hal::kClockedName), hal::Fallback::none, problem);
  if (!opened) room_.journal->add(problem);
  if (opened) opened->is_fallback = true;
  return opened;
}

Error Engine::open() {
  if (active()) return Error::none;  // whatever slow change is under way, the device serves
  const std::lock_guard slow(slow_);
  if (active()) return Error::none;
  auto opened = open_configured(configuration_.fallback == Fallback::clocked);
  if (!opened) return Error::no_device;
  install(opened, nullptr);
  room_.housekeeper->look();  // nothing may ever be written, and then the device has to be let go
  return Error::none;
}

/// Effects: all members go over to `device`, unless `before` is no longer what serves them. Returns: whether
/// they have. Closing `before` is the caller's.
bool Engine::install(const std::shared_ptr<OpenDevice>& device, const std::shared_ptr<OpenDevice>& before) {
  const std::lock_guard lock(mutex_);
  if (active_ != before) return false;
  on_fallback_ = device->is_fallback;
  active_ = device;
  busy_ns_ = core::monotonic_now_ns();
  for (auto& [slot, member] : members_) adopt(slot, member);
  if (!before) return true;
  account_for(*before);
  if (device->is_fallback) ++past_.losses;
  return true;
}

Error Engine::attach(std::size_t slot, Stream& stream) {
  const std::lock_guard lock(mutex_);
  Member& member = members_[slot] = {.stream = &stream};
  if (active_) {
    const Error problem = adopt(slot, member);
    if (problem != Error::none) {
      members_.erase(slot);
      return problem;
    }
  }
  roster_->add(slot);
  busy_ns_ = core::monotonic_now_ns();
  return Error::none;
}

void Engine::detach(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  roster_->remove(slot);
  members_.erase(slot);
}

/// Effects: the stream is the active device's from now on, through a pipeline that fits.
Error Engine::adopt(std::size_t index, Member& member) {
  core::Slot& slot = room_.table->slots[index];
  const dsp::Format device = active_->device->info().format;
  std::unique_ptr<core::Pipeline> pipeline;
  if (!member.has_pipeline || member.adopted != device) {
    const dsp::Format& client = member.stream->format();
    const bool output = direction_ == hal::Direction::output;
    pipeline = core::Pipeline::make(output ? client : device, output ? device : client,
                                    quality_of(configuration_.resampling));
    if (!pipeline) return Error::no_memory;
    member.adopted = device;
    member.has_pipeline = true;
  }
  const ControlSeat seat(slot);
  if (!seat.seated()) return Error::no_memory;
  slot.voice = member.stream->voice();
  slot.track = member.stream->track();
  slot.device_epoch.store(active_->side->epoch(),
                          std::memory_order_relaxed);  // the audio thread reads it in the seat
  if (!pipeline) return Error::none;
  // What was there before is destroyed when the seat has been left.
  pipeline = slot.voice != nullptr ? slot.voice->exchange_pipeline(std::move(pipeline))
                                   : slot.track->exchange_pipeline(std::move(pipeline));
  return Error::none;
}

// --- running ---

void Engine::want_running() {
  // Both sides of {queue a block; look whether it runs} and {say it no longer runs; look for queued blocks}
  // write running_ by a read-modify-write, so the later of the two sees what the earlier did before.
  if (running_.fetch_or(0, std::memory_order_acq_rel) != 0) return;
  if (start_wanted_.exchange(true, std::memory_order_acq_rel)) return;
  if (!room_.housekeeper->request_start(shared_from_this())) start_wanted_.store(false);
}

void Engine::wait_until_running() {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::microseconds kNap{50};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (start_wanted_.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(kNap);
}

void Engine::post_start() {
  room_.device_thread->post([self = shared_from_this()] { self->start_device(); });
}

void Engine::start_device() {
  {
    const std::lock_guard slow(slow_);
    std::shared_ptr<OpenDevice> device = active();
    if (!device) {
      device = open_configured(
          true);  // what is queued has to complete, whatever the configuration wants of an open
      if (device) install(device, nullptr);
    }
    if (device && running_.load(std::memory_order_relaxed) == 0) {
      const bool started = start_one(*device);
      set_running(true);
      if (!started) replace_by_clock(std::move(device), "does not start");
    }
  }
  start_wanted_.store(false, std::memory_order_release);  // pairs with wait_until_running()
}

bool Engine::start_one(OpenDevice& device) {
  const std::string problem = device.device->start();
  if (!problem.empty()) {
    room_.journal->add(problem);
    return false;
  }
  if (configuration_.completion == Completion::direct) learn_stack(device);
  return true;
}

void Engine::set_running(bool running) {
  const std::lock_guard lock(mutex_);
  started_ns_ = busy_ns_ = core::monotonic_now_ns();
  running_.exchange(running ? 1 : 0, std::memory_order_acq_rel);  // see want_running()
}

std::shared_ptr<Engine::OpenDevice> Engine::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

/// Returns: whether somebody has something to hear, or something to record into. Under mutex_.
bool Engine::is_busy() const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& entry) {
    if (!room_.table->slots[entry.first].running.load(std::memory_order_relaxed)) return false;
    return direction_ == hal::Direction::input || entry.second.stream->has_something_to_do();
  });
}

void Engine::stop_if_idle() {
  const std::lock_guard slow(slow_);
  std::shared_ptr<OpenDevice> device;
  {
    const std::lock_guard lock(mutex_);
    stop_posted_ = false;
    if (!active_) return;
    const std::uint32_t was_running = running_.exchange(0, std::memory_order_acq_rel);  // see want_running()
    if (is_busy()) {
      running_.exchange(was_running, std::memory_order_acq_rel);
      return;
    }
    device = std::move(active_);
    account_for(*device);
    on_fallback_ = false;
  }
  device->device->stop();
}

}  // namespace refwave::stream
