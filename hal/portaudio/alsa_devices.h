// ALSA's own devices: the sound cards, and the names that its configuration has. PortAudio would open each of
// them for its list, and would lack those that another program uses. Here a sound card is opened only if it
// is asked for. Each system has its own source file, which CMake chooses. Thread: PortAudio's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hal/device.h"

namespace refwave::hal {

inline constexpr std::string_view kAlsaPrefix = "ALSA/";

/// A device of a sound card.
struct AlsaCard {
  std::string name;       // "ALSA/HDA Intel PCH: ALC257 Analog (hw:CARD=PCH,DEV=0)"
  std::string pcm;        // ALSA's name: "hw:CARD=PCH,DEV=0"
  std::string used_by{};  // "aplay (process 431)"; empty while another stream finds room
  int card = 0;           // its number, which may change at the next boot
  int device = 0;
};

/// Returns: the sound cards' devices of that direction. No device is opened.
std::vector<AlsaCard> alsa_cards(Direction direction);

/// Where playing to a name of ALSA's configuration, or recording from it, leads. Its `null` takes or gives
/// any number of frames at once, directly or through plugins as `file`.
enum class AlsaLeads : std::uint8_t { nowhere, to_card, to_null, elsewhere };

/// A name in ALSA's configuration that needs no argument, or "default".
struct AlsaName {
  std::string pcm;
  AlsaLeads leads;
};

/// Returns: these names, "default" first: those of /etc/asound.conf and ~/.asoundrc, and those of plugins.
/// Names that lead to an absent sound card are left out. Only ask_alsa() knows whether the others work.
std::vector<AlsaName> alsa_names(Direction direction);

/// Returns: the device that ALSA knows by `name`, with or without "ALSA/" before it, by its full name. For a
/// sound card ("hw:0,0", "hw:PCH") this is the name in alsa_cards(), for every other name that ALSA takes
/// ("plughw:PCH", "default:CARD=PCH") the name itself. Empty if ALSA has no such name or card.
std::string alsa_device(Direction direction, const std::string& name);

/// Returns: why ALSA has no default device; empty if its configuration names one.
std::string alsa_problem();

/// Returns: false if the name leads to `null`.
bool alsa_has_clock(const std::string& pcm, Direction direction);

/// Returns: ALSA's name of a device of that full name; empty if it is not ALSA's.
std::string alsa_pcm(const std::string& full_name);

/// A device's answer to an open.
struct AlsaAnswer {
  int error = 0;  // as errno; 0: it was opened, and closed again
  std::uint16_t min_channels = 0;
  std::uint16_t max_channels = 0;
  std::uint32_t default_rate = 0;
  double lowest_latency_s = 0;
  std::uint8_t rates = 0;  // as DeviceInfo::rates
  bool takes_rate = false;
};

/// Whether a device that is busy is asked again for a fifth of a second, because a device that was just
/// closed may be busy for a moment (dmix).
enum class OnBusy : std::uint8_t { fail, wait };

/// Effects: opens the device, and closes it. Returns: what it takes, and whether it takes that rate.
AlsaAnswer ask_alsa(const std::string& pcm, Direction direction, std::uint32_t rate, OnBusy on_busy);

/// Returns: why a device does not open, without its name: "No such device", or which program has it open.
std::string alsa_reason(const std::string& pcm, Direction direction, int error);
/// Returns: the program that has a busy device open, if the kernel reports it.
std::string alsa_user(const std::string& pcm, Direction direction);

}  // namespace refwave::hal
