// There is no ALSA on Windows.
#include "hal/portaudio/alsa_devices.h"

namespace refwave::hal {

std::vector<AlsaCard> alsa_cards(Direction) { return {}; }
std::vector<AlsaName> alsa_names(Direction) { return {}; }
std::string alsa_device(Direction, const std::string&) { return {}; }
std::string alsa_pcm(const std::string&) { return {}; }
AlsaAnswer ask_alsa(const std::string&, Direction, std::uint32_t, IfBusy) { return {}; }
std::string alsa_reason(const std::string&, Direction, int) { return {}; }
std::string alsa_user(const std::string&, Direction) { return {}; }

}  // namespace refwave::hal
