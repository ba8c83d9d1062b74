// refwave beside one program: bitness, files, earlier files; and the name of the program or its folder on a
// command line.
#include <gmock/gmock.h>

#include <fstream>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"
#include "inf/install/machine/command_line.h"
#include "inf/install/picture/prospect.h"
#include "tests/install/executable.h"
#include "tests/install/machine.h"
#include "tests/support/temporary_folder.h"

namespace refwave::test {
namespace {

using cli::Failure;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Executable k64Game = {"game.exe", Architecture::x64};

std::string bitness_failure(const std::vector<Executable>& programs, const std::string& named) {
  return failure_of([&] { bitness_of(programs, named, "game"); });
}

TEST(Program, Gets_the_bitness_of_its_executable) {
  const Executable old_game = {"old.exe", Architecture::x86};
  EXPECT_EQ(bitness_of({k64Game}, "", "game"), View::bits_64);
  EXPECT_EQ(bitness_of({old_game, {"setup.exe", Architecture::x86}}, "", "game"), View::bits_32);
  EXPECT_EQ(bitness_of({k64Game, old_game}, "old.exe", "game"), View::bits_32);
  EXPECT_EQ(bitness_of({k64Game, old_game}, "GAME.EXE", "game"), View::bits_64);
}

TEST(Program, Is_refused_where_its_bitness_is_not_clear) {
  const Executable old_game = {"old.exe", Architecture::x86};
  EXPECT_THAT(bitness_failure({}, ""), HasSubstr("no program"));
  EXPECT_THAT(bitness_failure({k64Game}, "absent.exe"), HasSubstr("absent.exe"));
  const std::string both = bitness_failure({k64Game, old_game}, "");
  EXPECT_THAT(both, HasSubstr("game.exe"));
  EXPECT_THAT(both, HasSubstr("old.exe"));
  EXPECT_THAT(bitness_failure({{"arm.exe", Architecture::arm64}}, ""), HasSubstr("arm.exe"));
}

TEST(Program, Has_both_files_beside_it_until_uninstall) {
  Machine machine;
  const Machine before = machine;
  machine.carry_out_noted(plan_program_install(machine.program(), Force::no));
  EXPECT_EQ(machine.files.size(), 2U);
  EXPECT_EQ(machine.slots, before.slots);
  EXPECT_THAT(plan_program_install(machine.program(), Force::no).changes, IsEmpty()) << "twice";
  machine.carry_out_noted(plan_program_uninstall(machine.program()));
  EXPECT_EQ(machine.state(), before.state());
  EXPECT_THAT(plan_program_uninstall(machine.program()).changes, IsEmpty()) << "twice";
}

TEST(Program, Keeps_its_own_winmm_unless_forced_and_then_gets_it_back) {
  Machine machine;
  machine.files["game/winmm.dll"] = "the game's";
  const Machine before = machine;
  EXPECT_THROW(plan_program_install(machine.program(), Force::no), Failure);
  machine.carry_out_noted(plan_program_install(machine.program(), Force::yes));
  EXPECT_EQ(machine.files["game/winmm.dll"], "refwave 1");
  EXPECT_EQ(machine.files[kept_name("game/winmm.dll")], "the game's");
  Machine updated = machine;
  machine.carry_out_noted(plan_program_uninstall(machine.program()));
  EXPECT_EQ(machine.state(), before.state());
  updated.files["game/winmm.dll"] = "the game's update";
  EXPECT_THROW(plan_program_install(updated.program(), Force::yes), Failure) << "one is kept already";
  updated.carry_out_noted(plan_program_uninstall(updated.program()));
  EXPECT_EQ(updated.files["game/winmm.dll"], "the game's update");
  EXPECT_EQ(updated.files[kept_name("game/winmm.dll")], "the game's");
  EXPECT_THAT(updated.said, HasSubstr("is kept"));
}

TEST(Program, Has_a_status_line_of_what_is_beside_it) {
  const auto file = [](const char* name, File::Content content, const char* bitness) {
    File made;
    made.path = name;
    made.content = content;
    made.version = "1.0";
    made.bitness = bitness;
    return made;
  };
  const auto winmm = file("winmm.dll", File::Content::ours, "64-bit");
  const auto driver = file("refwave.drv", File::Content::ours, "64-bit");
  const auto missing = file("refwave.drv", File::Content::absent, "");
  const auto expect = [](const ProgramFiles& files, const std::vector<Executable>& programs,
                         const std::string& used, Health health, const char* line) {
    const Diagnosis diagnosis = diagnose(files, programs);
    EXPECT_EQ(diagnosis.health, health) << line;
    EXPECT_THAT(status_text("game", files, diagnosis, used), HasSubstr(line));
  };
  const auto other = file("refwave.drv", File::Content::ours, "32-bit");
  expect({driver, winmm}, {k64Game}, "", Health::installed, "game: refwave 1.0, 64-bit, not used yet\n");
  expect({driver, winmm}, {}, "at noon", Health::installed, "game: refwave 1.0, 64-bit, last used at noon\n");
  expect({missing, missing}, {k64Game}, "", Health::not_installed, "game: refwave is not there\n");
  expect({missing, winmm}, {k64Game}, "", Health::needs_repair, "refwave.drv is missing");
  expect({other, winmm}, {}, "", Health::needs_repair, "refwave.drv is 32-bit");
  expect({driver, winmm}, {{"a.exe", Architecture::x86}}, "", Health::needs_repair, "no program there is");
}

class Program_files : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  TemporaryFolder folder_;
  const std::string x64_ = executable(kX64, "refwave");
  const std::string x86_ = executable(kX86, "refwave");
};

class Prospects : public Program_files {
 protected:
  struct Case {
    std::string program;
    std::vector<Dll> imports;
    bool is_used;
    std::string said;
    std::string text{};                               // somewhere in the program
    std::vector<std::pair<std::string, Dll>> dlls{};  // beside it, each with what it imports
  };

  Prospect look(const Case& one, std::uint16_t architecture, bool is_known_dll = false) {
    const std::string folder = one.program + (architecture == kX64 ? "64/" : "32/");
    for (const auto& [name, imported] : one.dlls)
      write(folder + name, executable(architecture, "", {imported}));
    const std::string bytes = executable(architecture, "a game", one.imports) + one.text;
    return prospect_of(write(folder + one.program, bytes), is_known_dll);
  }
};

std::string in_utf16(const std::string& text) {
  std::string wide;
  for (const char c : text) wide.append({c, '\0'});
  return wide;
}

TEST_F(Prospects, Follow_from_imports_and_text) {
  const Dll timer = {"WINMM.dll", {"timeGetTime", "#2"}};
  const Dll sdl = {"SDL2.dll", {"SDL_Init"}};
  const Dll wave = {"winmm", {"waveInOpen", "waveOutOpen"}};
  const std::vector<Case> cases = {
      {"out.exe", {{"KERNEL32.dll", {"Sleep"}}, {"WINMM.dll", {"waveOutOpen"}}}, true, "its waveOut will be"},
      {"in.exe", {{"WinMM.dll", {"waveInOpen"}, Dll::Linked::old_style}}, true, "its waveIn will be"},
      {"both.exe",
       {{"winmm.dll", {"waveOutOpen", "waveInOpen"}, Dll::Linked::delayed}},
       true,
       "waveOut and waveIn"},
      {"engine.exe", {sdl}, true, "through sdl2.DLL", "", {{"sdl2.DLL", wave}}},
      {"two_ways.exe", {wave, {"DSOUND.dll", {"#1"}}}, true, "it can also play through dsound.dll"},
      {"timer.exe", {timer}, false, "without its wave functions (#2, timeGetTime)"},
      {"finds.exe", {timer}, true, "probably", "waveOutOpen"},
      {"loads.exe", {}, true, "loads it by itself", in_utf16("WinMM.DLL")},
      {"plugin.exe", {}, true, "if it loads out.dll", "", {{"out.dll", wave}, {"a.dll", timer}}},
      {"mci.exe", {{"winmm.dll", {"mciSendStringA"}}}, true, "MCI"},
      {"number.exe", {{"winmm.dll", {"waveOutOpen", "#57"}}}, false, "by number (#57)"},
      {"other.exe", {{"XAudio2_9.dll", {"XAudio2Create"}}}, false, "another way (xaudio2_9.dll)"},
      {"wasapi.exe",
       {},
       false,
       "(WASAPI)",
       "\x95\x03\xDE\xBC\x2F\xE5\x7C\x46\x8E\x3D\xC4\x57\x92\x91\x69\x2E"},
      {"mute.exe", {}, false, "neither imports nor names winmm", "", {{"winmm.dll", wave}}},
  };
  for (const Case& one : cases) {
    for (const std::uint16_t architecture : {kX64, kX86}) {
      const Prospect prospect = look(one, architecture);
      EXPECT_THAT(prospect.text, testing::StartsWith(one.program + ": "));
      EXPECT_THAT(prospect.text, HasSubstr(one.said));
      EXPECT_EQ(prospect.is_used, one.is_used) << prospect.text;
      EXPECT_EQ(prospect.is_used, prospect.text.find("would not be used") == std::string::npos);
      EXPECT_FALSE(look(one, architecture, true).is_used) << "winmm is a known DLL";
    }
  }
  const Prospect old = look(
      {"vc6.exe", {{"winmm.dll", {"waveOutOpen", "#2"}, Dll::Linked::delayed_old_style}}, true, ""}, kX86);
  EXPECT_THAT(old.text, HasSubstr("its waveOut will be"));
  EXPECT_TRUE(is_of_a_package("C/Program Files/WindowsApps/game_1.0"));
  EXPECT_FALSE(is_of_a_package("C/Games/WindowsAppsFan"));
}

TEST_F(Prospects, Of_a_program_that_takes_its_DLLs_from_the_system_is_none) {
  ExecutableFile file(kX64, "", {{"winmm.dll", {"waveOutOpen"}}});
  const std::uint32_t settings = file.append(std::string(80, '\0'));
  file.set_directory(10, settings);
  file.put(settings, 4, 80);
  file.put(settings + 78, 2, 0x800);
  EXPECT_FALSE(prospect_of(write("a.exe", file.bytes()), false).is_used);
  file.put(settings + 78, 2, 0xA00);  // and from the program's folder
  EXPECT_TRUE(prospect_of(write("a.exe", file.bytes()), false).is_used);
}

TEST_F(Program_files, Are_found_around_the_command_by_bitness) {
  write("archive/x64/refwave.drv", x64_);
  write("archive/x86/refwave.drv", x86_);
  const auto x64 = folder_ / "archive/x64";
  EXPECT_EQ(find_source(x64, "refwave.drv", View::bits_64), x64 / "refwave.drv");
  EXPECT_EQ(find_source(x64, "refwave.drv", View::bits_32), folder_ / "archive/x86/refwave.drv");
  EXPECT_EQ(find_source(folder_.path(), "refwave.drv", View::bits_32), "");
  write("refwave32.drv", x86_);
  EXPECT_EQ(find_source(folder_.path(), "refwave.drv", View::bits_32), folder_ / "refwave32.drv");
  write("archive/x86/refwave.drv", x64_);
  EXPECT_EQ(find_source(x64, "refwave.drv", View::bits_32), "") << "of the wrong bitness";
}

TEST_F(Program_files, Of_another_product_are_never_put_anywhere) {
  const std::string other = executable(kX86, "another");
  write("archive/x64/refwave.drv", x64_);
  const auto foreign = write("archive/x86/refwave.drv", other);
  const auto source = [&] { return find_source(folder_ / "archive/x64", "refwave.drv", View::bits_32); };
  const auto plan = [&] {
    Plan made;
    place(look_at(folder_ / "game/refwave.drv", source()), Force::yes, made);
    return made;
  };
  // Only the name, because Windows has two separators.
  EXPECT_THAT(failure_of(plan), HasSubstr("refwave.drv: not refwave's; unpack refwave's archive again"));
  write("game/refwave.drv", x86_);
  EXPECT_NE(failure_of(plan), "") << "refwave's own is there already";
  write("game/refwave.drv", other);
  EXPECT_NE(failure_of(plan), "") << "it is there already";
  write("archive/x64/refwave32.drv", x86_);
  EXPECT_EQ(source(), folder_ / "archive/x64/refwave32.drv") << "refwave's comes first";
  write("archive/x64/refwave32.drv", other);
  write("archive/x86/refwave.drv", x86_);
  EXPECT_EQ(source(), foreign) << "refwave's comes first";
  EXPECT_THAT(plan().changes, testing::Not(IsEmpty()));
}

TEST_F(Program_files, Are_seen_as_they_lie_there) {
  const auto source = write("source", x64_);
  const auto path = folder_ / "game/winmm.dll";
  EXPECT_EQ(look_at(path, source).content, File::Content::absent);
  write("game/winmm.dll", x64_);
  EXPECT_EQ(look_at(path, source).content, File::Content::ours);
  EXPECT_TRUE(look_at(path, source).is_source);
  write("game/winmm.dll", x86_);
  EXPECT_FALSE(look_at(path, source).is_source);
  write("game/winmm.dll", executable(kX64, "A wrapper"));
  EXPECT_EQ(look_at(path, source).content, File::Content::foreign);
  Plan plan;
  EXPECT_THAT(failure_of([&] { place(look_at(path, source), Force::no, plan); }),
              HasSubstr("not refwave's but A wrapper"));
  write("game/winmm.dll", "a text");
  EXPECT_EQ(look_at(path, source).content, File::Content::foreign);
  EXPECT_FALSE(look_at(path, source).kept);
  write(kept_name("game/winmm.dll"), "kept");
  write(former_name("game/winmm.dll") + "2", "old");
  EXPECT_TRUE(look_at(path, source).kept);
  EXPECT_THAT(look_at(path, source).leftovers,
              testing::ElementsAre(former_name(look_at(path, source).path) + "2"));
}

TEST_F(Program_files, Of_programs_are_those_with_exe_that_are_not_refwaves) {
  write("b.exe", executable(kX86, "game"));
  write("A.EXE", executable(kX64, ""));
  write("refwave.exe", x64_);
  write("readme.txt", "text");
  write("broken.exe", "text");
  const auto found = executables_in(folder_.path());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "A.EXE");
  EXPECT_EQ(found[1].architecture, Architecture::x86);
}

TEST(Windows_name, Is_mended_or_refused_where_a_backslash_has_swallowed_its_quote) {
  const std::pair<const char*, const char*> mended[] = {{"C:\\A game\\", "C:\\A game\\"},
                                                        {"game.exe", "game.exe"},
                                                        {".", "."},
                                                        {"C:\\A game\"  ", "C:\\A game"}};
  for (const auto& [typed, meant] : mended) {
    std::string name = typed;
    EXPECT_THAT(cli::correct_windows_name(name), IsEmpty()) << typed;
    EXPECT_EQ(name, meant);
  }
  // The line `--program "C:\A game\" --dry-run`.
  const std::pair<std::string, const char*> refused[] = {
      {"", "empty"}, {" ", "empty"}, {"\"", "empty"}, {"C:\\A game\" --dry-run", "write \"C:\\A game\""}};
  for (auto [name, fault] : refused) EXPECT_THAT(cli::correct_windows_name(name), HasSubstr(fault));
}

TEST(Final_path, Names_the_server_or_the_disk_or_stays) {
  EXPECT_EQ(install::without_prefix(L"\\\\?\\UNC\\server\\games\\A game"), L"\\\\server\\games\\A game");
  EXPECT_EQ(install::without_prefix(L"\\\\?\\C:\\A game"), L"C:\\A game");
  for (const wchar_t* name : {L"\\\\?\\Volume{1}\\A game", L"C:\\A game", L"\\\\?\\", L""})
    EXPECT_EQ(install::without_prefix(name), name);
}

}  // namespace
}  // namespace refwave::test
