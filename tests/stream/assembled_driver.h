// The driver's streams, engines and threads around devices of the test's choice, assembled as control::Driver
// does it, and clients that keep their notifications.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "driver/control/driver.h"
#include "driver/engine/engine.h"
#include "driver/engine/supervisor.h"
#include "driver/notify/notifiers.h"
#include "hal/clocked/clocked_backend.h"
#include "hal/system/clock.h"
#include "tests/engine/faulty_device.h"
#include "tests/support/eventually.h"

namespace refwave::test {

inline constexpr auto kOutput = hal::Direction::output;
inline constexpr auto kInput = hal::Direction::input;
inline constexpr double kStepped = 0;  // the speed of a clocked device that waits for step()
inline constexpr const char* kClocked = "output = clocked; input = clocked; clock = 100";
inline constexpr dsp::Format kStereo16{.type = dsp::SampleType::s16, .channels = 2, .rate = 48'000};

/// One stream's client: its headers and notifications, in order. `inside` runs in every done callback,
/// `inside_open` in that of the open.
class Client {
 public:
  struct Sent {
    core::ClientHeader header{};
    std::vector<std::int16_t> samples;
    std::atomic<std::int64_t> done_ns{0};
  };

  core::ClientCallback callback() {
    return {.function = &called, .instance = reinterpret_cast<std::uintptr_t>(this)};
  }
  Sent& make(std::uint32_t frames) {
    Sent& one = sent.emplace_back();
    one.samples.assign(std::size_t{frames} * 2, 1'000);
    one.header.data = reinterpret_cast<std::byte*>(one.samples.data());
    one.header.length = frames * 4;
    one.header.flags = core::kPrepared;
    one.header.user = reinterpret_cast<std::uintptr_t>(&one);
    return one;
  }
  bool all_done() const { return done.load() == sent.size(); }
  /// Returns: whether the messages came in the order of the headers, each with its header done.
  bool in_order() {
    const std::lock_guard lock(mutex_);
    if (notified_.size() > sent.size() || !flags_right_) return false;
    for (std::size_t i = 0; i < notified_.size(); ++i) {
      if (notified_[i] != &sent[i].header) return false;
    }
    return true;
  }

  std::deque<Sent> sent;
  std::function<void()> inside;
  std::function<void()> inside_open;
  std::atomic<std::size_t> opened{0};
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> closed{0};
  control::Handle handle = 0;

 private:
  static bool called(const core::ClientCallback& callback, core::Notice notice, core::ClientHeader* header) {
    auto* client = reinterpret_cast<Client*>(callback.instance);
    if (notice == core::Notice::open && client->inside_open) client->inside_open();
    if (notice == core::Notice::open) ++client->opened;
    if (notice == core::Notice::close) ++client->closed;
    if (notice != core::Notice::done) return true;
    client->keep(header);
    if (client->inside) client->inside();
    ++client->done;
    return true;
  }
  void keep(core::ClientHeader* header) {
    reinterpret_cast<Sent*>(header->user)->done_ns = hal::monotonic_now_ns();
    const std::lock_guard lock(mutex_);
    notified_.push_back(header);
    flags_right_ =
        flags_right_ && (core::load_flags(*header) & (core::kDone | core::kInQueue)) == core::kDone;
  }

  std::mutex mutex_;
  std::vector<core::ClientHeader*> notified_;
  bool flags_right_ = true;
};

class AssembledDriver {
 public:
  /// `speed`: of the clocked device, which is the fallback; 0: stepped.
  explicit AssembledDriver(const configuration::Configuration& configuration = {}, double speed = 1,
                           std::shared_ptr<Faults> faults_of_device = nullptr)
      : faults(std::move(faults_of_device)) {
    context.table = std::make_shared<core::StreamTable>();
    context.event_log = std::make_shared<event_log::EventLog>();
    context.next_epoch = std::make_shared<std::atomic<std::uint32_t>>(1);
    context.device_thread = std::make_shared<engine::DeviceThread>();
    std::vector<std::unique_ptr<hal::Backend>> backends;
    if (faults) backends.push_back(std::make_unique<FaultyBackend>(faults));
    auto clocked = std::make_unique<hal::ClockedBackend>(hal::ClockedOptions{.speed = speed});
    clock = clocked.get();
    backends.push_back(std::move(clocked));
    context.devices = std::make_shared<hal::Devices>(std::move(backends));
    streams = std::make_shared<control::Streams>(context.table, context.event_log);
    notifiers = std::make_unique<notify::Notifiers>(context.table);
    supervisor = std::make_unique<engine::Supervisor>([this] { return tick(); });
    context.supervisor = supervisor.get();
    output = std::make_shared<engine::Engine>(context, hal::Direction::output, faults ? "faulty" : "clocked",
                                              configuration);
    input = std::make_shared<engine::Engine>(context, hal::Direction::input, "clocked", configuration);
    supervisor->ensure();
  }
  ~AssembledDriver() {
    streams->close_all();
    notifiers.reset();
    supervisor.reset();
    context.device_thread->end();
    output.reset();
    input.reset();
  }

  core::Error open(Client& client, std::uint32_t ring = 256,
                   hal::Direction direction = hal::Direction::output) {
    const auto& engine = direction == hal::Direction::output ? output : input;
    dsp::Format format = kStereo16;
    format.rate = client_rate;
    return streams->open(
        {.direction = direction, .format = format, .callback = client.callback(), .ring_capacity = ring},
        engine, *notifiers, client.handle);
  }
  core::Error write(Client& client, std::uint32_t frames) {
    return streams->write(client.handle, hal::Direction::output, client.make(frames).header);
  }
  core::Error close(Client& client) { return streams->close(client.handle, hal::Direction::output); }
  core::Error reset(Client& client) { return streams->reset(client.handle, hal::Direction::output); }
  std::uint64_t position(const Client& client) {
    control::Position position;
    streams->position(client.handle, hal::Direction::output, position);
    return position.frames;
  }
  std::uint32_t client_rate = kStereo16.rate;  // of streams opened from here on
  core::Stream& slot(std::size_t index) { return context.table->streams[index]; }
  /// Effects: runs the stepped clocked device, once it has been started.
  void step(std::uint32_t periods) {
    output->wait_until_running();
    input->wait_until_running();
    clock->step(periods);
  }

  std::shared_ptr<Faults> faults;
  engine::EngineContext context;
  hal::ClockedBackend* clock = nullptr;
  std::shared_ptr<control::Streams> streams;
  std::unique_ptr<notify::Notifiers> notifiers;
  std::unique_ptr<engine::Supervisor> supervisor;
  std::shared_ptr<engine::Engine> output;
  std::shared_ptr<engine::Engine> input;
  std::atomic<std::uint64_t> ticks{0};

 private:
  bool tick() {
    ++ticks;
    const std::int64_t now_ns = hal::monotonic_now_ns();
    streams->supervise();
    const bool one = output->tick(now_ns);
    return input->tick(now_ns) || one;
  }
};

}  // namespace refwave::test

namespace refwave::control {

// The client's stream on a whole driver's first device.
inline core::Error open(Driver& driver, test::Client& client,
                        hal::Direction direction = hal::Direction::output) {
  return driver.open(0, direction, test::kStereo16, client.callback(), client.handle);
}
inline core::Error write(Driver& driver, test::Client& client, std::uint32_t frames = 480,
                         hal::Direction direction = hal::Direction::output) {
  return driver.streams().write(client.handle, direction, client.make(frames).header);
}
inline core::Error close(Driver& driver, test::Client& client) {
  return driver.streams().close(client.handle, hal::Direction::output);
}
/// Returns: whether it opens, plays five headers and closes.
inline bool plays(Driver& driver) {
  test::Client client;
  if (open(driver, client) != core::Error::none) return false;
  for (int i = 0; i < 5; ++i) {
    if (write(driver, client) != core::Error::none) return false;
  }
  const bool done = test::eventually([&] { return client.all_done(); });
  return close(driver, client) == core::Error::none && done && client.closed == 1U;
}

}  // namespace refwave::control
