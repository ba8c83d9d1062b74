#include "tests/simulation/faulty_backend.h"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "hal/portaudio/backend.h"
#include "tests/simulation/fault_times.h"
#include "tests/simulation/pages.h"

namespace refwave::simulation {

DeviceFaults& device_faults() {
  static DeviceFaults faults;
  return faults;
}

namespace {

constexpr std::uint32_t kLongestPeriod = 4'096;

/// The faults of one device between its open and its close.
struct Plan {
  std::int64_t open_ms = 0;  // how long the call takes
  std::int64_t start_ms = 0;
  std::int64_t stop_ms = 0;
  bool refuses_open = false;
  bool refuses_start = false;
  std::uint64_t silent_after = ~0ULL;  // callbacks
  std::uint64_t lost_after = ~0ULL;
  bool calls_when_lost = false;
  Pace pace = Pace::even;
  std::uint32_t period = 480;
};

/// One loss, and the way back from it.
Plan scripted_plan(std::uint64_t open) {
  constexpr std::uint64_t kSoon = 8;
  Plan plan;
  if (open == 0) plan.lost_after = kSoon;
  plan.refuses_open = open == 1;
  plan.refuses_start = open == 2;
  return plan;
}

/// Returns: after how many callbacks something happens.
std::uint64_t pick_moment(Dice& dice) { return dice.below(100); }

Plan make_plan(Dice& dice) {
  constexpr std::uint32_t periods[] = {64, 441, 480, 480, 1'024};
  Plan plan{.period = periods[dice.below(5)]};
  const DeviceFaults& faults = device_faults();
  if (faults.healthy || dice.once_in(faults.one_of)) return plan;
  plan.pace = static_cast<Pace>(dice.below(static_cast<std::uint32_t>(Pace::count)));
  switch (dice.below(10)) {
    case 0:
      plan.refuses_open = true;
      break;
    case 1:
      plan.refuses_start = true;
      break;
    case 2:
      plan.open_ms = dice.between(1, 1'500);
      break;
    case 3:
      plan.start_ms = dice.between(1, 1'500);
      break;
    case 4:
      plan.stop_ms = dice.between(1, 1'500);
      plan.lost_after = pick_moment(dice);
      break;
    case 5:
    case 6:
      plan.silent_after = dice.once_in(3) ? 0 : pick_moment(dice);
      break;
    case 7:
    case 8:
      plan.lost_after = pick_moment(dice);
      plan.calls_when_lost = dice.once_in(2);
      break;
    default:
      break;
  }
  return plan;
}

class SimulatedDevice final : public hal::Device {
 public:
  SimulatedDevice(const Plan& plan, std::uint32_t rate, std::shared_ptr<hal::AudioCallback> callback,
                  std::uint64_t seed)
      : plan_(plan), callback_(std::move(callback)), dice_(seed) {
    info_ = {.name = "faulty",
             .format = {.type = dsp::SampleType::s16, .channels = 2, .rate = rate},
             .period_frames = plan.period,
             .latency_frames = plan.period};
  }
  ~SimulatedDevice() override { stop(); }
  const hal::OpenInfo& info() const override { return info_; }

  hal::Status start() override {
    hang(plan_.start_ms);
    if (plan_.refuses_start) return hal::Status::failure("faulty does not start");
    if (thread_ != nullptr) return {};
    if (mishaps().no_thread != nullptr && mishaps().no_thread())
      return hal::Status::failure("faulty has no thread");
    const TestCode test;
    thread_ = create(&SimulatedDevice::main, this);
    return {};
  }
  hal::Status stop() override {
    hang(plan_.stop_ms);
    ending_ = true;
    if (thread_ != nullptr) join(std::exchange(thread_, nullptr));
    ending_ = false;
    return {};
  }

  static void hang(std::int64_t ms) {
    if (ms == 0) return;
    fault_times().note(ms * kMs);
    const std::int64_t end_ns = now_ns() + ms * kMs;
    while (now_ns() < end_ns && !device_faults().healthy) sleep_until(std::min(end_ns, now_ns() + 5 * kMs));
  }

 private:
  static void* main(void* device) {
    static_cast<SimulatedDevice*>(device)->run();
    return nullptr;
  }
  void run() {
    const Mortal mortal;
    next_ns_ = now_ns();
    for (std::uint64_t i = 0; !ending_; ++i) {
      if (device_faults().is_away() || (i == plan_.lost_after && !device_faults().healthy)) {
        fault_times().note();
        callback_->on_lost();
        if (!plan_.calls_when_lost) return;
      }
      if (i == plan_.silent_after) fault_times().note();
      if (i < plan_.silent_after || device_faults().healthy) {
        call();
      } else {
        next_ns_ += 5 * kMs;
      }
      // After a stop of the process it does not catch up.
      if (now_ns() > next_ns_ + 100 * kMs) next_ns_ = now_ns();
      sleep_until(next_ns_);
    }
  }

  /// Effects: one period, or two, and the time of the next.
  void call() {
    std::uint32_t frames = plan_.period;
    std::int64_t speed = 1'000;
    switch (device_faults().healthy ? Pace::even : plan_.pace) {
      case Pace::late:
        // Late against its schedule, not after the call before: otherwise short periods would add up to a
        // device that never catches up and is slower than kSlowest.
        if (dice_.once_in(8)) sleep_until(next_ns_ + dice_.between(1, 60) * kMs);
        break;
      case Pace::doubled:
        if (dice_.once_in(8)) process(frames);
        break;
      case Pace::odd:
        frames = dice_.once_in(8) ? 0 : static_cast<std::uint32_t>(dice_.between(1, 2 * frames));
        break;
      case Pace::fast:
        speed = 1'040;
        break;
      case Pace::slow:
        speed = kSlowest;
        break;
      case Pace::jumping:
        if (dice_.once_in(8)) latency_ = static_cast<std::uint32_t>(dice_.between(0, 4 * frames));
        break;
      case Pace::even:
      case Pace::count:
        break;
    }
    process(frames);
    next_ns_ += std::int64_t{frames} * 1'000'000'000'000 / (info_.format.rate * speed);
  }

  void process(std::uint32_t frames) {
    fault_times().note_period(std::int64_t{frames} * 1'000'000'000 / info_.format.rate);
    const AudioScope scope(true);
    callback_->process({.data = reinterpret_cast<std::byte*>(samples_.data()),
                        .frames = frames,
                        .monotonic_ns = now_ns(),
                        .latency_frames = latency_ != 0 ? latency_ : plan_.period});
  }

  const Plan plan_;
  const std::shared_ptr<hal::AudioCallback> callback_;
  hal::OpenInfo info_;
  Dice dice_;
  bool ending_ = false;
  std::int64_t next_ns_ = 0;
  std::uint32_t latency_ = 0;
  std::array<std::int16_t, std::size_t{kLongestPeriod} * 2> samples_{};
  Fiber* thread_ = nullptr;  // not a std::thread, whose state would be lost with a thread that dies
};

class SimulatedBackend final : public hal::Backend {
 public:
  std::string_view name() const override { return "Faulty"; }

  std::vector<hal::DeviceInfo> list(hal::Direction direction) override {
    if (direction == hal::Direction::input && !device_faults().has_input) return {};
    return {{.name = "faulty",
             .backend = "Faulty",
             .direction = direction,
             .max_channels = 2,
             .default_rate = kDeviceRate,
             .is_default = true}};
  }

  hal::OpenResult open(const hal::OpenRequest& request,
                       std::shared_ptr<hal::AudioCallback> callback) override {
    const std::uint64_t seed = device_faults().seed * 1'000 + opens_++;
    Dice dice(seed);
    Plan plan = device_faults().scripted ? scripted_plan(opens_ - 1) : make_plan(dice);
    plan.refuses_open = plan.refuses_open || device_faults().is_away();
    SimulatedDevice::hang(plan.open_ms);
    if (plan.refuses_open) return {nullptr, "faulty does not open"};
    return {std::make_unique<SimulatedDevice>(plan, request.rate != 0 ? request.rate : kDeviceRate,
                                              std::move(callback), seed),
            {}};
  }

 private:
  std::uint64_t opens_ = 0;
};

}  // namespace
}  // namespace refwave::simulation

namespace refwave::hal {

std::unique_ptr<Backend> make_portaudio_backend() { return std::make_unique<simulation::SimulatedBackend>(); }

}  // namespace refwave::hal
