// The machine this runs on, and an administrator's rights to change it: whether this process has them, and
// asking for them once.
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

/// The machine seen without a means to change it.
class Observer {
 public:
  virtual ~Observer() = default;

  /// Returns: the whole machine's state. Errors: SystemError.
  virtual Snapshot look() const = 0;
};

/// The machine as the installer changes it: its registry and its files. One implementation is Windows,
/// another the simulated machine of the tests. There is none in a dry run, which therefore can write nothing.
class System {
 public:
  virtual ~System() = default;

  // Each does its step wholly or throws SystemError and has done nothing.
  virtual void set_value(View view, std::size_t slot, const std::optional<Value>& value) = 0;
  virtual void set_record(const std::optional<Record>& record) = 0;
  /// The new name must be free.
  virtual void move_file(const std::string& from, const std::string& to) = 0;
  virtual void copy_file(const std::string& from, const std::string& to) = 0;
  virtual void delete_file(const std::string& path) = 0;
  /// Effects: the file goes at the next restart.
  virtual void delete_at_restart(const std::string& path) = 0;
};

/// Returns: this machine; sources are looked for around `command_folder`. While it lives, the calling thread
/// sees Windows' folders as they are. Errors: Failure where it is no Windows.
std::unique_ptr<Observer> observe_this_machine(const std::filesystem::path& command_folder);

/// Returns: what changes this machine. Errors: Failure where it is no Windows.
std::unique_ptr<System> this_machine();

/// Returns: whether the folder is one of the system's own, whose winmm.dll serves every program.
bool is_system_folder(const std::filesystem::path& folder);

/// Returns: whether files may be created in `folder`. Effects: creates one and deletes it.
bool may_write(const std::filesystem::path& folder);

/// Returns: whether this process has an administrator's rights, whoever else has them.
bool has_administrator_rights();

/// Returns: whether somebody sits at the console, who can answer a question.
bool is_interactive();

/// Returns: the existing file or folder by a name that an administrator's logon knows, too. That logon does
/// not have this user's network drives, nor those of `subst`. `path` itself if the system gives no such name.
std::filesystem::path name_for_administrators(const std::filesystem::path& path);

/// Effects: asks the user for an administrator's rights and runs this command with them and `arguments`, its
/// output in this console. Returns: its exit status; nothing if the user declined.
std::optional<int> run_elevated(const std::vector<std::string>& arguments);

/// Effects: in the process that run_elevated started: prints into the console of process `id`.
void print_into_console_of(unsigned long id);

}  // namespace refwave::install
