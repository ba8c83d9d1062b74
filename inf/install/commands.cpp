// The subcommands install, uninstall, repair and status.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/help/command_line.h"
#include "inf/install/carry_out.h"
#include "inf/install/machine/machine.h"
#include "inf/install/picture/look.h"
#include "inf/install/plan/plan.h"

namespace refwave::install {
namespace {

namespace fs = std::filesystem;

constexpr int kStatusNotInstalled = 3;
constexpr int kStatusNeedsRepair = 4;

struct Options {
  std::string command;
  bool dry_run = false;
  bool force = false;
  std::string program;  // folder or .exe; only a line without --program is for the whole system
  bool for_program = false;
  unsigned long console = 0;  // of the process that asked for this one to be elevated
};

void say(const std::string& line) { std::printf("%s\n", line.c_str()); }

Plan system_plan(const Options& options) {
  const Snapshot snapshot = look_at_this_machine(cli::command_folder());
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
  // A misspelt folder must not mean its parent. The program may be gone already.
  const bool is_named = folder == target || cli::lower(cli::path_text(target.extension())) == ".exe";
  if (!is_named || !fs::is_directory(folder))
    throw cli::Failure(cli::path_text(target) + ": no such folder or program");
  if (is_system_folder(folder))
    throw cli::Failure(cli::path_text(folder) +
                       ": the winmm.dll of this folder serves all programs; `refwave install` without "
                       "--program is for those");
  if (is_source_folder(cli::command_folder(), folder))
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
    return look_at(folder / name, find_source(cli::command_folder(), name, view));
  };
  return plan_program_install({file("refwave.drv"), file("winmm.dll")},
                              options.force ? Force::yes : Force::no);
}

bool may_change(const Options& options) {
  return options.for_program ? may_write(program_folder(options)) : has_administrator_rights();
}

/// Effects: asks the user, once; or fails with advice.
int elevate(const Options& options) {
  if (options.console != 0 || !is_interactive()) {
    throw cli::Failure(options.command +
                       ": changing these files needs administrator rights; run it from a prompt that was "
                       "opened with \"Run as administrator\"");
  }
  std::vector<std::string> arguments = {options.command};
  if (options.force) arguments.emplace_back("--force");
  if (options.for_program)
    arguments.insert(arguments.end(),
                     {"--program", cli::path_text(name_for_administrators(program_path(options)))});
  if (const std::optional<int> status = run_elevated(arguments)) return *status;
  throw cli::Failure(options.command + ": administrator rights were refused; nothing was changed");
}

/// Effects: executes or prints the command's plan, elevated if need be. Returns: the exit status.
int change(const Options& options) {
  if (options.console != 0) print_into_console_of(options.console);
  const Plan plan = options.for_program ? program_plan(options) : system_plan(options);
  const bool allowed = options.dry_run || may_change(options);
  if (!plan.changes.empty() && !allowed) return elevate(options);
  for (const std::string& remark : plan.remarks) say("note: " + remark);
  if (plan.changes.empty()) say("nothing to do");
  if (options.dry_run) {
    preview(plan, say);
  } else if (allowed) {
    carry_out(plan, *this_machine(), say);
  }
  return 0;
}

int print_status() {
  const Snapshot snapshot = look_at_this_machine(cli::command_folder());
  std::fputs(status_text(snapshot).c_str(), stdout);
  const Health health = diagnose(snapshot).health;
  if (health == Health::not_installed) return kStatusNotInstalled;
  return health == Health::needs_repair ? kStatusNeedsRepair : 0;
}

/// Effects: adds one of the commands that change something.
void add(cli::CommandLine& line, const char* name, const char* about) {
  const auto options = std::make_shared<Options>();
  options->command = name;
  const cli::Subcommand command = line.add(name, about);
  command.flag("--dry-run", options->dry_run, "Print every change and make none");
  if (options->command != "uninstall")
    command.flag("--force", options->force, "Replace another driver's entry or file; uninstall restores it");
  std::optional<cli::Argument> program;
  if (options->command != "repair")
    program = command
                  .option("--program", options->program,
                          "For one program alone, without the registry: the folder of its .exe, or the .exe")
                  .folder();
  command.option("--console", options->console, "").hidden();
  command.runs([options, program] {
    options->for_program = program && program->is_given();
    return change(*options);
  });
}

}  // namespace
}  // namespace refwave::install

namespace refwave::cli {

void add_install(CommandLine& line) {
  install::add(line, "install", "Install refwave.drv as a wave driver of Windows, or for one program");
  install::add(line, "uninstall", "Remove what install wrote, and restore what it replaced");
  install::add(line, "repair", "Restore the missing parts of an installation");
  line.add("status", "List Windows' wave drivers, and the installed parts of refwave")
      .runs(install::print_status);
}

}  // namespace refwave::cli
