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
#include "inf/install/picture/prospect.h"
#include "inf/install/picture/slots.h"
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
  std::string driver;  // another's, for programs of 64 bits or 32
  std::string driver32;
  unsigned long console = 0;  // of the process that asked for this one to be elevated
};

void say(const std::string& line) { std::printf("%s\n", line.c_str()); }

fs::path absolute(const std::string& file) { return fs::absolute(cli::to_path(file)); }

/// Effects: adds the file of another's driver.
void add_file(const std::string& file, DriverFiles& driver) {
  const fs::path path = absolute(file);
  const std::optional<ProgramFile> read = read_program_file(path);
  if (!read) throw cli::Failure(file + ": no driver for Windows is there");
  if (is_system_folder(path.parent_path()))
    throw cli::Failure(file +
                       ": uninstall would delete the only copy; move it out of the system folder first");
  const View view = view_of({file, read->architecture});
  if (!driver.files.emplace(view, path).second)
    throw cli::Failure(file + ": a second file for " + name_of(view) + " programs");
}

/// Returns: the driver that the line names: refwave.drv without --driver.
DriverFiles driver_of(const Options& options) {
  DriverFiles driver;
  if (options.driver.empty()) return driver;
  driver.name = cli::lower(cli::path_text(absolute(options.driver).filename()));
  if (driver.name == kDriverName) throw cli::Failure("refwave.drv is installed without --driver");
  if (driver.name.find_first_of(" \"=") != std::string::npos)
    throw cli::Failure(driver.name + ": a driver's name in the registry ends at a blank; rename the file");
  if (options.command != "install") return driver;
  for (const std::string& file : {options.driver, options.driver32}) {
    if (!file.empty()) add_file(file, driver);
  }
  return driver;
}

Plan system_plan(const Options& options) {
  const Snapshot snapshot = look_at_this_machine(cli::command_folder(), driver_of(options));
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
  if (is_of_a_package(folder))
    throw cli::Failure(cli::path_text(folder) +
                       ": a packaged program (WindowsApps), beside which Windows lets nothing be put; "
                       "`refwave install` is for all programs");
  if (is_source_folder(cli::command_folder(), folder))
    throw cli::Failure(cli::path_text(folder) +
                       ": refwave's own folder; name the program's, or unpack refwave elsewhere");
  return folder;
}

/// Returns: the programs that --program means.
std::vector<Executable> programs_meant(const Options& options, const fs::path& folder) {
  const fs::path target = program_path(options);
  std::vector<Executable> programs = executables_in(folder);
  if (fs::is_directory(target)) return programs;
  const std::string named = cli::lower(cli::path_text(target.filename()));
  std::erase_if(programs, [&](const Executable& program) { return cli::lower(program.name) != named; });
  return programs;
}

/// Effects: says what becomes of each program. Errors: Failure if none would use refwave, unless forced.
void foresee(const fs::path& folder, const std::vector<Executable>& programs, Force force, Plan& plan) {
  bool is_used = false;
  std::string all;
  for (const Executable& program : programs) {
    const Prospect prospect = prospect_of(folder / cli::to_path(program.name), is_winmm_known());
    is_used |= prospect.is_used;
    all += prospect.text + "; ";
    plan.remarks.push_back(prospect.text);
  }
  if (!is_used && force == Force::no) throw cli::Failure(all + "--force installs it there in spite of that");
  if (is_wine())
    plan.remarks.emplace_back("Wine must be asked to use it: WINEDLLOVERRIDES=winmm=n,b wine PROGRAM");
}

Plan program_plan(const Options& options) {
  const fs::path folder = program_folder(options);
  if (options.command != "install")
    return plan_program_uninstall({look_at(folder / "refwave.drv", {}), look_at(folder / "winmm.dll", {})});
  const fs::path target = program_path(options);
  const std::string named = fs::is_directory(target) ? "" : cli::path_text(target.filename());
  const std::vector<Executable> programs = programs_meant(options, folder);
  const View view = bitness_of(programs, named, cli::path_text(folder));
  const auto file = [&](const char* name) {
    return look_at(folder / name, find_source(cli::command_folder(), name, view));
  };
  const Force force = options.force ? Force::yes : Force::no;
  Plan plan = plan_program_install({file("refwave.drv"), file("winmm.dll")}, force);
  foresee(folder, programs, force, plan);
  return plan;
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
  for (const auto& [option, file] :
       {std::pair{"--driver", options.driver}, {"--driver32", options.driver32}}) {
    if (!file.empty())
      arguments.insert(arguments.end(), {option, cli::path_text(name_for_administrators(absolute(file)))});
  }
  if (const std::optional<int> status = run_elevated(arguments)) return *status;
  throw cli::Failure(options.command + ": administrator rights were refused; nothing was changed");
}

/// Effects: records for this user where refwave is. Not in the elevated process, whose user may be another.
void record(const Options& options) {
  if (!options.for_program || options.console != 0) return;
  (options.command == "install" ? record_program : forget_program)(program_folder(options));
}

/// Effects: executes or prints the command's plan, elevated if need be. Returns: the exit status.
int change(const Options& options) {
  if (options.console != 0) print_into_console_of(options.console);
  const Plan plan = options.for_program ? program_plan(options) : system_plan(options);
  const bool allowed = options.dry_run || may_change(options);
  if (!plan.changes.empty() && !allowed) {
    const int status = elevate(options);
    if (status == 0) record(options);
    return status;
  }
  for (const std::string& remark : plan.remarks) say("note: " + remark);
  if (plan.changes.empty()) say("nothing to do");
  if (options.dry_run) {
    preview(plan, say);
  } else if (allowed) {
    carry_out(plan, *this_machine(driver_of(options).name), say);
  }
  if (!options.dry_run) record(options);
  return 0;
}

/// Effects: prints what is beside a program.
Health print_program(const fs::path& folder, const std::vector<Executable>& programs,
                     const std::optional<std::string>& used) {
  const ProgramFiles files = {look_at(folder / "refwave.drv", {}), look_at(folder / "winmm.dll", {})};
  const Diagnosis diagnosis = diagnose(files, programs);
  std::fputs(status_text(cli::visible(cli::path_text(folder)), files, diagnosis, used).c_str(), stdout);
  return diagnosis.health;
}

/// Effects: prints the recorded folders, and forgets those without refwave.
void print_programs() {
  for (const auto& [folder, used] : recorded_programs()) {
    const ProgramFiles files = {look_at(folder / "refwave.drv", {}), look_at(folder / "winmm.dll", {})};
    if (diagnose(files, {}).health == Health::not_installed)
      forget_program(folder);
    else
      print_program(folder, {}, used);
  }
}

int print_status(const Options& options) {
  Health health = Health::installed;
  if (options.for_program) {
    const fs::path folder = program_folder(options);
    const std::vector<Executable> programs = programs_meant(options, folder);
    std::optional<std::string> last;
    for (const auto& [recorded, used] : recorded_programs())
      if (std::error_code error; fs::equivalent(recorded, folder, error)) last = used;
    health = print_program(folder, programs, last);
    for (const Executable& program : programs)
      say(prospect_of(folder / cli::to_path(program.name), is_winmm_known()).text);
  } else {
    const Snapshot snapshot = look_at_this_machine(cli::command_folder());
    std::fputs(status_text(snapshot).c_str(), stdout);
    for (const std::string& name : other_drivers()) {
      const Snapshot other = look_at_this_machine(cli::command_folder(), {name, {}});
      std::printf("\n%s: installed by refwave\n%s", name.c_str(), status_text(other).c_str());
    }
    print_programs();
    health = diagnose(snapshot).health;
  }
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
    command.flag("--force", options->force,
                 options->command == "install"
                     ? "Replace another driver's entry or file, which uninstall restores; install it for a "
                       "program that would not use it"
                     : "Replace another driver's entry or file; uninstall restores it");
  const cli::Argument driver =
      command
          .option("--driver", options->driver,
                  options->command == "install" ? "Install another wave driver in refwave's way: its .drv"
                                                : "Another wave driver that `install --driver` installed")
          .file();
  if (options->command == "install")
    command.option("--driver32", options->driver32, "The same driver for 32-bit programs")
        .file()
        .needs("--driver");
  std::optional<cli::Argument> program;
  if (options->command != "repair")
    program = command
                  .option("--program", options->program,
                          "For one program alone, without the registry: the folder of its .exe, or the .exe")
                  .folder()
                  .excludes({driver});
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
  const auto options = std::make_shared<install::Options>();
  const Subcommand status =
      line.add("status", "List Windows' wave drivers, and where refwave is installed, also for one program");
  const Argument program =
      status
          .option("--program", options->program, "For one program alone: the folder of its .exe, or the .exe")
          .folder();
  status.runs([options, program] {
    options->for_program = program.is_given();
    return install::print_status(*options);
  });
}

}  // namespace refwave::cli
