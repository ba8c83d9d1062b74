#include "driver/control/driver.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "driver/configuration/version.h"
#include "driver/control/program_name.h"
#include "hal/portaudio/backend.h"
#include "hal/system/clock.h"
#include "hal/system/files.h"
#include "hal/system/owned_thread.h"

namespace refwave::control {

/// The engines that the housekeeper watches. It outlives the Driver if the housekeeper's thread is abandoned.
struct Driver::EngineList {
  /// `next`: null for none.
  void replace(std::shared_ptr<const Engines> next) noexcept {
    const std::lock_guard lock(mutex);
    engines.swap(next);
  }
  /// Effects: waits until the housekeeper no longer uses replaced engines.
  void wait_for_tick() { const std::lock_guard lock(ticking); }
  bool tick() {
    const std::lock_guard one_at_a_time(ticking);
    std::unique_lock lock(mutex);
    const std::shared_ptr<const Engines> now = engines;
    lock.unlock();
    bool open = false;
    if (!now) return open;
    for (const auto& engine : *now) open = engine->tick(hal::monotonic_now_ns()) || open;
    return open;
  }

 private:
  std::mutex ticking;  // before mutex
  std::mutex mutex;    // guards engines; held briefly
  std::shared_ptr<const Engines> engines;
};

Driver::Driver() : Driver({}, nullptr, nullptr) {
  const configuration::ConfigurationFile file = configuration::configuration_file();
  const configuration::Parsed parsed = configuration::load_file(file);
  configuration_ = parsed.configuration;
  open_log(configuration_.log);
  context_.journal->tell([] {
    return "enabled: refwave " + std::string(configuration::version()) + " in \"" + program_name() + "\"";
  });
  context_.journal->tell([&] {
    const std::string changed = configuration::differences(configuration_);
    const bool is_there = hal::look_at_file(file.path).kind != hal::FileKind::absent;
    return "configuration from " +
           (file.path.empty() ? "no file" : "\"" + file.path + (is_there ? "\"" : "\", which is not there")) +
           ": " + (changed.empty() ? "the defaults" : changed);
  });
  for (const std::string& warning : parsed.warnings) context_.journal->add(warning);
  notifiers_->configure(configuration_);
  exchange_equipment(build(configuration_));
}

Driver::Driver(configuration::Configuration configuration, std::shared_ptr<hal::Devices> devices,
               hal::ClockedBackend* clock)
    : configuration_(std::move(configuration)), clock_(clock) {
  context_.journal = std::make_shared<engine::Journal>();
  streams_ = std::make_shared<Streams>(std::make_shared<core::StreamTable>(), context_.journal);
  context_.devices = std::move(devices);
  context_.table = streams_->table();
  context_.next_epoch = std::make_shared<std::atomic<std::uint32_t>>(1);
  context_.device_thread = std::make_shared<engine::DeviceThread>();
  engine_list_ = std::make_shared<EngineList>();
  notifiers_ = std::make_shared<notify::Notifiers>(context_.table);
  housekeeper_ = std::make_unique<engine::Housekeeper>(
      [list = engine_list_, streams = streams_, notifiers = notifiers_] {
        const std::int64_t now_ns = hal::monotonic_now_ns();
        streams->do_housekeeping();
        const bool too_many = notifiers->trim(now_ns, [&] { return streams->table()->threads_needed(); });
        return list->tick() || too_many;
      });
  context_.housekeeper = housekeeper_.get();
}

Driver::~Driver() = default;

bool Driver::end(const hal::Patience& patience) {
  streams_->close_all(patience.end_ns());
  // An open may still be under way, in a device that hangs, and may use both. So their threads end here, and
  // the objects stay.
  notifiers_->end(patience.left());
  housekeeper_->end(patience.left());
  // Posted tasks run, and release their engines.
  context_.device_thread->end(patience.left());
  Equipment rest;
  {
    const std::lock_guard lock(mutex_);
    rest = exchange_equipment({});
  }
  close_devices(std::move(rest), patience);
  const std::uint64_t left = hal::abandoned_threads() - abandoned_before_;
  context_.journal->tell([&] {
    return left == 0
               ? std::string("disabled")
               : "disabled; " + std::to_string(left) + " threads did not end, so the module stays loaded";
  });
  if (const auto log = context_.journal->log_to(nullptr)) log->end(patience.left());
  return left == 0;
}

/// Effects: the journal's log is the file that REFWAVE_LOG names, or else `configured`. One that cannot be
/// had is a warning. Under no lock, because the file may lie anywhere.
void Driver::open_log(const std::string& configured) {
  std::string path = configuration::log_from_environment().value_or(configured);
  if (path == log_path_) return;
  std::string problem;
  std::shared_ptr<engine::LogFile> log;
  if (!path.empty()) {
    const std::weak_ptr<engine::Journal> journal = context_.journal;
    log = engine::LogFile::open(
        path, process_number(),
        [journal](std::string line) {
          if (const auto kept = journal.lock()) kept->add(std::move(line));
        },
        problem);
  }
  if (const auto before = context_.journal->log_to(std::move(log))) before->end();
  if (!problem.empty()) context_.journal->add("log: " + path + ": " + problem + "; nothing is logged");
  // Only now: whoever is refused for lack of memory asks again, and then the log is opened.
  log_path_ = std::move(path);
}

/// Effects: closes the open devices on a thread of its own, because each device may take two seconds. Waits
/// as long as there is patience. Without memory or a thread for that they are closed here, however long it
/// takes.
void Driver::close_devices(Equipment equipment, const hal::Patience& patience) {
  const auto is_open = [](const auto& engine) { return engine->has_device(); };
  const bool open =
      std::ranges::any_of(equipment.outputs, is_open) || std::ranges::any_of(equipment.inputs, is_open);
  hal::OwnedThread closer;
  try {
    auto rest = std::make_shared<Equipment>(std::move(equipment));
    if (open) closer.start("refwave-closer", 0, [rest] { *rest = {}; });
  } catch (const std::bad_alloc&) {
    // `rest` or `equipment` ends here, and its devices with it.
  }
  closer.join(patience.left());
}

/// Effects: makes the devices and engines of that configuration. Nothing is opened yet.
Driver::Equipment Driver::build(const configuration::Configuration& configuration) const {
  constexpr double kSlowestClock = 0.001;  // a slower clock's times in ns would leave their range
  std::vector<std::unique_ptr<hal::Backend>> backends;
  backends.push_back(hal::make_portaudio_backend());
  auto clock = std::make_unique<hal::ClockedBackend>(hal::ClockedOptions{
      .speed = configuration.clock > 0 ? std::max(configuration.clock, kSlowestClock) : 0,
      .capture_path = configuration.capture,
      .loop = configuration.loop,
      .rate = configuration.rate != 0 ? configuration.rate : 48'000,
      .channels = static_cast<std::uint16_t>(configuration.channels != 0 ? configuration.channels : 2),
      .warn = [journal = context_.journal](std::string line) { journal->add(std::move(line)); }});
  Equipment equipment;
  equipment.clock = clock.get();
  backends.push_back(std::move(clock));
  // The previous devices end with their last engine.
  equipment.devices = std::make_shared<hal::Devices>(std::move(backends));
  make_engines(configuration, equipment);
  return equipment;
}

void Driver::make_engines(const configuration::Configuration& configuration, Equipment& equipment) const {
  engine::EngineContext room = context_;
  room.devices = equipment.devices;
  if (const std::string program = program_name(); configuration::is_denied(configuration, program)) {
    context_.journal->add("deny: " + program + " finds no device");
  } else {
    for (const std::string& name : configuration.output)
      equipment.outputs.push_back(
          std::make_shared<engine::Engine>(room, hal::Direction::output, name, configuration));
    for (const std::string& name : configuration.input)
      equipment.inputs.push_back(
          std::make_shared<engine::Engine>(room, hal::Direction::input, name, configuration));
  }
  auto all = std::make_shared<Engines>(equipment.outputs);
  all->insert(all->end(), equipment.inputs.begin(), equipment.inputs.end());
  equipment.all = std::move(all);
}

/// Effects: swaps in the new devices and engines. Returns: those before. Under mutex_, or while
/// nobody else has the driver.
Driver::Equipment Driver::exchange_equipment(Equipment equipment) noexcept {
  engine_list_->replace(std::move(equipment.all));
  std::swap(context_.devices, equipment.devices);
  std::swap(clock_, equipment.clock);
  std::swap(outputs_, equipment.outputs);
  std::swap(inputs_, equipment.inputs);
  // Relaxed: a count is checked again where an engine is taken.
  for (const auto direction : {hal::Direction::output, hal::Direction::input})
    device_counts_[static_cast<std::size_t>(direction)].store(engines(direction).size(),
                                                              std::memory_order_relaxed);
  return equipment;
}

bool Driver::configure(std::string_view open_string) {
  std::unique_lock lock(mutex_);
  // The wait ends when another configure() has closed its devices.
  settled_.wait(lock, [&] { return !configuring_; });
  configuration::Parsed parsed = configuration::parse_open_string(open_string, configuration_);
  for (const std::string& warning : parsed.warnings) context_.journal->add(warning);
  if (parsed.configuration == configuration_) return true;
  context_.journal->tell([&] {
    return "configuration from DRV_OPEN: " + configuration::differences(parsed.configuration, configuration_);
  });
  if (opening_ != 0 || streams_->in_use()) {
    context_.journal->add("DRV_OPEN: settings not applied, because streams are open; close them first");
    return false;
  }
  Equipment before = build(parsed.configuration);
  // Nothing fails from here on: a driver with half of its settings would serve nobody.
  std::swap(configuration_, parsed.configuration);
  notifiers_->configure(configuration_);
  before = exchange_equipment(std::move(before));
  configuring_ = true;
  lock.unlock();
  // Closing a device may take long. No new device is opened until then, because only one PortAudio thread may
  // exist at a time.
  engine_list_->wait_for_tick();
  before = {};
  follow_log();
  lock.lock();
  configuring_ = false;
  settled_.notify_all();
  return true;
}

/// Effects: the log is the configured one. While this thread is configuring.
void Driver::follow_log() noexcept {
  try {
    open_log(configuration_.log);
  } catch (const std::bad_alloc&) {
    // Streams are more than a log.
  }
}

std::unique_ptr<Driver> Driver::trial(std::string_view open_string) const {
  const std::lock_guard lock(mutex_);
  const configuration::Parsed parsed = configuration::parse_open_string(open_string, configuration_);
  std::unique_ptr<Driver> other(new Driver(parsed.configuration, context_.devices, clock_));
  for (const std::string& warning : parsed.warnings) other->context_.journal->add(warning);
  Equipment same;
  same.devices = context_.devices;
  same.clock = clock_;
  other->make_engines(other->configuration_, same);
  other->notifiers_->configure(other->configuration_);
  other->exchange_equipment(std::move(same));
  return other;
}

std::vector<std::string> Driver::device_names(hal::Direction direction) const {
  const std::lock_guard lock(mutex_);
  return direction == hal::Direction::output ? configuration_.output : configuration_.input;
}

std::shared_ptr<engine::Engine> Driver::engine(std::size_t device, hal::Direction direction) const {
  const std::lock_guard lock(mutex_);
  const auto& all = engines(direction);
  return device < all.size() ? all[device] : nullptr;
}

/// An open under way. The settings do not change meanwhile. It holds no lock, because the client is called
/// back.
class Driver::Opening {
 public:
  explicit Opening(Driver& driver) : driver_(driver) {
    std::unique_lock lock(driver_.mutex_);
    // The wait ends when configure() has closed its devices.
    driver_.settled_.wait(lock, [&] { return !driver_.configuring_; });
    ++driver_.opening_;
  }
  ~Opening() {
    const std::lock_guard lock(driver_.mutex_);
    --driver_.opening_;
  }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

 private:
  Driver& driver_;
};

Error Driver::open(std::size_t device, hal::Direction direction, const dsp::Format& format,
                   const core::ClientCallback& callback, Handle& handle) {
  const Opening opening(*this);
  const auto engine_of_device = engine(device, direction);
  if (!engine_of_device) return Error::bad_device;
  OpenOptions options{.direction = direction, .format = format, .callback = callback};
  {
    const std::lock_guard lock(mutex_);
    options.ring_capacity = configuration_.ring;
    options.done_when = configuration_.done == configuration::Done::played ? core::DoneWhen::played
                                                                           : core::DoneWhen::consumed;
    options.quality = configuration_.resampling;
  }
  if (!housekeeper_->ensure().empty()) return Error::no_memory;
  return streams_->open(options, engine_of_device, *notifiers_, handle);
}

Error Driver::set_device_volume(std::size_t device, std::uint32_t volume) {
  const auto output = engine(device, hal::Direction::output);
  if (!output) return Error::bad_device;
  output->volume().store(volume, std::memory_order_relaxed);
  return Error::none;
}

Error Driver::device_volume(std::size_t device, std::uint32_t& volume) const {
  const auto output = engine(device, hal::Direction::output);
  if (!output) return Error::bad_device;
  volume = output->volume().load(std::memory_order_relaxed);
  return Error::none;
}

void Driver::retry_lost_devices() {
  context_.journal->tell([] { return "DRV_POWER: trying lost devices again"; });
  const std::lock_guard lock(mutex_);
  for (const auto* all : {&outputs_, &inputs_}) {
    for (const auto& each : *all) each->retry_at_once();
  }
}

stream::Statistics Driver::statistics() {
  stream::Statistics sum = streams_->total();
  sum.notifiers = notifiers_->statistics();
  const std::lock_guard lock(mutex_);
  for (const auto* all : {&outputs_, &inputs_}) {
    for (const auto& each : *all) {
      const stream::DeviceStatistics one = each->statistics();
      if (sum.device.name.empty() && !one.name.empty()) {
        sum.device.name = one.name;
        sum.device.format = one.format;
        sum.device.period_frames = one.period_frames;
        sum.device.latency_frames = one.latency_frames;
      }
      sum.device.add(one);
    }
  }
  return sum;
}

std::vector<hal::DeviceInfo> Driver::list_devices(hal::AskRates ask) {
  std::shared_ptr<hal::Devices> devices;
  std::shared_ptr<engine::Journal> journal;
  {
    const std::lock_guard lock(mutex_);
    devices = context_.devices;
    journal = context_.journal;
  }
  // The driver has ended.
  if (!devices) return {};
  std::vector<hal::DeviceInfo> all = devices->list(hal::Direction::output, ask);
  const std::vector<hal::DeviceInfo> inputs = devices->list(hal::Direction::input, ask);
  all.insert(all.end(), inputs.begin(), inputs.end());
  if (const std::string hang = devices->hang(); !hang.empty()) journal->add(hang);
  return all;
}

bool Driver::step(std::uint32_t periods) {
  std::shared_ptr<hal::Devices> devices;  // keeps clock alive
  hal::ClockedBackend* clock = nullptr;
  std::vector<std::shared_ptr<engine::Engine>> all;
  {
    const std::lock_guard lock(mutex_);
    devices = context_.devices;
    clock = clock_;
    all = outputs_;
    all.insert(all.end(), inputs_.begin(), inputs_.end());
  }
  // The driver has ended.
  if (!devices) return true;
  if (clock->is_stepping_here()) {
    context_.journal->add("REFWAVE_STEP: not inside a callback that a step makes (completion = direct)");
    return false;
  }
  for (const auto& each : all) each->wait_until_running();
  return clock->step(periods);
}

}  // namespace refwave::control
