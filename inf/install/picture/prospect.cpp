#include "inf/install/picture/prospect.h"

#include <algorithm>
#include <set>

#include "inf/cli/console/text.h"
#include "inf/install/picture/look.h"

namespace refwave::install {
namespace {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

std::string list_of(const Names& names) {
  constexpr std::size_t kMost = 3;
  std::string text;
  std::size_t count = 0;
  for (const std::string& name : names) {
    if (count++ == kMost) return text + " …";
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

bool is_wave(const std::string& function) {
  return function.starts_with("waveOut") || function.starts_with("waveIn");
}

/// The program, or the program with the DLLs beside it that it imports.
struct Whole {
  Names functions;  // of winmm
  Names wave_dlls;  // the files that import wave functions
  Names others;     // other ways to play
  bool names_winmm = false;
  bool names_wave = false;

  void add(const std::string& file, const Imports& imports) {
    functions.insert(imports.winmm.begin(), imports.winmm.end());
    if (std::ranges::any_of(imports.winmm, is_wave)) wave_dlls.insert(file);
    for (const std::string& dll : imports.dlls)
      for (const char* other : {"dsound.", "xaudio", "mmdevapi.", "audioses.", "openal", "mfplat."})
        if (dll.starts_with(other)) others.insert(dll);
    if (imports.has_wasapi) others.insert("WASAPI");
    names_winmm |= imports.names_winmm;
    names_wave |= imports.names_wave;
  }
  bool imports_any(const char* beginning) const {
    return std::ranges::any_of(functions, [&](const auto& name) { return name.starts_with(beginning); });
  }
};

/// Returns: the functions that the program imports by a number that is not the same in every winmm.
Names numbers(const Names& functions) {
  Names found;
  for (const std::string& function : functions)
    if (function.starts_with("#") && function != "#2") found.insert(function);
  return found;
}

Prospect prospect(const std::string& program, const Whole& whole, const Names& other_wave_dlls) {
  const auto used = [](std::string text) { return Prospect{true, std::move(text)}; };
  const auto unused = [](const std::string& text) {
    return Prospect{false, text + "; refwave would not be used"};
  };
  if (const Names by_number = numbers(whole.functions); !by_number.empty())
    return unused("imports functions of winmm by number (" + list_of(by_number) +
                  "), which are others in each release, and may not start with another winmm.dll");
  if (!whole.wave_dlls.empty()) {
    const bool plays = whole.imports_any("waveOut");
    const bool records = whole.imports_any("waveIn");
    const std::string what = plays && records ? "waveOut and waveIn" : plays ? "waveOut" : "waveIn";
    const bool by_itself = whole.wave_dlls.contains(program);
    return used("its " + what + " will be refwave's" +
                (by_itself ? "" : ", through " + list_of(whole.wave_dlls)) +
                (whole.others.empty() ? "" : "; it can also play through " + list_of(whole.others)));
  }
  if (whole.names_wave || (whole.functions.empty() && whole.names_winmm))
    return used("names winmm in its text: it loads it by itself, and will probably use refwave");
  if (whole.imports_any("mciSend")) return used("wave files that it plays through MCI will be refwave's");
  if (!other_wave_dlls.empty())
    return used("will probably use refwave, if it loads " + list_of(other_wave_dlls));
  if (!whole.functions.empty())
    return unused("uses winmm without its wave functions (" + list_of(whole.functions) + ")");
  if (!whole.others.empty()) return unused("plays in another way (" + list_of(whole.others) + ")");
  return unused("neither imports nor names winmm");
}

}  // namespace

Prospect prospect_of(const fs::path& program, bool is_known_dll) {
  const std::string name = cli::path_text(program.filename());
  const Imports own = read_imports(program).value_or(Imports());
  Whole whole;
  whole.add(name, own);
  Names others;
  for (const fs::path& path : files_in(program.parent_path())) {
    const std::string file = cli::lower(cli::path_text(path.filename()));
    if (!file.ends_with(".dll") || file == "winmm.dll") continue;
    const std::optional<Imports> imports = read_imports(path);
    if (!imports) continue;
    if (std::ranges::find(own.dlls, file) != own.dlls.end())
      whole.add(cli::path_text(path.filename()), *imports);
    else if (imports->names_wave)
      others.insert(cli::path_text(path.filename()));
  }
  Prospect found = prospect(name, whole, others);
  if (own.searches_system_alone && found.is_used)
    found = {false, "takes its DLLs from the system folder alone; refwave would not be used"};
  if (is_known_dll)
    found = {
        false,
        "winmm is one of this Windows' KnownDLLs, so no program takes another; refwave would not be used"};
  found.text = name + ": " + found.text;
  return found;
}

bool is_of_a_package(const fs::path& folder) {
  return std::ranges::any_of(
      folder, [](const fs::path& part) { return cli::lower(cli::path_text(part)) == "windowsapps"; });
}

}  // namespace refwave::install
