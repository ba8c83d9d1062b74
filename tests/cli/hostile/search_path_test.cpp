// Libraries, drivers and settings are never searched in the current folder.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/cli/run_refwave.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Search_path : public WithFolder {
 protected:
  /// Returns: the output of `refwave devices` in a folder with a strange library of that name.
  Outcome devices_beside(const std::string& name, const std::string& before = "") {
    std::filesystem::copy_file(REFWAVE_PLANTED, path(name),
                               std::filesystem::copy_options::overwrite_existing);
    Outcome outcome =
        run_bash("cd '" + folder_.path().string() + "' && " + before + " refwave devices --names");
    std::filesystem::remove(path(name));
    return outcome;
  }
};

TEST_F(Search_path, Of_libraries_is_not_the_current_folder) {
  for (const char* name : {"libwinmm.so", "libsndfile.so.1", "libmpg123.so.0", "libstdc++.so.6",
                           "libgcc_s.so.1", "libm.so.6", "libhwy.so.1", "libjack.so.0", "libpulse.so.0",
                           "libpipewire-0.3.so.0", "libasound.so.2", "refwave.drv"}) {
    const Outcome outcome = devices_beside(name);
    EXPECT_EQ(outcome.status, 0) << name << ": " << outcome.err;
    EXPECT_THAT(outcome.err, Not(HasSubstr("planted"))) << name;
  }
  EXPECT_THAT(devices_beside("libsndfile.so.1", "LD_LIBRARY_PATH=.").err, HasSubstr("planted"))
      << "it tells if it is loaded";
}

TEST_F(Search_path, Of_settings_and_drivers_is_not_the_current_folder) {
  std::filesystem::create_directory(path("refwave"));
  for (const std::string folder : {"", "refwave/"}) {
    std::ofstream(path(folder + "refwave.toml")) << "this is not TOML";
    std::ofstream(path(folder + "system.ini")) << "[drivers32]\nwave=" << REFWAVE_PLANTED << "\n";
  }
  // doctor reads the settings and loads registered drivers. Without a driver to play on it is quick.
  const auto doctor_with = [this](const std::string& environment) {
    const Outcome outcome = run_bash("cd '" + folder_.path().string() +
                                     "' && unset REFWAVE_CONFIG REFWAVE_DRIVER REFWAVE_SYSTEM_INI && " +
                                     environment + " refwave doctor --driver /none.drv");
    return outcome.out + outcome.err;
  };
  const std::string beside = doctor_with("HOME=/nowhere XDG_CONFIG_HOME=");
  EXPECT_THAT(beside, HasSubstr("Configuration"));
  EXPECT_THAT(beside, Not(HasSubstr("TOML")));
  EXPECT_THAT(beside, Not(HasSubstr("planted")));
  const std::string in_place = doctor_with("XDG_CONFIG_HOME=\"$PWD\"");
  EXPECT_THAT(in_place, HasSubstr("TOML")) << "both files are found in the place for settings";
  EXPECT_THAT(in_place, HasSubstr("\nplanted\n"));
}

TEST_F(Search_path, In_a_small_address_space_too_many_blocks_are_an_error_of_one_line) {
  const std::string file = write_wav("a.wav", 4800);
  const Outcome outcome =
      run_bash("ulimit -v 600000; refwave play " + file + " -n 1024 -b 4194304 --device clocked");
  expect_error(outcome, 1, HasSubstr("no memory for 1024 blocks of 16.8 MB; choose fewer or smaller ones"));
}

}  // namespace
}  // namespace refwave::test
