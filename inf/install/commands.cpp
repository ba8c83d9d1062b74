#include "inf/install/commands.h"

#include <cstdio>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/file_name.h"
#include "driver/cli/console/text.h"
#include "inf/install/carry_out.h"
#include "inf/install/machine/elevation.h"
#include "inf/install/machine/machine.h"
#include "inf/install/picture/letters.h"
#include "inf/install/picture/look.h"
#include "inf/install/plan/plan.h"
#include "inf/install/plan/program_plan.h"

namespace refwave::install {
namespace {

namespace fs = std::filesystem;

struct Options {
  Options(const char* name, fs::path folder) : command(name), command_folder(std::move(folder)) {}

  std::string command;
  fs::path command_folder;
  bool dry_run = false;
  bool force = false;
  std::string program;  // folder or .exe; only a line without --program is for the whole system
  bool for_program = false;
  unsigned long console = 0;  // of the process that asked for this one to be elevated
};

void say(const std::string& line) { std::printf("%s\n", line.c_str()); }

Plan system_plan(const Options& options, const Observer& machine) {
  const Snapshot snapshot = machine.look();
  const Force force = options.force ? Force::yes : Force::no;
  if (options.command == "install") return plan_install(snapshot, force);
  if (options.command == "repair") return plan_repair(snapshot, force);
  return plan_uninstall(snapshot);
}

/// Returns: the folder or .exe that --program names.
fs::path program_path(const Options& options) { return fs::absolute(cli::to_path(options.program)); }

fs::path program_folder(const Options& options) {
  const fs::path target = program_path(options);
  fs::path folder = fs::is_directory(target) ? target : target.parent_path();
  // A folder that is misspelt must not stand for the one above it; a program may be gone before refwave is.
  const bool is_named = folder == target || lower(cli::path_text(target.extension())) == ".exe";
  if (!is_named || !fs::is_directory(folder))
    throw cli::Failure(cli::path_text(target) + ": no such folder or program");
  if (is_system_folder(folder))
    throw cli::Failure(cli::path_text(folder) +
                       ": the winmm.dll of this folder serves all programs; `refwave install` without "
                       "--program is for those");
  if (is_source_folder(options.command_folder, folder))
    throw cli::Failure(cli::path_text(folder) +
                       ": refwave's own folder; name the program's, or unpack refwave elsewhere");
  return folder;
}

Plan program_plan(const Options& options) {
  const fs::path folder = program_folder(options);
  if (options.command != "install")
    return plan_program_uninstall({look_at(folder / "refwave.drv", {}), look_at(folder / "winmm.dll", {})});
  const fs::path target = program_path(options);
  const std::string named = fs::is_directory(target) ? "" : cli::path_text(target.filename());
  const View view = bitness_of(executables_in(folder), named, cli::path_text(folder));
  const auto file = [&](const char* name) {
    return look_at(folder / name, find_source(options.command_folder, name, view));
  };
  return plan_program_install({file("refwave.drv"), file("winmm.dll")},
                              options.force ? Force::yes : Force::no);
}

bool may_change(const Options& options) {
  return options.for_program ? may_write(program_folder(options)) : is_elevated();
}

/// Effects: once, through the user; otherwise says what to do.
int elevate(const Options& options) {
  if (options.console != 0 || !is_interactive()) {
    throw cli::Failure(options.command +
                       ": changing these files takes an administrator; start it from a prompt that was "
                       "opened with \"Run as administrator\"");
  }
  std::vector<std::string> arguments = {options.command};
  if (options.force) arguments.emplace_back("--force");
  if (options.for_program)
    arguments.insert(arguments.end(),
                     {"--program", cli::path_text(name_for_administrators(program_path(options)))});
  if (const std::optional<int> status = run_elevated(arguments)) return *status;
  throw cli::Failure(options.command + ": administrator's rights were not given; nothing was changed");
}

/// Effects: carries the plan out, or has it carried out by a process that may. Returns: the exit status.
int make_changes(const Options& options, const Plan& plan) {
  const bool allowed = may_change(options);
  if (!plan.changes.empty() && !allowed) return elevate(options);
  for (const std::string& remark : plan.remarks) say("note: " + remark);
  if (plan.changes.empty()) say("nothing to do");
  if (allowed) carry_out(plan, *this_machine(), say);
  return 0;
}

void print_changes(const Plan& plan) {
  for (const std::string& remark : plan.remarks) say("note: " + remark);
  if (plan.changes.empty()) say("nothing to do");
  preview(plan, say);
}

int change(const Options& options) {
  if (options.console != 0) print_into_console_of(options.console);
  const std::unique_ptr<Observer> machine = observe_this_machine(options.command_folder);
  const Plan plan = options.for_program ? program_plan(options) : system_plan(options, *machine);
  if (!options.dry_run) return make_changes(options, plan);
  print_changes(plan);
  return 0;
}

int print_status(const fs::path& command_folder) {
  const Snapshot snapshot = observe_this_machine(command_folder)->look();
  std::fputs(status_text(snapshot).c_str(), stdout);
  switch (diagnose(snapshot).health) {
    case Health::not_installed:
      return kStatusNotInstalled;
    case Health::needs_repair:
      return kStatusNeedsRepair;
    case Health::installed:
      break;
  }
  return 0;
}

/// Effects: adds one of the commands that change something.
void add(CLI::App& app, const Options& defaults, const char* about, std::function<int()>& run) {
  const auto options = std::make_shared<Options>(defaults);
  CLI::App* command = app.add_subcommand(options->command, about);
  command->add_flag("--dry-run", options->dry_run, "Print every change and make none");
  if (options->command != "uninstall")
    command->add_flag("--force", options->force,
                      "Replace another driver's entry or file; uninstall restores it");
  CLI::Option* program = nullptr;
  if (options->command != "repair")
    program =
        command
            ->add_option("--program", options->program,
                         "For one program alone, without the registry: the folder of its .exe, or the .exe")
            ->transform(CLI::Validator(cli::correct_windows_name, ""))
            ->type_name("FOLDER");
  command->add_option("--console", options->console)->group("");
  command->callback([&run, options, program] {
    options->for_program = program != nullptr && program->count() != 0;
    run = [options] { return change(*options); };
  });
}

}  // namespace

void add_commands(CLI::App& app, const fs::path& folder, std::function<int()>& run) {
  add(app, {"install", folder}, "Install refwave.drv as a wave driver of Windows, or for one program", run);
  add(app, {"uninstall", folder}, "Remove what install wrote, and restore what it replaced", run);
  add(app, {"repair", folder}, "Restore the missing parts of an installation", run);
  app.add_subcommand("status", "List Windows' wave drivers, and the installed parts of refwave")
      ->callback([&run, folder] { run = [folder] { return print_status(folder); }; });
}

}  // namespace refwave::install
