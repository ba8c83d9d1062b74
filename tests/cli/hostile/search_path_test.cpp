// Where libraries, drivers and settings are looked for: never in the folder in which a program happens to be.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/cli/child_process.h"
#include "tests/cli/sound_files.h"

namespace refwave::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Search_path : public WithFolder {
 protected:
  /// Returns: what `refwave devices` prints in a folder in which a stranger's library has that name.
  Outcome devices_beside(const std::string& name, const std::string& before = "") {
    std::filesystem::copy_file(REFWAVE_PLANTED, path(name),
                               std::filesystem::copy_options::overwrite_existing);
    Outcome outcome = run_bash("cd '" + folder_.string() + "' && " + before + " refwave devices --names");
    std::filesystem::remove(path(name));
    return outcome;
  }
};

TEST_F(Search_path, Of_libraries_is_not_the_current_folder) {
  for (const char* name :
       {"libwinmm.so", "libsndfile.so.1", "libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libhwy.so.1",
        "libjack.so.0", "libpulse.so.0", "libpipewire-0.3.so.0", "libasound.so.2", "refwave.drv"}) {
    const Outcome outcome = devices_beside(name);
    EXPECT_EQ(outcome.status, 0) << name << ": " << outcome.err;
    EXPECT_THAT(outcome.err, Not(HasSubstr("planted"))) << name;
  }
  EXPECT_THAT(devices_beside("libsndfile.so.1", "LD_LIBRARY_PATH=.").err, HasSubstr("planted"))
      << "it tells if it is loaded";
}

TEST_F(Search_path, Of_settings_and_drivers_is_not_the_current_folder) {
  std::ofstream(path("refwave.toml")) << "this is not TOML";
  std::ofstream(path("system.ini")) << "[drivers32]\nwave=" << REFWAVE_PLANTED << "\n";
  const Outcome outcome =
      run_bash("cd '" + folder_.string() +
               "' && unset REFWAVE_CONFIG && HOME=/nowhere XDG_CONFIG_HOME= refwave devices");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, Not(HasSubstr("TOML")));
  EXPECT_THAT(outcome.err, Not(HasSubstr("planted")));
}

}  // namespace
}  // namespace refwave::test
