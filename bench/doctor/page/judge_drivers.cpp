// The judgement of the drivers that programs find, and of their configuration.
#include <algorithm>

#include "bench/doctor/page/page.h"
#include "driver/cli/console/text.h"

namespace refwave::doctor {
namespace {

std::string to_register(const Facts& facts) {
  if (facts.system == System::windows)
    return "`refwave install` for all programs, or `refwave install --program FOLDER` for one";
  return "put the line wave=\"" + facts.drivers.beside +
         "\" under [drivers32] in ~/.config/refwave/system.ini";
}

std::string to_fix(const Facts& facts, const Driver& driver) {
  if (facts.system == System::windows) return "`refwave repair`, as an administrator";
  return "correct or remove the entry at " + driver.where;
}

void judge_one(const Facts& facts, const Driver& driver, Section& section) {
  const std::string file = driver.file.empty() ? "" : ": " + driver.file;
  if (!driver.problem.empty())
    section.wrong(driver.where + file + ": " + driver.problem, to_fix(facts, driver));
  else if (driver.is_refwave)
    section.good(driver.where + file);
  else
    section.note(driver.where + file + " (not refwave)");
}

void judge_wave_devices(const Drivers& drivers, Section& section) {
  if (!drivers.outputs || !drivers.inputs) return;
  const std::string text =
      cli::formatted("wave outputs that programs find: %u; inputs: %u", *drivers.outputs, *drivers.inputs);
  if (*drivers.outputs + *drivers.inputs != 0)
    section.good(text);
  else
    section.wrong(text, "see that `output` and `input` name devices, and `deny` not every program");
}

/// Returns: whether the driver does not load. Such a driver may be refwave, so nothing is said about its
/// kind.
bool fails(const Driver& driver) { return !driver.problem.empty(); }

}  // namespace

Section judge_drivers(const Facts& facts) {
  const Drivers& drivers = facts.drivers;
  Section section{"Drivers", {}};
  for (const Driver& driver : drivers.found) judge_one(facts, driver, section);
  const bool any_fails = std::ranges::any_of(drivers.found, fails);
  const bool has_refwave = std::ranges::any_of(drivers.found, &Driver::is_refwave);
  if (drivers.found.empty())
    section.wrong("no wave driver is registered: " + drivers.why_none, to_register(facts));
  else if (!has_refwave && !any_fails && drivers.to_repair.empty())
    section.wrong("none of these is refwave, so programs do not find it", to_register(facts));
  if (has_refwave) judge_wave_devices(drivers, section);
  for (const std::string& reason : drivers.to_repair)
    section.wrong(reason, "`refwave repair`, as an administrator");
  for (const std::string& file : drivers.dropins) section.good(file);
  for (const std::string& problem : drivers.dropin_problems)
    section.wrong(problem, "`refwave install --program FOLDER` puts in the files of the right bitness");
  section.note("this command uses " + drivers.beside);
  return section;
}

Section judge_configuration(const Configured& configured) {
  Section section{"Configuration", {}};
  if (configured.file.empty())
    section.note("no refwave.toml is read");
  else
    section.good(configured.file + (configured.file_exists ? "" : ": not there; the defaults apply"));
  for (const Setting& setting : configured.settings)
    section.note(setting.key + " = " + setting.value + "  (" + setting.origin + ")");
  if (configured.settings.empty()) section.good("every key has its default");
  for (const std::string& warning : configured.warnings)
    section.wrong(warning, "correct it; `refwave config` lists what each key takes");
  return section;
}

}  // namespace refwave::doctor
