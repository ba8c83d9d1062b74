// On Linux there is no system to install into, so the commands name the file in which drivers are registered.
#include "driver/cli/console/text.h"
#include "inf/install/machine/machine.h"

namespace refwave::install {

std::unique_ptr<Observer> observe_this_machine(const std::filesystem::path& command_folder) {
  throw cli::Failure("this is for Windows; on Linux add or remove the line wave=\"" +
                     cli::path_text(command_folder / "refwave.drv") +
                     "\" under [drivers32] in ~/.config/refwave/system.ini");
}

std::unique_ptr<System> this_machine() { throw cli::Failure("this is for Windows"); }

bool is_system_folder(const std::filesystem::path&) { return false; }

bool may_write(const std::filesystem::path&) { return false; }

}  // namespace refwave::install
