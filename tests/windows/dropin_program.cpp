#include "tests/windows/dropin_program.h"

#include <gtest/gtest.h>

#include <fstream>

namespace refwave::test {
namespace {

/// Before any test: refwave's settings beside the program, which are read when its driver is loaded, unless
/// the test's environment names some.
class Settings : public testing::Environment {
  void SetUp() override {
    if (GetEnvironmentVariableW(L"REFWAVE_CONFIG", nullptr, 0) != 0) return;
    std::ofstream(program_folder() / "refwave.toml")
        << "output = ['clocked']\ninput = ['clocked']\nclock = 20\n";
  }
};

const testing::Environment* const settings = testing::AddGlobalTestEnvironment(new Settings);

}  // namespace

std::filesystem::path program_folder() {
  wchar_t path[MAX_PATH];
  const DWORD length = GetModuleFileNameW(nullptr, path, MAX_PATH);
  return std::filesystem::path(path, path + length).parent_path();
}

HMODULE imported_winmm() { return GetModuleHandleW((program_folder() / "winmm.dll").c_str()); }

HMODULE system_winmm() {
  wchar_t folder[MAX_PATH];
  GetSystemDirectoryW(folder, MAX_PATH);
  static const HMODULE module = LoadLibraryW((std::filesystem::path(folder) / "winmm.dll").c_str());
  return module;
}

Block::Block(std::size_t frames) : memory(frames * kFormat.nBlockAlign) {
  header.lpData = memory.data();
  header.dwBufferLength = static_cast<DWORD>(memory.size());
}

}  // namespace refwave::test
