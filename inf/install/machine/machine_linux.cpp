// On Linux the commands name the file that registers drivers.
#include "inf/cli/console/text.h"
#include "inf/install/machine/machine.h"

namespace refwave::install {

Snapshot look_at_this_machine(const std::filesystem::path& command_folder, const DriverFiles&) {
  throw cli::Failure("this is for Windows; on Linux add or remove the line wave=\"" +
                     cli::path_text(command_folder / "refwave.drv") +
                     "\" under [drivers32] in ~/.config/refwave/system.ini");
}

std::vector<std::string> other_drivers() { return {}; }

std::unique_ptr<System> this_machine(const std::string&) { throw cli::Failure("this is for Windows"); }

bool is_system_folder(const std::filesystem::path&) { return false; }

bool is_winmm_known() { return false; }

bool is_wine() { return false; }

bool may_write(const std::filesystem::path&) { return false; }

std::vector<RecordedProgram> recorded_programs() { return {}; }

void record_program(const std::filesystem::path&) {}

void forget_program(const std::filesystem::path&) {}

bool has_administrator_rights() { return false; }

bool is_interactive() { return false; }

std::filesystem::path name_for_administrators(const std::filesystem::path& path) { return path; }

std::optional<int> run_elevated(const std::vector<std::string>&) { return std::nullopt; }

void print_into_console_of(unsigned long) {}

}  // namespace refwave::install
