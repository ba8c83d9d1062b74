#include "driver/engine/device_opener.h"

#include <algorithm>
#include <utility>

#include "hal/clocked/clocked_backend.h"
#include "hal/system/realtime.h"
#include "hal/system/threads.h"

namespace refwave::engine {
namespace {

/// rtkit's limit kills a program whose thread computes for long, as clients may (completion = direct).
hal::AudioPriority priority_of(const configuration::Configuration& configuration) {
  if (configuration.audio_priority == configuration::AudioPriority::ordinary)
    return hal::AudioPriority::ordinary;
  if (configuration.completion == configuration::Completion::direct) return hal::AudioPriority::for_clients;
  return configuration.audio_priority == configuration::AudioPriority::rtkit ? hal::AudioPriority::rtkit
                                                                             : hal::AudioPriority::realtime;
}

std::string rate_reason(const hal::OpenRequest& request, const OpenDevice& opened) {
  const std::uint32_t rate = opened.device->info().format.rate;
  if (request.rate == 0 && (request.preferred.rate == 0 || opened.clocked))
    return "the device has a rate of its own";
  const std::uint32_t asked = request.rate != 0 ? request.rate : request.preferred.rate;
  return std::string(request.rate != 0 ? "the configuration" : "the first stream") + " asked for " +
         std::to_string(asked) + " Hz" + (rate == asked ? "" : ", which it does not take");
}

/// Returns: why the device's periods are not the configured ones, or nothing.
std::string period_reason(const hal::OpenRequest& request, const hal::OpenInfo& info) {
  const std::uint32_t possible = request.period_at(info.format.rate);
  if (possible == request.period_frames || info.period_frames != possible) return "";
  return "; two periods of " + std::to_string(request.period_frames) +
         " frames do not fit into latency_ms = " + std::to_string(request.latency_ms);
}

/// Returns: whether the first callback came in time.
bool wait_for_callback(const DeviceSide& side, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kNap{5};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (side.last_period_ns() == 0 && std::chrono::steady_clock::now() < deadline) hal::nap(kNap);
  return side.last_period_ns() != 0;
}

}  // namespace

DeviceOpener::DeviceOpener(const EngineContext& context, hal::Direction direction, std::string device,
                           const configuration::Configuration& configuration,
                           std::shared_ptr<core::MembershipMask> membership)
    : context_(context),
      direction_(direction),
      wanted_device_(std::move(device)),
      configuration_(configuration),
      membership_(std::move(membership)),
      volume_(std::make_shared<std::atomic<std::uint32_t>>(0xFFFF'FFFFU)) {}

hal::OpenRequest DeviceOpener::request(const std::string& device, const dsp::Format& preferred) const {
  hal::OpenRequest request{.direction = direction_,
                           .device = device,
                           .rate = configuration_.rate,
                           .preferred = preferred,
                           .channels = static_cast<std::uint16_t>(configuration_.channels),
                           .period_frames = configuration_.period,
                           .latency_ms = configuration_.latency_ms,
                           .priority = priority_of(configuration_)};
  if (configuration_.format) {
    request.any_type = false;
    request.type = *configuration_.format;
  }
  return request;
}

std::shared_ptr<OpenDevice> DeviceOpener::open(const hal::OpenRequest& request, hal::Fallback fallback,
                                               std::string& problem, hal::Availability* missed) {
  const SideSettings settings{.direction = direction_,
                              .epoch = context_.next_epoch->fetch_add(1, std::memory_order_relaxed),
                              .completion = configuration_.completion,
                              .dither = configuration_.dither};
  auto side = std::make_shared<DeviceSide>(context_.table, membership_, volume_, settings);
  hal::DeviceResult result = context_.devices->open(request, side, fallback);
  problem = result.device ? result.reason : result.error;
  if (missed != nullptr) *missed = result.missed;
  if (!result.device) return nullptr;
  side->prepare(result.device->info());
  auto opened = std::make_shared<OpenDevice>();
  opened->clocked = result.device->info().name == hal::kClockedName;
  opened->is_fallback = result.is_fallback;
  opened->missed = result.missed;
  opened->preferred_rate = request.preferred.rate;
  opened->side = std::move(side);
  opened->device = std::move(result.device);
  report_open(*opened, request);
  return opened;
}

void DeviceOpener::report_open(const OpenDevice& opened, const hal::OpenRequest& request) const {
  const hal::OpenInfo& info = opened.device->info();
  context_.event_log->report([&] {
    const bool is_other = opened.clocked && wanted_device_ != hal::kClockedName;
    return event_log::device_text(info.name) + " opened for " + event_log::words_for(direction_) +
           (is_other ? ", in place of \"" : ", asked for as \"") + wanted_device_ +
           "\": " + event_log::words_for(info) + "; " + rate_reason(request, opened) +
           period_reason(request, info);
  });
}

/// A reason that is the same as at the previous attempt is not reported again.
void DeviceOpener::report_attempt(const std::string& problem) {
  if (problem != reported_problem_ && !problem.empty())
    context_.event_log->report(
        [&] { return event_log::device_text(wanted_device_) + " was tried again: " + problem; });
  reported_problem_ = problem;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_configured(hal::Fallback fallback,
                                                          const dsp::Format& preferred) {
  std::string problem;
  hal::Availability missed = hal::Availability::none;
  auto opened = open(request(wanted_device_, preferred), fallback, problem, &missed);
  missed_.store(missed, std::memory_order_relaxed);
  if (!problem.empty()) context_.event_log->add(problem);
  if (opened || fallback == hal::Fallback::none) return opened;
  opened = open(request(hal::kClockedName, preferred), hal::Fallback::none, problem);
  if (!opened) context_.event_log->add(problem);
  if (opened) opened->is_fallback = true;
  if (opened) opened->missed = std::max(missed, hal::Availability::unusable);
  return opened;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_returned(const dsp::Format& preferred) {
  const std::chrono::milliseconds patience{configuration_.start_ms};  // the clock serves meanwhile
  std::string problem;
  auto device = open(request(wanted_device_, preferred), hal::Fallback::none, problem);
  const bool runs = device && !device->clocked && start(*device, problem);
  if (runs && !wait_for_callback(*device->side, patience))
    problem = "it made no callback within " + std::to_string(patience.count()) + " ms";
  report_attempt(problem);
  if (!runs || !problem.empty()) return nullptr;
  learn_audio_thread(*device);
  return device;
}

std::shared_ptr<OpenDevice> DeviceOpener::open_clock_in(const dsp::Format& format, std::string& problem) {
  hal::OpenRequest same = request(hal::kClockedName, {.rate = 0});
  same.rate = format.rate;
  same.channels = format.channels;
  same.any_type = false;
  same.type = format.type;
  auto clock = open(same, hal::Fallback::none, problem);
  if (!clock || !start(*clock, problem)) return nullptr;
  clock->is_fallback = true;
  clock->missed = hal::Availability::unusable;
  return clock;
}

bool DeviceOpener::start(OpenDevice& device, std::string& problem) {
  if (const hal::Status started = device.device->start(); !started.ok()) {
    problem = started.reason();
    return false;
  }
  if (const std::string caution = device.device->caution(); !caution.empty())
    context_.event_log->add(device.device->info().name + ": " + caution);
  if (const std::string priority = device.device->priority(); !priority.empty())
    context_.event_log->report([&] {
      return event_log::device_text(device.device->info().name) + ": its audio thread has " + priority;
    });
  return true;
}

void DeviceOpener::learn_audio_thread(OpenDevice& device) {
  if (configuration_.completion != configuration::Completion::direct || device.clocked) return;
  constexpr std::chrono::milliseconds kPatience{500};
  if (!wait_for_callback(*device.side, kPatience)) return;
  hal::keep_children_ordinary(device.side->audio_thread());
}

}  // namespace refwave::engine
