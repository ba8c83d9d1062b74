#include "hal/portaudio/server_devices.h"

#include <pa_linux_alsa.h>

#include <algorithm>

#include "hal/portaudio/server_lists.h"
#include "hal/system/environment_linux.h"

/// A function of PortAudio. It is weak, because only a patched PortAudio with JACK has it.
extern "C" [[gnu::weak]] int PaJack_RefwaveReconnect();

namespace refwave::hal {
namespace {

constexpr std::chrono::milliseconds kPatienceWithServers{300};

}  // namespace

std::vector<ServerDevice> server_devices(Direction direction) {
  const ServerDeadline deadline = std::chrono::steady_clock::now() + kPatienceWithServers;
  std::vector<ServerDevice> all = pulse_devices(direction, deadline);
  return all.empty() ? pipewire_devices(direction, deadline) : all;
}

void find_returned_jack() {
  if (PaJack_RefwaveReconnect != nullptr) PaJack_RefwaveReconnect();
}

int milliseconds_until(ServerDeadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return static_cast<int>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
}

bool exists_in(const char* folder_variable, const std::filesystem::path& file) {
  const std::filesystem::path folder = environment_variable(folder_variable);
  std::error_code ignored;
  return folder.is_absolute() && std::filesystem::exists(folder / file, ignored);
}

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == '"' || c == '\\' || c == '$' || static_cast<unsigned char>(c) < ' ';
  });
}

struct ServerPcm::HostInfo {
  std::string pcm;
  PaAlsaStreamInfo alsa{};
};

ServerPcm::ServerPcm(const std::string& pcm, PaStreamParameters& parameters) {
  if (pcm.empty()) return;
  info_ = std::make_unique<HostInfo>();
  info_->pcm = pcm;
  info_->alsa = {sizeof(PaAlsaStreamInfo), paALSA, 1, info_->pcm.c_str()};
  parameters.device = paUseHostApiSpecificDeviceSpecification;
  parameters.hostApiSpecificStreamInfo = &info_->alsa;
}

ServerPcm::~ServerPcm() = default;

}  // namespace refwave::hal
