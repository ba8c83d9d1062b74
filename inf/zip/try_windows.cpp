// trial.exe: `trial try [/y | /stay]`, which try.cmd runs, tries refwave on this Windows and writes what it
// finds into refwave-report.txt. Without a word it is the client that the trial runs, and `trial queues`
// measures.
//
// What must survive a run that was interrupted lies in a folder, in which the next run finds it and restores:
//   installs  exists while refwave is to be removed
//   stays     exists while it is to survive a restart: the report's name
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "hal/system/files.h"
#include "hal/system/wide_text.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/machine.h"
#include "inf/zip/report.h"
#include "inf/zip/trial.h"

namespace refwave::trial {
namespace {

namespace fs = std::filesystem;

// This key is gone after a restart, but not after "Shut down", which hibernates Windows' kernel.
constexpr const wchar_t* kUntilRestart = L"SOFTWARE\\refwave-try";

enum class Answers { from_user, no, stay };

void write(const fs::path& file, const std::string& text) {
  if (const hal::File out = hal::open_file(cli::path_text(file), "wb")) std::fputs(text.c_str(), out.get());
}

fs::path folder_in(const wchar_t* variable) {
  return fs::path(hal::environment_variable(variable).value_or(L"")) / "refwave-try";
}

void wait_for_enter() {
  std::printf("Press Enter.");
  while (std::getchar() != '\n' && !std::feof(stdin)) {
  }
}

bool user_says_yes(const char* question) {
  std::printf("%s (y/N) ", question);
  const int first = std::getchar();
  for (int next = first; next != '\n' && next != EOF;) next = std::getchar();
  return first == 'y' || first == 'Y';
}

class Trial {
 public:
  Trial(Answers answers, bool is_administrator)
      : answers_(answers),
        is_administrator_(is_administrator),
        here_(cli::command_folder().parent_path()),
        place_(folder_in(is_administrator ? L"ProgramFiles" : L"TEMP")),
        report_(here_, place_) {
    wchar_t folder[MAX_PATH];
    if (sizeof(void*) == 4)
      halves_ = {"x86"};
    else if (GetSystemWow64DirectoryW(folder, MAX_PATH) != 0 && fs::exists(fs::path(folder) / "winmm.dll"))
      halves_ = {"x64", "x86"};
  }

  /// Returns: the exit status, 0 if all went well.
  int run();

 private:
  int refwave(const std::string& half, const std::string& named, IfWrong if_wrong, const Words& words) {
    return report_.start(named, if_wrong, here_ / half / "refwave.exe", words);
  }
  /// Returns: whether nothing of refwave's installation is there.
  bool is_gone(const std::string& named, IfWrong if_wrong) {
    constexpr int kNotInstalled = 3;
    return report_.start(named, if_wrong, here_ / main_ / "refwave.exe", {"status"}, kNotInstalled) ==
           kNotInstalled;
  }
  fs::path client(const std::string& half) const {
    return here_ / "trial" / (half == "x64" ? "trial64.exe" : "trial32.exe");
  }
  void look_at_computer();
  void check_and_measure();
  bool install();
  void meet();
  void uninstall();
  void try_for_all();
  void try_for_one();
  void compare();
  void restore();
  bool stay();
  int look_after_restart();
  int sum_up();

  Answers answers_;
  bool is_administrator_;
  bool installed_ = false;
  fs::path here_;   // the zip's folder
  fs::path place_;  // of what must survive
  Words halves_ = {"x64"};
  std::string main_ = sizeof(void*) == 8 ? "x64" : "x86";
  Picture before_;
  Report report_;
};

void Trial::look_at_computer() {
  std::printf("\n1 of 5: this computer\n");
  report_.title("This computer");
  const auto value = [](const wchar_t* name) {
    wchar_t text[128] = L"";
    DWORD bytes = sizeof text;
    RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", name, RRF_RT_REG_SZ,
                 nullptr, text, &bytes);
    return hal::to_utf8(std::wstring_view(text)) + " ";
  };
  using Ask = const char* (*)();
  const auto wine = reinterpret_cast<Ask>(
      reinterpret_cast<void*>(GetProcAddress(GetModuleHandleW(L"ntdll"), "wine_get_version")));
  SYSTEM_INFO info = {};
  GetNativeSystemInfo(&info);
  const std::string computer = value(L"ProductName") + value(L"DisplayVersion") + "build " +
                               value(L"CurrentBuild") + (wine != nullptr ? wine() : "no") + " Wine; " +
                               std::to_string(info.dwNumberOfProcessors) + " processors; " +
                               (is_administrator_ ? "an administrator" : "no administrator");
  report_.add("  " + computer + "\n");
  report_.summary += computer + "\n";
  for (const std::string& half : halves_) {
    refwave(half, "refwave starts, " + half, IfWrong::failure, {"--version"});
    report_.keep_lines("refwave ");
  }
  refwave(main_, "doctor: all is right", IfWrong::finding, {"doctor"});
  refwave(main_, "devices", IfWrong::failure, {"devices"});
  report_.keep_lines("  *  ");
}

void Trial::check_and_measure() {
  std::printf("2 of 5: the rules that a wave driver must keep\n");
  for (const std::string& half : halves_) {
    refwave(half, "conform, " + half, IfWrong::failure, {"conform"});
    report_.keep_lines("rules:");
  }
  std::printf("3 of 5: how fast it is\n");
  for (const std::string& half : halves_) {
    refwave(half, "latency on the clocked device, " + half + ": p50, p90, p99, p99.9, max, count",
            IfWrong::failure, {"latency", "-d", "clocked", "--seconds", "5"});
    report_.keep_lines("refwave      ", "s  ");
  }
  refwave(main_, "latency on the default device, " + main_, IfWrong::failure, {"latency", "--seconds", "5"});
  report_.keep_lines("refwave      ", "s  ");
  refwave(main_, "loopback of the clocked device", IfWrong::failure,
          {"loopback", "-d", "clocked", "--option", "loop=true", "--seconds", "3"});
  refwave(main_, "loopback of the default device: it hears itself", IfWrong::finding,
          {"loopback", "--seconds", "3"});
}

bool Trial::install() {
  write(place_ / "installs", "from here on refwave is to be removed\n");
  return refwave(main_, "refwave install", IfWrong::failure, {"install"}) == 0;
}

void Trial::meet() {
  for (const std::string& half : halves_) {
    report_.start("Windows' own winmm has refwave, " + half, IfWrong::finding, client(half), {});
    report_.keep_lines("refwave: number");
  }
}

void Trial::uninstall() {
  refwave(main_, "refwave uninstall", IfWrong::failure, {"uninstall"});
  if (is_gone("uninstall has left nothing", IfWrong::failure)) fs::remove(place_ / "installs");
}

void Trial::try_for_all() {
  std::printf("4 of 5: for all programs\n");
  const int before = report_.failures;
  const bool was_gone = is_gone("before it refwave was not installed", IfWrong::finding);
  if (!is_administrator_ || !was_gone) {
    report_.row("no    ", was_gone ? "installed: no administrator"
                                   : "installed by this trial: a part of refwave was there, or status fails");
    if (is_administrator_) meet();
    return;
  }
  installed_ = install();
  meet();
  refwave(main_, "refwave status", IfWrong::failure, {"status"});
  uninstall();
  installed_ = installed_ && report_.failures == before;
}

void Trial::try_for_one() {
  std::printf("5 of 5: for one program\n");
  report_.start("Windows' own driver, from outside", IfWrong::finding, client(main_), {"queues"});
  report_.keep_lines("the default device: ");
  const bool is_asked =
      !install::is_wine() ||
      hal::environment_variable(L"WINEDLLOVERRIDES").value_or(L"").find(L"winmm") != std::wstring::npos;
  for (const std::string& half : halves_) {
    const fs::path folder = place_ / half;
    const fs::path program = folder / "trial.exe";
    fs::create_directories(folder);
    CopyFileW(client(half).c_str(), program.c_str(), FALSE);
    SetFileAttributesW(program.c_str(), FILE_ATTRIBUTE_NORMAL);
    const std::string named = cli::path_text(folder);
    refwave(half, "refwave install --program, " + half, IfWrong::failure, {"install", "--program", named});
    report_.start("the winmm.dll beside a program has refwave, " + half,
                  is_asked ? IfWrong::failure : IfWrong::finding, program, {});
    if (!is_asked) report_.detail("Wine was not asked to use it: WINEDLLOVERRIDES=winmm=n,b");
    report_.keep_lines("refwave: number");
    if (half == main_) {
      report_.start("refwave, from outside", IfWrong::finding, program, {"queues"});
      report_.keep_lines("the default device: ");
    }
    refwave(half, "refwave uninstall --program, " + half, IfWrong::failure,
            {"uninstall", "--program", named});
  }
}

/// Effects: reports what has changed in the system; a failure if it is refwave's. Windows itself changes
/// other lines.
void Trial::compare() {
  const Picture now = picture_of_system();
  Words changes;
  const auto add = [&](const char* which, const Picture& one, const Picture& other) {
    for (const std::string& line : one)
      if (!other.contains(line)) changes.push_back(which + line);
  };
  add("only before: ", before_, now);
  add("only after:  ", now, before_);
  const bool is_ours = std::ranges::any_of(changes, [](const std::string& change) {
    const std::string line = hal::lower(change);
    return std::ranges::any_of(Words{"drivers32", "refwave", "winmm"},
                               [&](const std::string& word) { return line.find(word) != line.npos; });
  });
  report_.title("registry and system folders as before");
  for (const std::string& change : changes) report_.add(change + "\n");
  if (is_ours) ++report_.failures;
  report_.row(changes.empty() ? "ok    "
              : is_ours       ? "FAILED"
                              : "no    ",
              "registry and system folders as before");
}

/// Effects: removes what an interrupted run, or one before a restart, has left.
void Trial::restore() {
  if (fs::exists(place_ / "installs")) uninstall();
  RegDeleteKeyW(HKEY_LOCAL_MACHINE, kUntilRestart);
  std::error_code error;
  if (!fs::exists(place_ / "installs")) fs::remove_all(place_, error);
}

/// Effects: installs once more, until the next start of this program. Returns: whether that was wanted.
bool Trial::stay() {
  if (answers_ == Answers::no || !installed_) return false;
  if (answers_ == Answers::from_user &&
      !user_says_yes("\nMay refwave stay installed until the next restart, to see whether Windows keeps it?"))
    return false;
  if (!install() || refwave(main_, "refwave status", IfWrong::failure, {"status"}) != 0) return false;
  HKEY key = nullptr;
  if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, kUntilRestart, 0, nullptr, REG_OPTION_VOLATILE, KEY_WRITE, nullptr,
                      &key, nullptr) == ERROR_SUCCESS)
    RegCloseKey(key);
  write(place_ / "stays", cli::path_text(report_.file()));
  report_.row("stays ", "refwave stays installed until try.cmd is started after a restart");
  return true;
}

int Trial::look_after_restart() {
  report_.open(cli::to_path(text_in(place_ / "stays")), "a");
  HKEY key = nullptr;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, kUntilRestart, 0, KEY_READ, &key) == ERROR_SUCCESS) {
    RegCloseKey(key);
    std::printf(
        "refwave is still installed, and Windows was not restarted (\"Shut down\" may only hibernate it).\n");
    if (answers_ == Answers::stay ||
        (answers_ == Answers::from_user && !user_says_yes("Remove refwave now, without a restart?"))) {
      std::printf("Choose \"Restart\", then start try.cmd again.\n");
      return kFails;
    }
    report_.row("no    ", "kept after a restart: Windows was not restarted");
  } else {
    report_.title("After the restart, " + cli::utc_now());
    const bool is_whole = refwave(main_, "refwave status", IfWrong::finding, {"status"}) == 0;
    report_.row(is_whole ? "kept  " : "LOST  ",
                is_whole ? "after the restart refwave's slots, device and files are there"
                         : "after the restart something is missing:");
    if (!is_whole) report_.keep_lines("refwave", " is ");
    meet();
  }
  fs::remove(place_ / "stays");
  restore();
  return sum_up();
}

int Trial::sum_up() {
  report_.title("Summary");
  if (fs::exists(place_) && !fs::exists(place_ / "stays")) {
    ++report_.failures;
    report_.row("FAILED", "something is left: start try.cmd once more, when no other program plays");
  }
  std::printf("\n%s", report_.summary.c_str());
  report_.add(report_.summary);
  report_.add(cli::formatted("\n%d failed. Ended ", report_.failures) + cli::utc_now() + "\n");
  std::printf("\n%d failed. The whole report is %s\nPlease read it, and attach it to an issue of refwave.\n",
              report_.failures, cli::path_text(report_.file()).c_str());
  if (fs::exists(place_ / "stays"))
    std::printf("refwave stays installed. Restart Windows, then start try.cmd again: it removes refwave.\n");
  return report_.failures == 0 ? kWorks : kFails;
}

int Trial::run() {
  if (fs::exists(place_ / "stays")) return look_after_restart();
  report_.open(here_ / "refwave-report.txt", "w");
  report_.add("refwave's trial, begun " + cli::utc_now() + ". The summary is at the end.\n");
  if (fs::exists(place_)) {
    std::printf("An earlier trial was interrupted. What it left is removed first.\n");
    report_.summary += "an earlier trial was interrupted\n";
    restore();
  }
  std::error_code error;
  fs::create_directories(place_, error);
  look_at_computer();
  check_and_measure();
  before_ = picture_of_system();
  try_for_all();
  try_for_one();
  compare();
  if (!stay() && !fs::exists(place_ / "installs")) fs::remove_all(place_, error);
  return sum_up();
}

constexpr const char* kIntroduction =
    "This tries refwave on your computer. It takes about three minutes.\n\n"
    "  - refwave tests itself and measures how fast it is, without being installed.\n"
    "  - It is installed for all programs. A small program plays and records. It is removed.\n"
    "  - It is put beside that small program alone, which plays and records again, beside\n"
    "    Windows' own driver.\n"
    "  - The registry and the system folders are compared with how they were before.\n\n"
    "You will hear a quiet tone now and then, and hiss for some seconds. Programs that start\n"
    "meanwhile may play through refwave. If you stop the trial, start it once more: it first\n"
    "removes what the stopped one has left.\n\n";

/// Returns: the exit status of the same trial with an administrator's rights; nothing if they were refused.
std::optional<int> try_elevated() {
  std::printf("Windows asks whether this may change your computer: that is for the installation.\n");
  try {
    if (const std::optional<int> status = install::run_elevated({"try", "/elevated"})) return status;
  } catch (const cli::Failure& failure) {
    std::printf("%s\n", failure.what());
  }
  std::printf("That was refused. The trial goes on without the installation; close this window to end it.\n");
  wait_for_enter();
  return std::nullopt;
}

int try_refwave(const Words& words) {
  Answers answers = Answers::from_user;
  bool is_elevated = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "/y") answers = Answers::no;
    if (words[i] == "/stay") answers = Answers::stay;
    if (words[i] == "/elevated") is_elevated = true;
    if (words[i] == "--console" && i + 1 < words.size()) {
      install::print_into_console_of(std::stoul(words[i + 1]));
      if (std::freopen("CONIN$", "r", stdin) == nullptr) answers = Answers::no;
    }
  }
  const bool asks = answers == Answers::from_user;
  const bool is_administrator = install::has_administrator_rights();
  if (!is_elevated) {
    std::printf("%s", kIntroduction);
    if (asks) wait_for_enter();
    if (asks && !is_administrator) {
      if (const std::optional<int> status = try_elevated()) return *status;
    }
  }
  // Its name is the same in all sessions. Windows frees it when a trial is killed.
  const HANDLE only = CreateMutexW(nullptr, FALSE, L"Global\\refwave-try");
  const DWORD owned = only == nullptr ? WAIT_FAILED : WaitForSingleObject(only, 0);
  int status = kFails;
  if (owned != WAIT_OBJECT_0 && owned != WAIT_ABANDONED)
    std::printf("Another trial of refwave is running. Wait until it has ended.\n");
  else
    status = Trial(answers, is_administrator).run();
  if (asks) wait_for_enter();
  return status;
}

}  // namespace
}  // namespace refwave::trial

int main(int count, char** words) {
  using namespace refwave;
  // What was printed is in the file if the driver crashes.
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  // No box that waits for a click; neither of the programs that this one starts.
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
  const trial::Words given = cli::command_line(count, words);
  if (given.empty()) return trial::meet_refwave();
  if (given[0] == "queues") return trial::measure_queues();
  // In a line that a program has wrapped, the report would not recognise the user's folders.
  SetEnvironmentVariableW(L"COLUMNS", L"1000");
  const cli::Console console;
  return trial::try_refwave(given);
}
