#include "driver/control/driver.h"

#include <algorithm>
#include <utility>

#include "driver/configuration/version.h"
#include "hal/system/clock.h"
#include "hal/system/files.h"
#include "hal/system/owned_thread.h"
#include "hal/system/process.h"

namespace refwave::control {
namespace {

std::vector<watch::Served> served_by(const Equipment& equipment) {
  std::vector<watch::Served> all;
  for (const auto direction : {hal::Direction::output, hal::Direction::input})
    for (const auto& engine : equipment.of(direction))
      all.push_back({direction, engine->statistics(), engine->membership()});
  return all;
}

}  // namespace

Driver::Driver(const std::vector<configuration::ConfigurationFile>& files,
               const configuration::Configuration& defaults)
    : Driver(defaults) {
  std::vector<std::string> read;
  std::vector<std::string> warnings;
  for (const configuration::ConfigurationFile& file : files) {
    configuration::Parsed parsed = configuration::load_file(file, configuration_);
    const std::string changed = configuration::differences(parsed.configuration, configuration_);
    const bool is_there = hal::look_at_file(file.path).kind != hal::FileKind::absent;
    read.push_back(
        (file.path.empty() ? "no file" : "\"" + file.path + (is_there ? "\"" : "\", which does not exist")) +
        ": " +
        (!changed.empty() ? changed
         : read.empty()   ? "the defaults"
                          : "no change"));
    configuration_ = std::move(parsed.configuration);
    warnings.insert(warnings.end(), parsed.warnings.begin(), parsed.warnings.end());
  }
  open_log(configuration_.log);
  context_.event_log->report([] {
    return "enabled: refwave " + std::string(configuration::version()) + " in \"" + hal::program_name() +
           "\"";
  });
  for (const std::string& line : read)
    context_.event_log->report([&] { return "configuration from " + line; });
  for (const std::string& warning : warnings) context_.event_log->add(warning);
  notifiers_->configure(configuration_);
  publisher_->allow(configuration_.watch);
  replace_equipment(std::make_shared<Equipment>(make_equipment(configuration_, context_)));
}

Driver::Driver(configuration::Configuration configuration) : configuration_(std::move(configuration)) {
  context_.event_log = std::make_shared<event_log::EventLog>();
  context_.table = std::make_shared<core::StreamTable>();
  context_.next_epoch = std::make_shared<std::atomic<std::uint32_t>>(1);
  context_.device_thread = std::make_shared<engine::DeviceThread>();
  streams_ = std::make_shared<Streams>(context_.table, context_.event_log);
  notifiers_ = std::make_shared<notify::Notifiers>(context_.table);
  publisher_ = std::make_shared<watch::Publisher>(context_.table, context_.event_log);
  supervisor_ = std::make_unique<engine::Supervisor>(
      [in_use = in_use_, streams = streams_, notifiers = notifiers_, publisher = publisher_] {
        const std::int64_t now_ns = hal::monotonic_now_ns();
        streams->supervise();
        const bool too_many = notifiers->trim(now_ns, [&] { return streams->table()->threads_needed(); });
        bool is_unpublished = false;
        const auto publish = [&](const Equipment& equipment, bool has_device) {
          is_unpublished =
              publisher->tick(now_ns, has_device, equipment.devices, [&] { return served_by(equipment); });
        };
        // By reference, so that a tick needs no memory.
        const bool is_open = in_use->tick(std::cref(publish));
        return is_open || too_many || is_unpublished;
      });
  context_.supervisor = supervisor_.get();
}

Driver::~Driver() = default;

bool Driver::end(const hal::Patience& patience) {
  streams_->close_all(patience.end_ns());
  // An open may still hang in a device, and use these. So their threads end here, but the objects live on.
  notifiers_->end(patience.left());
  supervisor_->end(patience.left());
  // Posted tasks run, and release their engines.
  context_.device_thread->end(patience.left());
  close_devices(replace_equipment(nullptr), patience);
  // After the devices, because a folder that hangs takes all the time left.
  publisher_->end(patience);
  const std::uint64_t left = hal::abandoned_threads() - abandoned_before_;
  context_.event_log->report([&] {
    return left == 0
               ? std::string("disabled")
               : "disabled; " + std::to_string(left) + " threads did not end, so the module stays loaded";
  });
  if (const auto log = context_.event_log->log_to(nullptr)) log->end(patience.left());
  return left == 0;
}

/// Effects: logs to the file that REFWAVE_LOG names, else to `configured`. The file system may hang.
void Driver::open_log(const std::string& configured) {
  std::string path = configuration::log_from_environment().value_or(configured);
  if (path == log_path_) return;
  std::string problem;
  std::shared_ptr<event_log::LogFile> log;
  if (!path.empty()) {
    const std::weak_ptr<event_log::EventLog> event_log = context_.event_log;
    log = event_log::LogFile::open(
        path, hal::process_number(),
        [event_log](std::string line) {
          if (const auto kept = event_log.lock()) kept->add(std::move(line));
        },
        problem);
  }
  if (const auto before = context_.event_log->log_to(std::move(log))) before->end();
  if (!problem.empty()) context_.event_log->add("log: " + path + ": " + problem + "; nothing is logged");
  // Last, so that an attempt that ran out of memory is repeated.
  log_path_ = std::move(path);
}

std::shared_ptr<const Equipment> Driver::replace_equipment(std::shared_ptr<const Equipment> next) noexcept {
  // Relaxed: engine() checks again.
  for (const auto direction : {hal::Direction::output, hal::Direction::input})
    device_counts_[static_cast<std::size_t>(direction)].store(!next ? 0
                                                              : next->lacks_others
                                                                  ? kNotListed
                                                                  : next->of(direction).size(),
                                                              std::memory_order_relaxed);
  return in_use_->replace(std::move(next));
}

/// Effects: replaces the equipment, before any open. Returns: the number of devices, perhaps the named alone.
std::size_t Driver::list_others(hal::Direction direction) noexcept {
  const auto before = in_use_->now();
  if (!before) return 0;
  try {
    hal::MutexLock lock(mutex_);
    const configuration::Configuration configuration = configuration_;
    lock.unlock();
    auto next = std::make_shared<const Equipment>(control::list_others(*before, configuration, context_));
    lock.lock();
    // Another thread may have been quicker, or there are other settings.
    if (in_use_->now() == before) replace_equipment(std::move(next));
  } catch (const std::bad_alloc&) {  // the next call lists them
  }
  const auto after = in_use_->now();
  return after ? after->of(direction).size() : 0;
}

bool Driver::configure(std::string_view open_string) {
  hal::MutexLock lock(mutex_);
  while (configuring_) settled_.wait(mutex_);
  configuration::Parsed parsed = configuration::parse_open_string(open_string, configuration_);
  for (const std::string& warning : parsed.warnings) context_.event_log->add(warning);
  if (parsed.configuration == configuration_) return true;
  const std::string changed = configuration::differences(parsed.configuration, configuration_);
  context_.event_log->report([&] { return "configuration from DRV_OPEN: " + changed; });
  if (opening_ != 0 || streams_->in_use()) {
    context_.event_log->add("DRV_OPEN: settings not applied, because streams are open; close them first");
    return false;
  }
  auto next = std::make_shared<Equipment>(make_equipment(parsed.configuration, context_));
  const std::string log = parsed.configuration.log;
  // Nothing may fail from here on, because a driver with half of its settings would be useless.
  std::swap(configuration_, parsed.configuration);
  notifiers_->configure(configuration_);
  publisher_->allow(configuration_.watch);
  // The next tick removes the record, if need be.
  supervisor_->wake();
  auto before = replace_equipment(std::move(next));
  configuring_ = true;
  lock.unlock();
  // This may take long. Opens wait for it, because only one PortAudio thread may exist at a time.
  in_use_->wait_for_tick();
  before.reset();
  try {
    open_log(log);
  } catch (const std::bad_alloc&) {
    // Streams matter more than a log.
  }
  lock.lock();
  configuring_ = false;
  settled_.notify_all();
  return true;
}

std::unique_ptr<Driver> Driver::trial(std::string_view open_string) const {
  const hal::MutexLock lock(mutex_);
  const configuration::Parsed parsed = configuration::parse_open_string(open_string, configuration_);
  std::unique_ptr<Driver> other(new Driver(parsed.configuration));
  for (const std::string& warning : parsed.warnings) other->context_.event_log->add(warning);
  const auto mine = in_use_->now();
  other->notifiers_->configure(parsed.configuration);
  if (mine)
    other->replace_equipment(
        std::make_shared<Equipment>(share_devices(*mine, parsed.configuration, other->context_)));
  return other;
}

std::vector<std::string> Driver::device_names(hal::Direction direction) const {
  const auto equipment = in_use_->now();
  return equipment ? equipment->names[static_cast<std::size_t>(direction)] : std::vector<std::string>();
}

std::u16string Driver::endpoint_id(hal::Direction direction, std::size_t device) const {
  const std::vector<std::string> names = device_names(direction);
  return device < names.size() ? hal::Devices::endpoint_id(direction, names[device]) : std::u16string();
}

std::shared_ptr<engine::Engine> Driver::engine(std::size_t device, hal::Direction direction) const {
  const auto equipment = in_use_->now();
  return equipment && device < equipment->of(direction).size() ? equipment->of(direction)[device] : nullptr;
}

/// An open in progress: keeps configure() away without a lock, because the client is called.
class Driver::Opening {
 public:
  explicit Opening(Driver& driver) : driver_(driver) {
    const hal::MutexLock lock(driver_.mutex_);
    while (driver_.configuring_) driver_.settled_.wait(driver_.mutex_);
    ++driver_.opening_;
  }
  ~Opening() {
    const hal::MutexLock lock(driver_.mutex_);
    --driver_.opening_;
  }
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

 private:
  Driver& driver_;
};

Error Driver::open(std::size_t device, hal::Direction direction, const dsp::Format& format,
                   const core::ClientCallback& callback, Handle& handle) {
  if (device >= devices(direction)) return Error::bad_device;
  const Opening opening(*this);
  const auto engine_of_device = engine(device, direction);
  if (!engine_of_device) return Error::bad_device;
  OpenOptions options{.direction = direction, .format = format, .callback = callback};
  {
    const hal::MutexLock lock(mutex_);
    options.ring_capacity = configuration_.ring;
    options.done_when = configuration_.done;
    options.quality = configuration_.resampling;
  }
  if (!supervisor_->ensure().ok()) return Error::no_memory;
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
  context_.event_log->report([] { return "DRV_POWER: trying lost devices again"; });
  if (const auto equipment = in_use_->now())
    equipment->each([](engine::Engine& engine) { engine.retry_at_once(); });
}

void Driver::drain() noexcept {
  streams_->drain([this] {
    if (const auto equipment = in_use_->now())
      equipment->each([](const engine::Engine& engine) { engine.wait_until_played(engine.sound()); });
  });
}

core::Statistics Driver::statistics() {
  core::Statistics sum = streams_->total();
  sum.notifiers = notifiers_->statistics();
  const auto equipment = in_use_->now();
  if (!equipment) return sum;
  sum.uncaptured_ns = equipment->clock->capture().lost_ns;
  equipment->each([&](engine::Engine& engine) {
    const core::DeviceStatistics one = engine.statistics();
    if (sum.device.name.empty()) static_cast<hal::OpenInfo&>(sum.device) = one;
    sum.device.add(one);
    sum.device.missed = std::max(sum.device.missed, one.missed);
  });
  return sum;
}

std::vector<hal::DeviceInfo> Driver::list_devices() {
  std::shared_ptr<hal::Devices> devices;
  if (const auto equipment = in_use_->now()) devices = equipment->devices;
  if (!devices) return {};
  std::vector<hal::DeviceInfo> all = devices->list(hal::Direction::output);
  const std::vector<hal::DeviceInfo> inputs = devices->list(hal::Direction::input);
  all.insert(all.end(), inputs.begin(), inputs.end());
  if (const std::string obstacle = devices->obstacle(); !obstacle.empty()) context_.event_log->add(obstacle);
  return all;
}

bool Driver::step(std::uint32_t periods) {
  const auto equipment = in_use_->now();
  if (!equipment) return true;
  if (equipment->clock->is_stepping_here()) {
    context_.event_log->add("REFWAVE_STEP: not inside a callback that a step makes (completion = direct)");
    return false;
  }
  equipment->each([](engine::Engine& engine) { engine.wait_until_running(); });
  return equipment->clock->step(periods);
}

}  // namespace refwave::control
