#include "tests/support/private_jack.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/support/eventually.h"

namespace refwave::test {
namespace {

namespace fs = std::filesystem;

constexpr int kNames = 4;  // tests that may run at a time; JACK knows eight servers, dead ones included

/// Returns: a name that no other test uses while `lock` is open.
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

std::string last_line(const fs::path& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) last = line;
  return last;
}

/// Returns: whether the ear is a client of the server; refwave may be connected to it already.
bool is_up(const std::string& last_line) {
  return last_line == "ready" || last_line == "connected" || last_line == "alone";
}

}  // namespace

PrivateJack::PrivateJack(std::uint32_t rate, Cycle cycle, std::uint32_t period_frames,
                         std::vector<std::string> options)
    : PrivateServer(rate, "recorded.s32"),
      cycle_(cycle),
      period_frames_(period_frames),
      options_(std::move(options)),
      name_(free_name(lock_)) {
  std::ofstream(folder_ / "asound.conf") << "pcm.!default { type hw card 99 }\n";
  environment_ = {{"JACK_DEFAULT_SERVER", name_},
                  {"JACK_NO_AUDIO_RESERVATION", "1"},
                  {"ALSA_CONFIG_PATH", here() + "/asound.conf"}};
  PrivateJack::start_server();
}

void PrivateJack::start_server() {
  if (start()) return;
  throw std::runtime_error("no jackd (is it installed?): " + contents_of(folder_ / "server.log"));
}

PrivateJack::~PrivateJack() {
  if (!server_.running()) start();
  player_.end(SIGTERM);
  recorder_.end(SIGTERM);
  server_.end(SIGTERM);
  close(lock_);
}

void PrivateJack::kill_server() {
  server_.end(SIGKILL);
  // A clean end releases their entries in libjack's database, which all of a user's programs share.
  player_.end(SIGTERM);
  recorder_.end(SIGTERM);
}

bool PrivateJack::start() {
  fs::remove(recorded_path());
  heard_bytes_ = 0;
  fs::remove(folder_ / "ear.log");
  std::vector<std::string> arguments = {"jackd", "--no-realtime", "--name", name_};
  if (cycle_ == Cycle::waits_for_clients) arguments.insert(arguments.end(), {"--sync", "--timeout", "2000"});
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  arguments.insert(arguments.end(), {"-d", "dummy", "-r", std::to_string(rate_), "-p",
                                     std::to_string(period_frames_), "-C", "2"});
  server_ = ChildProcess(arguments, environment_, folder_ / "server.log");
  // A server that has just started refuses clients.
  const bool answers = eventually([&] {
    if (!recorder_.running())
      recorder_ = ChildProcess({REFWAVE_JACK_EAR, "record", recorded_path().string()}, environment_,
                               folder_ / "ear.log");
    return is_up(last_line(folder_ / "ear.log")) || !server_.running();
  });
  return answers && server_.running();
}

void PrivateJack::wait_for_ear() const {
  // What it said before may be of a client that has gone.
  const std::size_t said = contents_of(folder_ / "ear.log").size();
  recorder_.signal(SIGHUP);
  if (!eventually([&] {
        const std::string log = contents_of(folder_ / "ear.log");
        return log.find("connected\n", log.find("asked\n", said)) != std::string::npos;
      }))
    throw std::runtime_error("refwave has no ports that play");
}

void PrivateJack::freeze_ear() {
  recorder_.signal(SIGUSR1);
  if (!eventually([&] { return last_line(folder_ / "ear.log") == "stands"; }))
    throw std::runtime_error("the other client does not stand still");
}

void PrivateJack::play(const std::vector<std::int32_t>& samples) {
  std::ofstream(folder_ / "played.s32", std::ios::binary)
      .write(reinterpret_cast<const char*>(samples.data()),
             static_cast<std::streamsize>(samples.size() * sizeof(samples[0])));
  player_.end(SIGTERM);
  player_ = ChildProcess({REFWAVE_JACK_EAR, "play", (folder_ / "played.s32").string()}, environment_,
                         folder_ / "player.log");
}

}  // namespace refwave::test
