// The Windows that a test runs on, which is a Wine of its own: the registry read and written by its own
// functions, refwave.exe run from an archive of its own. Tests that use this change the system and refuse to
// run elsewhere.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <optional>
#include <string>

namespace refwave::test {

struct Outcome {
  int status;
  std::string text;  // standard output and error
};

enum class Bitness { k64, k32 };

/// Of this program, and of the refwave.exe that it starts.
inline constexpr Bitness kOwn = sizeof(void*) == 8 ? Bitness::k64 : Bitness::k32;
inline constexpr Bitness kOther = sizeof(void*) == 8 ? Bitness::k32 : Bitness::k64;

class On_windows : public testing::Test {
 protected:
  /// Effects: takes away what an earlier test left, and unpacks an archive: the folder of its own bitness
  /// with refwave.exe, refwave.drv, winmm.dll and sndfile.dll, the other with files that pass for refwave.drv
  /// and winmm.dll.
  void SetUp() override;
  void TearDown() override;

  /// `arguments`: UTF-8.
  Outcome refwave(const std::string& arguments) const;

  static std::optional<std::string> slot(Bitness bitness, int number);
  /// Effects: writes the slot; with nothing clears it.
  static void set_slot(Bitness bitness, int number, const std::optional<std::string>& text);
  /// Returns: all slots of both views, and every file called refwave.drv… in their folders.
  static std::string state();
  static bool has_own_key();
  /// Returns: the archive's folder of that bitness, "x64" or "x86".
  static std::filesystem::path part(Bitness bitness) { return bitness == Bitness::k64 ? "x64" : "x86"; }

  static std::filesystem::path system_folder(Bitness bitness);
  static std::filesystem::path driver(Bitness bitness) { return system_folder(bitness) / "refwave.drv"; }
  static std::string contents(const std::filesystem::path& path);
  /// Returns: whether `path` is a file with the same bytes as the one of that name in the archive.
  bool is_from_archive(const std::filesystem::path& path, const std::string& name) const;
  static void write(const std::filesystem::path& path, const std::string& bytes);

  std::filesystem::path folder_;   // of the test's own
  std::filesystem::path archive_;  // in it

 private:
  void* redirection_ = nullptr;  // of the system folder, which a 32-bit process is shown under another name
};

}  // namespace refwave::test
