#include "tests/rules/stepped_driver.h"

#include <utility>
#include <vector>

#include "hal/system/clock.h"
#include "tests/rules/trap.h"

namespace refwave::test {
namespace {

class ScopedCallback final : public hal::AudioCallback {
 public:
  explicit ScopedCallback(std::shared_ptr<hal::AudioCallback> inner) : inner_(std::move(inner)) {}
  void process(const hal::Period& period) noexcept override {
    const AudioScope scope;
    inner_->process(period);
  }
  void on_lost() noexcept override { inner_->on_lost(); }

 private:
  const std::shared_ptr<hal::AudioCallback> inner_;
};

class ScopedBackend final : public hal::Backend {
 public:
  explicit ScopedBackend(std::unique_ptr<hal::Backend> inner) : inner_(std::move(inner)) {}
  std::string_view name() const override { return inner_->name(); }
  std::vector<hal::DeviceInfo> list(hal::Direction direction, hal::AskRates ask) override {
    return inner_->list(direction, ask);
  }
  hal::OpenResult open(const hal::OpenRequest& request,
                       std::shared_ptr<hal::AudioCallback> callback) override {
    return inner_->open(request, std::make_shared<ScopedCallback>(std::move(callback)));
  }

 private:
  const std::unique_ptr<hal::Backend> inner_;
};

}  // namespace

SteppedDriver::SteppedDriver(const configuration::Configuration& configuration)
    : configuration_(configuration) {
  context_.table = std::make_shared<core::StreamTable>();
  context_.journal = std::make_shared<journal::Journal>();
  context_.next_epoch = std::make_shared<std::atomic<std::uint32_t>>(1);
  context_.device_thread = std::make_shared<engine::DeviceThread>();
  auto clock = std::make_unique<hal::ClockedBackend>(hal::ClockedOptions{.speed = 0, .loop = true});
  clock_ = clock.get();
  std::vector<std::unique_ptr<hal::Backend>> backends;
  backends.push_back(std::make_unique<ScopedBackend>(std::move(clock)));
  context_.devices = std::make_shared<hal::Devices>(std::move(backends));

  streams_ = std::make_shared<control::Streams>(context_.table);
  notifiers_ = std::make_unique<notify::Notifiers>(context_.table);
  housekeeper_ = std::make_unique<engine::Housekeeper>([streams = streams_] {
    streams->do_housekeeping();
    return true;
  });
  housekeeper_->ensure();
  context_.housekeeper = housekeeper_.get();
  output_ = std::make_shared<engine::Engine>(context_, hal::Direction::output, "clocked", configuration_);
  input_ = std::make_shared<engine::Engine>(context_, hal::Direction::input, "clocked", configuration_);
}

SteppedDriver::~SteppedDriver() {
  streams_->close_all();
  notifiers_.reset();
  housekeeper_.reset();
  output_.reset();
  input_.reset();
  context_.device_thread.reset();
}

control::Handle SteppedDriver::open(hal::Direction direction, const dsp::Format& format,
                                    core::ClientCallback::Function function) {
  core::ClientCallback callback;
  callback.function = function;
  callback.input = direction == hal::Direction::input;
  control::Handle handle = 0;
  const control::OpenOptions options{
      .direction = direction, .format = format, .callback = callback, .ring_capacity = configuration_.ring};
  const auto& engine = direction == hal::Direction::output ? output_ : input_;
  return streams_->open(options, engine, *notifiers_, handle) == core::Error::none ? handle : 0;
}

bool SteppedDriver::step(std::uint32_t periods) {
  constexpr std::int64_t kPatienceNs = 10'000'000'000;
  output_->wait_until_running();
  input_->wait_until_running();
  clock_->step(periods);
  return streams_->settle(hal::monotonic_now_ns() + kPatienceNs);
}

}  // namespace refwave::test
