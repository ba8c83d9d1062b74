// This machine, and the administrator's rights to change it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inf/cli/console/failure.h"
#include "inf/install/picture/snapshot.h"

namespace refwave::install {

/// Why the system refused a step: "what: why".
class SystemError : public cli::Failure {
 public:
  using cli::Failure::Failure;
};

/// The machine's registry and files, writable: Windows, or the tests' simulation. A dry run has none.
class System {
 public:
  virtual ~System() = default;

  // Each step succeeds, or throws SystemError and changes nothing.
  virtual void set_value(View view, std::size_t slot, const std::optional<Value>& value) = 0;
  virtual void set_record(const std::optional<Record>& record) = 0;
  /// Effects: makes, changes or removes the device; Windows chooses its instance.
  virtual void set_device(const std::optional<Device>& device) = 0;
  /// The new name must be free.
  virtual void move_file(const std::string& from, const std::string& to) = 0;
  virtual void copy_file(const std::string& from, const std::string& to) = 0;
  virtual void delete_file(const std::string& path) = 0;
  /// Effects: Windows deletes the file at the next restart.
  virtual void delete_at_restart(const std::string& path) = 0;
};

/// refwave.drv, whose files are searched around the command, or another's driver with its own.
struct DriverFiles {
  std::string name = kDriverName;  // in lower case, without a blank
  std::map<View, std::filesystem::path> files;
};

/// Returns: this machine's state, as far as it concerns the driver. Errors: SystemError; Failure, except on
/// Windows.
Snapshot look_at_this_machine(const std::filesystem::path& command_folder, const DriverFiles& driver = {});

/// Returns: the names of other drivers that install has registered.
std::vector<std::string> other_drivers();

/// Returns: what changes this machine for the driver of that name. Errors: Failure, except on Windows.
std::unique_ptr<System> this_machine(const std::string& driver);

/// Returns: whether it is a system folder, whose winmm.dll serves every program.
bool is_system_folder(const std::filesystem::path& folder);

/// Returns: whether Windows loads its own winmm.dll whatever lies beside a program.
bool is_winmm_known();

bool is_wine();

/// Returns: whether files can be created in `folder`, by creating one.
bool may_write(const std::filesystem::path& folder);

/// A folder where `install --program` placed refwave, as recorded for this user.
struct RecordedProgram {
  std::filesystem::path folder;
  std::string used;  // when refwave last served a program there: "2026-11-30 14:05 UTC"; empty: not yet
};
std::vector<RecordedProgram> recorded_programs();
void record_program(const std::filesystem::path& folder);
void forget_program(const std::filesystem::path& folder);

bool has_administrator_rights();

/// Returns: whether the console can ask the user.
bool is_interactive();

/// Returns: a name that is valid in an administrator's logon, too, which lacks this user's network drives and
/// those of `subst`; else `path`.
std::filesystem::path name_for_administrators(const std::filesystem::path& path);

/// Effects: runs this command elevated with `arguments`, its output in this console. Returns: its exit
/// status; nothing if the user declined.
std::optional<int> run_elevated(const std::vector<std::string>& arguments);

/// Effects: prints into the console of process `id`. For the process that run_elevated started.
void print_into_console_of(unsigned long id);

}  // namespace refwave::install
