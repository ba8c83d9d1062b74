#include "driver/engine/engine.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "driver/core/cycle.h"
#include "driver/stream/control_seat.h"
#include "hal/clocked_backend.h"
#include "hal/realtime.h"

namespace refwave::engine {
namespace {

dsp::Quality quality_of(configuration::Resampling resampling) {
  switch (resampling) {
    case configuration::Resampling::fastest:
      return dsp::Quality::fastest;
    case configuration::Resampling::best:
      return dsp::Quality::best;
    case configuration::Resampling::medium:
      break;
  }
  return dsp::Quality::medium;
}

core::CompletionBy completion_of(configuration::Completion completion) {
  return completion == configuration::Completion::direct ? core::CompletionBy::audio_thread
                                                         : core::CompletionBy::notifier;
}

}  // namespace

Engine::Engine(EngineRoom room, hal::Direction direction, std::string device,
               const configuration::Configuration& configuration)
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
  if (configuration_.format != configuration::SampleFormat::automatic) {
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

stream::Error Engine::open() {
  if (active()) return stream::Error::none;  // whatever slow change is under way, the device serves
  const std::lock_guard slow(slow_);
  if (active()) return stream::Error::none;
  auto opened = open_configured(configuration_.fallback == configuration::Fallback::clocked);
  if (!opened) return stream::Error::no_device;
  if (install(opened, nullptr, Runs::not_yet) == Installed::no_memory) return stream::Error::no_memory;
  room_.housekeeper->look();  // nothing may ever be written, and then the device has to be let go
  return stream::Error::none;
}

stream::Error Engine::attach(std::size_t slot, stream::Stream& stream) {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (active_) {
        Member member{.stream = &stream};
        if (!make_pipeline(member, last_format_, member.next)) return stream::Error::no_memory;
        member.adopted = last_format_;
        member.has_pipeline = true;
        Member& kept = members_[slot] = std::move(member);
        kept.left_behind = !move_over(slot, kept);
        roster_->add(slot);
        busy_ns_ = core::monotonic_now_ns();
        return stream::Error::none;
      }
    }
    // Let go as idle since the caller has opened it. Ended by an attach that is in time.
    const stream::Error problem = open();
    if (problem != stream::Error::none) return problem;
  }
}

void Engine::detach(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  roster_->remove(slot);
  members_.erase(slot);
}

// --- changing devices ---

/// Effects: all members go over to `device`, unless `before` is no longer what serves them, or there is no
/// memory for what they need: then nothing has changed. Closing `before` is the caller's.
Engine::Installed Engine::install(const std::shared_ptr<OpenDevice>& device,
                                  const std::shared_ptr<OpenDevice>& before, Runs runs) {
  const dsp::Format& format = device->device->info().format;
  const std::lock_guard lock(mutex_);
  if (active_ != before) return Installed::too_late;
  Pipelines made;
  if (!make_pipelines(format, made)) return Installed::no_memory;
  on_fallback_ = device->is_fallback;
  active_ = device;
  last_format_ = format;
  busy_ns_ = core::monotonic_now_ns();
  move_all(made);
  if (before) account_for(*before);
  if (device->is_fallback && (before || runs == Runs::already)) ++past_.losses;
  if (runs == Runs::already) running_.exchange(1, std::memory_order_acq_rel);  // see want_running()
  room_.table->trace.note(core::TraceKind::device_serves, core::kNoSlot, device->side->epoch());
  return Installed::yes;
}

/// Effects: makes what `member` needs for such a device, if it does not have that. Returns: false if there is
/// no memory.
bool Engine::make_pipeline(const Member& member, const dsp::Format& device,
                           std::unique_ptr<core::Pipeline>& made) {
  if (member.has_pipeline && member.adopted == device) return true;
  const dsp::Format& client = member.stream->format();
  const bool output = direction_ == hal::Direction::output;
  made = core::Pipeline::make(output ? client : device, output ? device : client,
                              quality_of(configuration_.resampling));
  return made != nullptr;
}

bool Engine::make_pipelines(const dsp::Format& device, Pipelines& made) {
  try {
    return std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
      return make_pipeline(entry.second, device, made[entry.first]);
    });
  } catch (const std::bad_alloc&) {
    return false;
  }
}

/// Effects: every member is the active device's, but those whose seat is taken: tick() fetches them, so that
/// one dead thread delays nobody else. Under mutex_.
void Engine::move_all(Pipelines& made) noexcept {
  for (auto& [slot, member] : members_) {
    if (auto& pipeline = made.at(slot)) {
      member.next = std::move(pipeline);
      member.adopted = last_format_;
      member.has_pipeline = true;
    }
    member.looks = 0;
    member.left_behind = !move_over(slot, member);
  }
}

/// Effects: the stream is the active device's from now on, through a pipeline that fits. Returns: false if an
/// audio thread is in its seat. Under mutex_.
bool Engine::move_over(std::size_t index, Member& member) noexcept {
  core::Slot& slot = room_.table->slots[index];
  std::unique_ptr<core::Pipeline> before;  // is destroyed when the seat has been left
  const stream::ControlSeat seat(slot, stream::ControlSeat::IfTaken::come_back_later);
  if (!seat.seated()) return slot.is_retired();
  slot.voice = member.stream->voice();
  slot.track = member.stream->track();
  member.stream->lane().time(configuration_.completion == configuration::Completion::direct
                                 ? core::Timed::one_in_eight
                                 : core::Timed::every_block);
  slot.device_epoch.store(active_->side->epoch(),
                          std::memory_order_relaxed);  // the audio thread reads it in the seat
  if (!member.next) return true;
  before = slot.voice != nullptr ? slot.voice->exchange_pipeline(std::move(member.next))
                                 : slot.track->exchange_pipeline(std::move(member.next));
  return true;
}

/// Effects: no callback of the active device touches a stream from here on. Returns: false if one is being
/// served: then all stay the device's. Under mutex_.
bool Engine::take_back_all() noexcept {
  const bool all = std::all_of(members_.begin(), members_.end(), [&](const auto& entry) {
    core::Slot& slot = room_.table->slots[entry.first];
    const stream::ControlSeat seat(slot, stream::ControlSeat::IfTaken::come_back_later);
    if (seat.seated()) slot.device_epoch.store(0, std::memory_order_relaxed);
    return seat.seated() || slot.is_retired();
  });
  if (!all) {
    for (auto& [slot, member] : members_) member.left_behind = !move_over(slot, member);
  }
  return all;
}

// --- running ---

void Engine::want_running() {
  // Both sides of {queue a block; look whether it runs} and {say it no longer runs; look for queued blocks}
  // write running_ by a read-modify-write, so the later of the two sees what the earlier did before.
  if (running_.fetch_or(0, std::memory_order_acq_rel) != 0) return;
  if (start_wanted_.exchange(true, std::memory_order_acq_rel)) return;  // pairs with start_device()
  wanted_ns_.store(core::monotonic_now_ns(), std::memory_order_relaxed);
  room_.housekeeper->request_start(weak_from_this());
}

void Engine::wait_until_running() {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::chrono::microseconds kNap{50};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (start_wanted_.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < deadline)
    hal::nap(kNap);
}

void Engine::post_start() noexcept {
  const std::lock_guard lock(mutex_);
  if (start_posted_) return;
  try {
    start_posted_ = room_.device_thread->post([self = shared_from_this()] { self->start_device(); });
  } catch (const std::bad_alloc&) {  // the next tick tries again
  }
}

void Engine::start_device() {
  try {
    carry_out_start();
  } catch (const std::bad_alloc&) {  // the next tick tries again
  }
  const std::lock_guard lock(mutex_);
  start_posted_ = false;
  // Otherwise it is still wanted, until the clock takes over.
  if (running_.load(std::memory_order_relaxed) != 0)
    start_wanted_.store(false, std::memory_order_release);  // pairs with wait_until_running()
}

void Engine::carry_out_start() {
  const std::lock_guard slow(slow_);
  std::shared_ptr<OpenDevice> device = active();
  if (!device) {
    device =
        open_configured(true);  // what is queued has to complete, whatever the configuration wants of an open
    if (!device || install(device, nullptr, Runs::not_yet) != Installed::yes) return;
  }
  if (running_.load(std::memory_order_relaxed) != 0) return;
  if (!start_one(*device)) return replace_by_clock(device, "does not start");
  {
    const std::lock_guard lock(mutex_);
    if (active_ != device) return;  // it has taken too long
    busy_ns_ = core::monotonic_now_ns();
    running_.exchange(1, std::memory_order_acq_rel);  // see want_running()
  }
  learn_stack(*device);
}

bool Engine::start_one(OpenDevice& device) {
  const std::string problem = device.device->start();
  if (!problem.empty()) room_.journal->add(problem);
  return problem.empty();
}

std::shared_ptr<Engine::OpenDevice> Engine::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

/// Returns: whether somebody has something to hear, or something to record into. Under mutex_.
bool Engine::is_busy() const {
  return std::any_of(members_.begin(), members_.end(), [&](const auto& entry) {
    const core::Slot& slot = room_.table->slots[entry.first];
    if (!slot.running.load(std::memory_order_relaxed)) return false;
    if (entry.second.stream->has_something_to_do()) return true;
    if (slot.is_retired()) return false;  // no device hears or fills it; what it has queued needs the ticks
    if (direction_ == hal::Direction::input) return true;
    // Behind the look at the queue: pairs with the release of the last block's cursor.
    return slot.sounding.load(std::memory_order_relaxed);
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
    // What is written from here on is for the device that is opened next: this one plays out what it has.
    if (is_busy() || !take_back_all()) {
      running_.exchange(was_running, std::memory_order_acq_rel);
      return;
    }
    device = std::move(active_);
    account_for(*device);
    on_fallback_ = false;
  }
  device->device->stop();
}

}  // namespace refwave::engine
