#include "driver/control/equipment.h"

#include <algorithm>
#include <new>

#include "hal/portaudio/backend.h"
#include "hal/system/clock.h"
#include "hal/system/process.h"

namespace refwave::control {

Equipment make_equipment(const configuration::Configuration& configuration,
                         const engine::EngineContext& context) {
  constexpr double kSlowestClock = 0.001;  // a slower clock's times in ns would leave their range
  std::vector<std::unique_ptr<hal::Backend>> backends;
  backends.push_back(hal::make_portaudio_backend());
  auto clock = std::make_unique<hal::ClockedBackend>(hal::ClockedOptions{
      .speed = configuration.clock > 0 ? std::max(configuration.clock, kSlowestClock) : 0,
      .capture_path = configuration.capture,
      .loop = configuration.loop,
      .rate = configuration.rate != 0 ? configuration.rate : 48'000,
      .channels = static_cast<std::uint16_t>(configuration.channels != 0 ? configuration.channels : 2),
      .warn = [event_log = context.event_log](std::string line) { event_log->add(std::move(line)); }});
  Equipment made;
  made.clock = clock.get();
  backends.push_back(std::move(clock));
  // The previous devices end with their last engine.
  made.devices = std::make_shared<hal::Devices>(std::move(backends));
  return share_devices(made, configuration, context);
}

Equipment share_devices(const Equipment& other, const configuration::Configuration& configuration,
                        const engine::EngineContext& context) {
  Equipment made{.devices = other.devices, .clock = other.clock, .names = {}, .engines = {}};
  engine::EngineContext with_devices = context;
  with_devices.devices = made.devices;
  if (const std::string program = hal::program_name(); configuration::is_denied(configuration, program)) {
    context.event_log->add("deny: " + program + " finds no device");
    return made;
  }
  for (const auto direction : {hal::Direction::output, hal::Direction::input}) {
    const auto side = static_cast<std::size_t>(direction);
    for (const std::string& name :
         direction == hal::Direction::output ? configuration.output : configuration.input) {
      made.lacks_others = made.lacks_others || name == hal::kOthers;
      if (name == hal::kOthers) continue;
      made.names[side].push_back(name);
      made.engines[side].push_back(
          std::make_shared<engine::Engine>(with_devices, direction, name, configuration));
    }
  }
  return made;
}

Equipment list_others(const Equipment& equipment, configuration::Configuration configuration,
                      const engine::EngineContext& context) {
  for (const auto direction : {hal::Direction::output, hal::Direction::input}) {
    auto& names = direction == hal::Direction::output ? configuration.output : configuration.input;
    const auto place = std::ranges::find(names, hal::kOthers);
    if (place == names.end()) continue;
    const auto& named = equipment.names[static_cast<std::size_t>(direction)];
    const auto others =
        equipment.devices->others(direction, named, configuration::kMostDevices - named.size());
    names.insert(names.erase(place), others.begin(), others.end());
    std::erase(names, hal::kOthers);
  }
  return share_devices(equipment, configuration, context);
}

void close_devices(std::shared_ptr<const Equipment> equipment, const hal::Patience& patience) {
  bool is_open = false;
  if (equipment) equipment->each([&](const engine::Engine& engine) { is_open |= engine.has_device(); });
  hal::OwnedThread closer;
  try {
    const auto rest = std::make_shared<std::shared_ptr<const Equipment>>(std::move(equipment));
    if (is_open) closer.start("refwave-closer", 0, [rest] { rest->reset(); });
  } catch (const std::bad_alloc&) {
    // `rest` or `equipment` ends here, and its devices with it.
  }
  equipment.reset();
  closer.join(patience.left());
}

bool EquipmentInUse::tick(const Look& look) {
  const hal::MutexLock one_at_a_time(ticking_);
  const auto equipment = now();
  bool is_open = false;
  if (!equipment) return false;
  equipment->each([&](engine::Engine& engine) { is_open |= engine.tick(hal::monotonic_now_ns()); });
  look(*equipment, is_open);
  return is_open;
}

}  // namespace refwave::control
