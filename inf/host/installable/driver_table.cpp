// Each of three sources gives a line "key=file parameters" and the folder for a relative file name.
#include "inf/host/installable/driver_table.h"

#include <winmm_host.h>

#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>

#include "hal/system/mutex.h"
#include "inf/host/installable/system_ini.h"
#include "inf/host/system.h"
#include "inf/host/text.h"

namespace refwave::host {
namespace {

namespace fs = std::filesystem;

struct Registration {
  std::string command;
  std::string origin;
  fs::path folder;  // where a relative file name starts
};

struct ProcessRegistrations {
  hal::Mutex mutex;
  std::map<std::string, std::string> commands GUARDED_BY(mutex);  // by key, lower case
};

ProcessRegistrations& process_registrations() {
  static auto& registrations = *new ProcessRegistrations;  // never destroyed: threads may outlive main
  return registrations;
}

fs::path current_folder() {
  std::error_code ignored;
  return fs::current_path(ignored);
}

/// Returns: the first existing file of that name in these folders; else empty.
std::string existing_file(const fs::path& name, std::initializer_list<fs::path> folders) {
  for (const fs::path& folder : folders) {
    std::error_code ignored;
    const fs::path file = folder / name;  // `name` itself, if absolute
    if (fs::is_regular_file(file, ignored)) return path_text(fs::absolute(file, ignored));
  }
  return {};
}

DriverLocation not_found(std::string error) {
  DriverLocation location;
  location.error = std::move(error);
  return location;
}

DriverLocation locate(const Registration& registration) {
  DriverLocation location;
  location.origin = registration.origin;
  location.registered = true;
  const auto command = parse_driver_command(registration.command);
  if (!command) {
    location.error =
        registration.origin + ": no file name, or no closing quote, in '" + registration.command + "'";
    return location;
  }
  location.path = existing_file(to_path(command->file), {registration.folder, library_folder()});
  location.parameters = command->parameters;
  if (!location.found()) {
    location.error = registration.origin + ": there is no file '" + command->file + "' (looked in " +
                     path_text(registration.folder) + " and " + path_text(library_folder()) + ")";
  }
  return location;
}

/// Returns: the driver that the process or its environment names in place of the file; nothing if neither
/// names any.
std::optional<DriverLocation> find_overriding(const std::string& section, const std::string& key) {
  ProcessRegistrations& own = process_registrations();
  const hal::MutexLock lock(own.mutex);
  const std::string named = own.commands.empty() ? environment("REFWAVE_DRIVER") : "";
  if (own.commands.empty() && named.empty()) return std::nullopt;
  if (section == "drivers32") {
    if (const auto found = own.commands.find(key); found != own.commands.end())
      return locate({found->second, "registered by this program: " + key, current_folder()});
    if (key == "wave" && !named.empty()) return locate({named, "REFWAVE_DRIVER", current_folder()});
  }
  return not_found("this program has registered no driver '" + key + "'");
}

DriverLocation find_in_file(const std::string& path, const std::string& section, const std::string& key) {
  const auto ini = read_ini(path);
  if (!ini) return not_found(path + ": cannot be read, so there is no driver '" + key + "'");
  if (const IniEntry* entry = ini->find(section, key)) {
    const std::string origin = path + ":" + std::to_string(entry->line) + ": " + entry->key;
    std::error_code ignored;
    return locate({entry->value, origin, fs::absolute(to_path(path), ignored).parent_path()});
  }
  std::string error = path + ": there is no key '" + key + "' in [" + section + "]";
  for (const IniProblem& problem : ini->problems) {
    error += "\n" + path + ":" + std::to_string(problem.line) + ": " + problem.text + "; line ignored";
  }
  return not_found(std::move(error));
}

/// Returns: the driver if none is registered.
DriverLocation find_beside_host() {
  DriverLocation location = locate({"refwave.drv", "refwave.drv beside its host", library_folder()});
  if (const std::string file = system_ini_of_user(); !location.found() && !file.empty())
    location.error += "; drivers are registered in " + file;
  return location;
}

}  // namespace

DriverLocation find_registered_driver(std::string_view section, std::string_view key) {
  const std::string small_section = lower(section);
  const std::string small_key = lower(key);
  if (const auto own = find_overriding(small_section, small_key)) return *own;
  if (const std::string file = system_ini(); !file.empty())
    return find_in_file(file, small_section, small_key);
  if (small_section != "drivers32" || small_key != "wave") return not_found("no file registers drivers");
  return find_beside_host();
}

DriverLocation find_driver(std::string_view name) {
  const std::initializer_list<fs::path> folders = {current_folder(), program_folder(), library_folder()};
  DriverLocation file;
  file.origin = "OpenDriver";
  if (file.path = existing_file(to_path(name), folders); file.found()) return file;
  if (const auto command = parse_driver_command(name)) {
    file.path = existing_file(to_path(command->file), folders);
    file.parameters = command->parameters;
    if (file.found()) return file;
  }
  DriverLocation registered = find_registered_driver("drivers32", name);
  if (registered.registered) return registered;
  registered.error = "there is no file '" + std::string(name) + "', and " + registered.error;
  return registered;
}

}  // namespace refwave::host

void WINAPI winmm_host_register_driver(LPCSTR key, LPCSTR command) {
  if (key == nullptr) return;
  auto& own = refwave::host::process_registrations();
  const refwave::hal::MutexLock lock(own.mutex);
  const std::string small_key = refwave::host::lower(key);
  if (command == nullptr) {
    own.commands.erase(small_key);
  } else {
    own.commands[small_key] = command;
  }
}
