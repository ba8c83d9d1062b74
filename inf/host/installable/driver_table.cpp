// Each of three sources gives a line "key=file parameters" and the folder for a relative file name.
#include "inf/host/installable/driver_table.h"

#include <winmm_host.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>

#include "hal/system/mutex.h"
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

struct DriverCommand {
  std::string file;
  std::string parameters;
};

/// `value`: a file name, quoted if it has spaces, and a parameter string. Returns: nothing if there is no
/// file name or its closing quote is missing.
std::optional<DriverCommand> parse_driver_command(std::string_view value) {
  value = hal::trimmed(value);
  const bool quoted = value.starts_with('"');
  if (quoted) value.remove_prefix(1);
  const auto end = quoted ? value.find('"') : std::min(value.find_first_of(" \t\r\n"), value.size());
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string_view rest = value.substr(end + (quoted ? 1 : 0));
  return DriverCommand{std::string(value.substr(0, end)), std::string(hal::trimmed(rest))};
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

/// Reads a SYSTEM.INI-style file in UTF-8: [sections] of key=value lines, and comment lines that begin with
/// ';'. Returns: the first entry of that key; without one an error, which names the lines that were ignored.
DriverLocation find_in_file(const std::string& path, const std::string& section, const std::string& key) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::ifstream file(to_path(path), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad())
    return not_found(path + ": cannot be read, so there is no driver '" + key + "'");
  std::string error = path + ": there is no key '" + key + "' in [" + section + "]";
  std::string_view rest = text;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::string here;  // the line's section
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = hal::trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string place = path + ":" + std::to_string(number) + ": ";
    const auto ignore = [&](const char* why) { error += "\n" + place + why + "; line ignored"; };
    if (line.empty() || line.front() == ';') continue;
    const auto equals = line.find('=');
    const std::string_view name = hal::trimmed(line.substr(0, equals));
    if (const auto bracket = line.find(']'); line.front() == '[' && bracket != std::string_view::npos) {
      here = lower(hal::trimmed(line.substr(1, bracket - 1)));
    } else if (line.front() == '[') {
      ignore("a [section] without its ]");
    } else if (equals == std::string_view::npos || name.empty()) {
      ignore("neither [section] nor key=value");
    } else if (here.empty()) {
      ignore("a key before the first [section]");
    } else if (here == section && lower(name) == key) {
      std::error_code ignored;
      return locate({std::string(hal::trimmed(line.substr(equals + 1))), place + key,
                     fs::absolute(to_path(path), ignored).parent_path()});
    }
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
