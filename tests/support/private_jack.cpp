#include "tests/support/private_jack.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

}  // namespace

PrivateJack::PrivateJack() : name_("refwave-" + std::to_string(getpid())) {
  folder_ = fs::temp_directory_path() / ("refwave-jack-" + std::to_string(getpid()));
  fs::create_directories(folder_);
  std::ofstream(folder_ / "asound.conf") << "pcm.!default { type hw card 99 }\n";
  const Environment environment = {{"JACK_DEFAULT_SERVER", name_}, {"JACK_NO_AUDIO_RESERVATION", "1"}};
  const fs::path log = folder_ / "server.log";
  server_ =
      ChildProcess({"jackd", "--no-realtime", "--name", name_, "-d", "dummy", "-r", "48000", "-p", "128"},
                   environment, log);
  const bool answers = eventually([&] {
    ChildProcess asker({"jack_lsp", "-s", name_}, environment, folder_ / "jack_lsp.log");
    return asker.end(0) == 0 || !server_.running();
  });
  if (!answers || !server_.running()) {
    std::ostringstream text;
    text << "no jackd (is it installed?): " << std::ifstream(log).rdbuf();
    throw std::runtime_error(text.str());
  }
}

PrivateJack::~PrivateJack() {
  server_.end(SIGTERM);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PrivateJack::export_environment() const {
  setenv("JACK_DEFAULT_SERVER", name_.c_str(), 1);
  setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
  setenv("ALSA_CONFIG_PATH", (folder_ / "asound.conf").c_str(), 1);
}

}  // namespace refwave::test
