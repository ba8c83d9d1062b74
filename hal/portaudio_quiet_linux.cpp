// ALSA and JACK, reached through what PortAudio's library has already loaded: hal itself links neither, and a
// PortAudio that was built without one of them works as well.
#include <dlfcn.h>

#include "hal/portaudio_quiet.h"

namespace refwave::hal {
namespace {

using AlsaErrorHandler = void (*)(const char* file, int line, const char* function, int error,
                                  const char* format, ...);
using JackMessageHandler = void (*)(const char* message);
struct AlsaConfig;

void ignore_alsa(const char*, int, const char*, int, const char*, ...) {}
void ignore_jack(const char*) {}

template <class Symbol>
Symbol* find(const char* name) {
  return reinterpret_cast<Symbol*>(dlsym(RTLD_DEFAULT, name));
}

void silence() {
  if (auto* set = find<int(AlsaErrorHandler)>("snd_lib_error_set_handler")) set(ignore_alsa);
  if (auto* set = find<void(JackMessageHandler)>("jack_set_error_function")) set(ignore_jack);
  if (auto* set = find<void(JackMessageHandler)>("jack_set_info_function")) set(ignore_jack);
}

/// PortAudio 19.6 asserts, and so ends the program, when ALSA's configuration names neither a "default" nor a
/// "dmix" device and every device that it does name can be opened; no device at all is the usual case.
std::string check_alsa() {
  auto* update = find<int()>("snd_config_update");
  auto* search = find<int(AlsaConfig*, const char*, AlsaConfig**)>("snd_config_search");
  auto* root = find<AlsaConfig*>("snd_config");
  if (update == nullptr || search == nullptr || root == nullptr) return {};
  AlsaConfig* found = nullptr;
  if (update() < 0 || *root == nullptr) return "ALSA's configuration cannot be read";
  if (search(*root, "pcm.default", &found) >= 0 || search(*root, "pcm.dmix", &found) >= 0) return {};
  return "ALSA's configuration has no pcm.default";
}

}  // namespace

std::string prepare_portaudio() {
  silence();
  return check_alsa();
}

}  // namespace refwave::hal
