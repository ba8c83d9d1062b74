#include "tests/support/private_jack.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr int kNames = 4;  // tests that may run at a time; JACK knows eight servers, dead ones included

/// Returns: a name that no other test uses as long as `lock` is open. A server that died under it is
/// replaced.
std::string free_name(int& lock) {
  std::string name;
  eventually([&] {
    for (int i = 0; i < kNames && name.empty(); ++i) {
      const std::string candidate = "refwave-" + std::to_string(i);
      lock = open((fs::temp_directory_path() / (candidate + ".lock")).c_str(), O_RDWR | O_CREAT | O_CLOEXEC,
                  0600);
      if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
        name = candidate;
      } else {
        close(lock);
      }
    }
    return !name.empty();
  });
  return name;
}

}  // namespace

PrivateJack::PrivateJack() : name_(free_name(lock_)) {
  std::ofstream(folder_ / "asound.conf") << "pcm.!default { type hw card 99 }\n";
  start_server();
}

void PrivateJack::start_server() {
  if (start()) return;
  std::ostringstream text;
  text << "no jackd (is it installed?): " << std::ifstream(folder_ / "server.log").rdbuf();
  throw std::runtime_error(text.str());
}

PrivateJack::~PrivateJack() {
  if (!server_.running()) start();
  server_.end(SIGTERM);
  close(lock_);
}

bool PrivateJack::start() {
  const Environment environment = {{"JACK_DEFAULT_SERVER", name_}, {"JACK_NO_AUDIO_RESERVATION", "1"}};
  server_ =
      ChildProcess({"jackd", "--no-realtime", "--name", name_, "-d", "dummy", "-r", "48000", "-p", "128"},
                   environment, folder_ / "server.log");
  const bool answers = eventually([&] {
    ChildProcess asker({"jack_lsp", "-s", name_}, environment, folder_ / "jack_lsp.log");
    return asker.end(0) == 0 || !server_.running();
  });
  return answers && server_.running();
}

void PrivateJack::export_environment() const {
  setenv("JACK_DEFAULT_SERVER", name_.c_str(), 1);
  setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
  setenv("ALSA_CONFIG_PATH", (folder_ / "asound.conf").c_str(), 1);
}

}  // namespace refwave::test
