// ALSA's devices, through libasound, which is loaded and not linked. PortAudio loads the same library.
#include "hal/portaudio/alsa_devices.h"

#include <alsa/asoundlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string_view>

#include "hal/portaudio/card_users_linux.h"
#include "hal/shared_library.h"
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

constexpr const char* kProc = "/proc";

struct Alsa {
  SharedLibrary library{"libasound.so.2"};
  decltype(&snd_card_get_index) card_get_index = library.find("snd_card_get_index");
  decltype(&snd_card_next) card_next = library.find("snd_card_next");
  decltype(&snd_ctl_open) ctl_open = library.find("snd_ctl_open");
  decltype(&snd_ctl_close) ctl_close = library.find("snd_ctl_close");
  decltype(&snd_ctl_card_info) ctl_card_info = library.find("snd_ctl_card_info");
  decltype(&snd_ctl_card_info_malloc) ctl_card_info_malloc = library.find("snd_ctl_card_info_malloc");
  decltype(&snd_ctl_card_info_free) ctl_card_info_free = library.find("snd_ctl_card_info_free");
  decltype(&snd_ctl_card_info_get_id) ctl_card_info_get_id = library.find("snd_ctl_card_info_get_id");
  decltype(&snd_ctl_card_info_get_name) ctl_card_info_get_name = library.find("snd_ctl_card_info_get_name");
  decltype(&snd_ctl_pcm_next_device) ctl_pcm_next_device = library.find("snd_ctl_pcm_next_device");
  decltype(&snd_ctl_pcm_info) ctl_pcm_info = library.find("snd_ctl_pcm_info");
  decltype(&snd_pcm_info_malloc) pcm_info_malloc = library.find("snd_pcm_info_malloc");
  decltype(&snd_pcm_info_free) pcm_info_free = library.find("snd_pcm_info_free");
  decltype(&snd_pcm_info_set_device) pcm_info_set_device = library.find("snd_pcm_info_set_device");
  decltype(&snd_pcm_info_set_subdevice) pcm_info_set_subdevice = library.find("snd_pcm_info_set_subdevice");
  decltype(&snd_pcm_info_set_stream) pcm_info_set_stream = library.find("snd_pcm_info_set_stream");
  decltype(&snd_pcm_info_get_name) pcm_info_get_name = library.find("snd_pcm_info_get_name");
  decltype(&snd_pcm_info_get_subdevices_avail) pcm_info_get_subdevices_avail =
      library.find("snd_pcm_info_get_subdevices_avail");
  decltype(&snd_config_update_ref) config_update_ref = library.find("snd_config_update_ref");
  decltype(&snd_config_update_free_global) config_forget = library.find("snd_config_update_free_global");
  decltype(&snd_config_unref) config_unref = library.find("snd_config_unref");
  decltype(&snd_config_search) config_search = library.find("snd_config_search");
  decltype(&snd_config_get_id) config_get_id = library.find("snd_config_get_id");
  decltype(&snd_config_get_string) config_get_string = library.find("snd_config_get_string");
  decltype(&snd_config_iterator_first) config_iterator_first = library.find("snd_config_iterator_first");
  decltype(&snd_config_iterator_next) config_iterator_next = library.find("snd_config_iterator_next");
  decltype(&snd_config_iterator_end) config_iterator_end = library.find("snd_config_iterator_end");
  decltype(&snd_config_iterator_entry) config_iterator_entry = library.find("snd_config_iterator_entry");
  decltype(&snd_config_search_definition) search_definition = library.find("snd_config_search_definition");
  decltype(&snd_config_delete) config_delete = library.find("snd_config_delete");
  decltype(&snd_config_get_type) config_get_type = library.find("snd_config_get_type");
  decltype(&snd_config_get_integer) config_get_integer = library.find("snd_config_get_integer");
  decltype(&snd_pcm_open) pcm_open = library.find("snd_pcm_open");
  decltype(&snd_pcm_close) pcm_close = library.find("snd_pcm_close");
  decltype(&snd_pcm_hw_params_malloc) params_malloc = library.find("snd_pcm_hw_params_malloc");
  decltype(&snd_pcm_hw_params_free) params_free = library.find("snd_pcm_hw_params_free");
  decltype(&snd_pcm_hw_params_any) params_any = library.find("snd_pcm_hw_params_any");
  decltype(&snd_pcm_hw_params_get_channels_min) get_channels_min =
      library.find("snd_pcm_hw_params_get_channels_min");
  decltype(&snd_pcm_hw_params_get_channels_max) get_channels_max =
      library.find("snd_pcm_hw_params_get_channels_max");
  decltype(&snd_pcm_hw_params_set_channels_near) set_channels_near =
      library.find("snd_pcm_hw_params_set_channels_near");
  decltype(&snd_pcm_hw_params_test_rate) test_rate = library.find("snd_pcm_hw_params_test_rate");
  decltype(&snd_pcm_hw_params_set_rate_resample) set_resample =
      library.find("snd_pcm_hw_params_set_rate_resample");
  decltype(&snd_pcm_hw_params_set_rate_near) set_rate_near = library.find("snd_pcm_hw_params_set_rate_near");
  decltype(&snd_pcm_hw_params_set_buffer_size_near) set_buffer_near =
      library.find("snd_pcm_hw_params_set_buffer_size_near");
  decltype(&snd_pcm_hw_params_set_period_size_near) set_period_near =
      library.find("snd_pcm_hw_params_set_period_size_near");
  decltype(&snd_strerror) strerror = library.find("snd_strerror");
};

template <class Type, class Free>
std::unique_ptr<Type, Free> owned(int (*make)(Type**), Free free) {
  Type* made = nullptr;
  if (make(&made) < 0) throw std::bad_alloc();
  return {made, free};
}

snd_pcm_stream_t stream_of(Direction direction) {
  return direction == Direction::output ? SND_PCM_STREAM_PLAYBACK : SND_PCM_STREAM_CAPTURE;
}

/// ALSA's name of a device and its arguments: "hw:PCH,0", "hw:CARD=PCH,DEV=0".
struct PcmName {
  std::string base;
  std::string card{};  // empty: none is given
  std::string device = "0";
  bool has_more = false;  // further arguments
};

PcmName parsed(std::string_view name) {
  const std::size_t colon = name.find(':');
  PcmName pcm{.base = std::string(name.substr(0, colon))};
  std::string_view rest = colon == name.npos ? "" : name.substr(colon + 1);
  for (int place = 0; !rest.empty(); ++place) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view argument = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (argument.starts_with("CARD=") || (place == 0 && argument.find('=') == argument.npos))
      pcm.card = argument.substr(argument.find('=') + 1);
    else if (argument.starts_with("DEV=") || (place == 1 && argument.find('=') == argument.npos))
      pcm.device = argument.substr(argument.find('=') + 1);
    else
      pcm.has_more = true;
  }
  return pcm;
}

/// ALSA's configuration, read again if one of its files has changed.
class AlsaConfiguration {
 public:
  explicit AlsaConfiguration(const Alsa& alsa) : alsa_(alsa) {
    if (alsa_.config_update_ref(&top_) < 0) top_ = nullptr;
  }
  ~AlsaConfiguration() {
    if (top_ != nullptr) alsa_.config_unref(top_);
  }
  AlsaConfiguration(const AlsaConfiguration&) = delete;
  AlsaConfiguration& operator=(const AlsaConfiguration&) = delete;

  bool is_read() const { return top_ != nullptr; }
  bool has(const std::string& name) const {
    snd_config_t* found = nullptr;
    return top_ != nullptr && alsa_.config_search(top_, ("pcm." + name).c_str(), &found) >= 0;
  }
  std::vector<std::string> names_without_arguments() const {
    std::vector<std::string> all;
    snd_config_t* devices = nullptr;
    if (top_ == nullptr || alsa_.config_search(top_, "pcm", &devices) < 0) return all;
    const snd_config_iterator_t end = alsa_.config_iterator_end(devices);
    for (auto at = alsa_.config_iterator_first(devices); at != end; at = alsa_.config_iterator_next(at)) {
      snd_config_t* const device = alsa_.config_iterator_entry(at);
      const char* name = nullptr;
      if (alsa_.config_get_id(device, &name) >= 0 && is_device(device) && std::string_view(name) != "null")
        all.emplace_back(name);
    }
    return all;
  }

  AlsaLeads leads(const std::string& name, Direction direction, int depth = 0) const {
    constexpr int kDeepest = 8;
    snd_config_t* found = nullptr;
    if (depth > kDeepest || top_ == nullptr) return AlsaLeads::elsewhere;
    const PcmName pcm = parsed(name);
    if (pcm.base == "hw" || pcm.base == "plughw" || pcm.base == "dmix" || pcm.base == "dsnoop")
      return has_card(pcm.card.empty() ? "0" : pcm.card) ? AlsaLeads::to_card : AlsaLeads::nowhere;
    if (alsa_.search_definition(top_, "pcm", name.c_str(), &found) < 0) return AlsaLeads::nowhere;
    const std::unique_ptr<snd_config_t, decltype(alsa_.config_delete)> definition(found, alsa_.config_delete);
    return leads(found, direction, depth);
  }

 private:
  bool has_card(const std::string& card) const { return alsa_.card_get_index(card.c_str()) >= 0; }
  std::string text_of(snd_config_t* value) const {
    const char* text = nullptr;
    long number = 0;
    if (alsa_.config_get_string(value, &text) >= 0) return text;
    return alsa_.config_get_integer(value, &number) >= 0 ? std::to_string(number) : "";
  }
  /// A definition names its type, and the device behind it by a name or a nested definition.
  AlsaLeads leads(snd_config_t* definition, Direction direction, int depth) const {
    if (alsa_.config_get_type(definition) == SND_CONFIG_TYPE_STRING)
      return leads(text_of(definition), direction, depth + 1);
    if (alsa_.config_get_type(definition) != SND_CONFIG_TYPE_COMPOUND) return AlsaLeads::elsewhere;
    snd_config_t* type = nullptr;
    snd_config_t* card = nullptr;
    const std::string kind = alsa_.config_search(definition, "type", &type) >= 0 ? text_of(type) : "";
    if (kind == "null") return AlsaLeads::to_null;
    if (kind == "hw")
      return alsa_.config_search(definition, "card", &card) < 0 || has_card(text_of(card))
                 ? AlsaLeads::to_card
                 : AlsaLeads::nowhere;
    for (const char* behind :
         {direction == Direction::output ? "playback.pcm" : "capture.pcm", "slave.pcm"}) {
      snd_config_t* next = nullptr;
      if (alsa_.config_search(definition, behind, &next) >= 0) return leads(next, direction, depth + 1);
    }
    return AlsaLeads::elsewhere;
  }
  bool is_device(snd_config_t* device) const {
    snd_config_t* found = nullptr;
    if (alsa_.config_search(device, "@args", &found) >= 0) return false;
    if (alsa_.config_search(device, "type", &found) >= 0) return true;
    // Another name. ALSA's own names for what a card's driver defines need the card as an argument.
    const char* other = nullptr;
    return alsa_.config_get_string(device, &other) >= 0 && !std::string_view(other).starts_with("cards.");
  }

  const Alsa& alsa_;
  snd_config_t* top_ = nullptr;
};

/// Returns: the name in the brackets at the end, ALSA's in a sound card's full name; else the whole name.
std::string_view without_title(std::string_view name) {
  const std::size_t bracket = name.rfind(" (hw:");
  if (!name.ends_with(')') || bracket == name.npos) return name;
  return name.substr(bracket + 2, name.size() - bracket - 3);
}

void add_devices(const Alsa& alsa, int number, Direction direction, std::vector<AlsaCard>& all) {
  snd_ctl_t* opened = nullptr;
  if (alsa.ctl_open(&opened, ("hw:" + std::to_string(number)).c_str(), 0) < 0) return;
  const std::unique_ptr<snd_ctl_t, decltype(alsa.ctl_close)> control(opened, alsa.ctl_close);
  const auto card = owned(alsa.ctl_card_info_malloc, alsa.ctl_card_info_free);
  const auto info = owned(alsa.pcm_info_malloc, alsa.pcm_info_free);
  if (alsa.ctl_card_info(control.get(), card.get()) < 0) return;
  const std::string title = alsa.ctl_card_info_get_name(card.get());
  const std::string id = alsa.ctl_card_info_get_id(card.get());
  for (int device = -1; alsa.ctl_pcm_next_device(control.get(), &device) >= 0 && device >= 0;) {
    alsa.pcm_info_set_device(info.get(), static_cast<unsigned>(device));
    alsa.pcm_info_set_subdevice(info.get(), 0);
    alsa.pcm_info_set_stream(info.get(), stream_of(direction));
    if (alsa.ctl_pcm_info(control.get(), info.get()) < 0) continue;
    const std::string part = alsa.pcm_info_get_name(info.get());
    const std::string pcm = "hw:CARD=" + id + ",DEV=" + std::to_string(device);
    const std::string full = title.find(part) == std::string::npos ? title + ": " + part : title;
    AlsaCard found{.name = std::string(kAlsaPrefix) + full + " (" + pcm + ")",
                   .pcm = pcm,
                   .card = number,
                   .device = device};
    if (alsa.pcm_info_get_subdevices_avail(info.get()) == 0) found.used_by = alsa_user(pcm, direction);
    all.push_back(std::move(found));
  }
}

void take_limits(const Alsa& alsa, snd_pcm_t* pcm, std::uint32_t rate, AlsaAnswer& answer) {
  constexpr unsigned kMostChannels = 128;  // a plugin takes any number
  constexpr unsigned kStereo = 2;
  const auto limits = owned(alsa.params_malloc, alsa.params_free);
  unsigned least = 0;
  unsigned most = 0;
  if (answer.error = -alsa.params_any(pcm, limits.get()); answer.error > 0) return;
  answer.error = 0;
  alsa.get_channels_min(limits.get(), &least);
  alsa.get_channels_max(limits.get(), &most);
  answer.min_channels = static_cast<std::uint16_t>(std::min(least, kMostChannels));
  answer.max_channels = static_cast<std::uint16_t>(std::min(most, kMostChannels));
  unsigned channels = kStereo;
  alsa.set_channels_near(pcm, limits.get(), &channels);
  for (std::size_t i = 0; i < kUsualRates.size(); ++i)
    if (alsa.test_rate(pcm, limits.get(), kUsualRates[i], 0) == 0)
      answer.rates = static_cast<std::uint8_t>(answer.rates | 1U << i);
  answer.takes_rate = rate > 0 && alsa.test_rate(pcm, limits.get(), rate, 0) == 0;

  // As PortAudio finds a device's own rate and its lowest latency: the device's, without a resampler.
  unsigned own_rate = kUsualRates.front();
  alsa.set_resample(pcm, limits.get(), 0);
  if (alsa.set_rate_near(pcm, limits.get(), &own_rate, nullptr) < 0) return;
  answer.default_rate = own_rate;
  snd_pcm_uframes_t buffer = 512;
  snd_pcm_uframes_t period = 128;
  int side = 0;
  if (alsa.set_buffer_near(pcm, limits.get(), &buffer) < 0) return;
  if (alsa.set_period_near(pcm, limits.get(), &period, &side) < 0) return;
  if (buffer > period && own_rate > 0)
    answer.lowest_latency_s = static_cast<double>(buffer - period) / own_rate;
}

}  // namespace

std::vector<AlsaCard> alsa_cards(Direction direction) {
  std::vector<AlsaCard> all;
  const Alsa alsa;
  if (!alsa.library.is_complete()) return all;
  for (int number = -1; alsa.card_next(&number) >= 0 && number >= 0;)
    add_devices(alsa, number, direction, all);
  return all;
}

std::vector<AlsaName> alsa_names(Direction direction) {
  std::vector<AlsaName> all;
  const Alsa alsa;
  if (!alsa.library.is_complete()) return all;
  const AlsaConfiguration configuration(alsa);
  std::vector<std::string> names = configuration.names_without_arguments();
  std::erase(names, "default");
  // The stock configuration's default takes a card.
  if (configuration.has("default")) names.insert(names.begin(), "default");
  for (std::string& name : names) {
    const auto leads = configuration.leads(name, direction);
    if (leads != AlsaLeads::nowhere) all.push_back({std::move(name), leads});
  }
  return all;
}

std::string alsa_device(Direction direction, const std::string& name) {
  const Alsa alsa;
  if (!alsa.library.is_complete()) return {};
  const std::string given = name.starts_with(kAlsaPrefix) ? name.substr(kAlsaPrefix.size()) : name;
  const PcmName pcm = parsed(without_title(given));
  const int card = pcm.card.empty() ? 0 : alsa.card_get_index(pcm.card.c_str());
  const bool is_card = pcm.base == "hw" || pcm.base == "plughw";
  if (card < 0 && (is_card || given.find("CARD=") != std::string::npos)) return {};
  if (pcm.base == "hw" && !pcm.card.empty() && !pcm.has_more) {
    for (AlsaCard& found : alsa_cards(direction))
      if (found.card == card && std::to_string(found.device) == pcm.device) return std::move(found.name);
    return {};
  }
  return !pcm.base.empty() && AlsaConfiguration(alsa).has(pcm.base) ? std::string(kAlsaPrefix) + given : "";
}

std::string alsa_problem() {
  const Alsa alsa;
  if (!alsa.library.is_complete()) return "there is no ALSA";
  const AlsaConfiguration configuration(alsa);
  if (configuration.has("default")) return {};
  // ALSA reads a file again only if it has the time of another second, and this one may be half written.
  alsa.config_forget();
  return configuration.is_read() ? "ALSA's configuration has no pcm.default"
                                 : "ALSA's configuration cannot be read";
}

bool alsa_has_clock(const std::string& pcm, Direction direction) {
  const Alsa alsa;
  return !alsa.library.is_complete() || AlsaConfiguration(alsa).leads(pcm, direction) != AlsaLeads::to_null;
}

std::string alsa_pcm(const std::string& full_name) {
  if (!full_name.starts_with(kAlsaPrefix)) return {};
  return std::string(without_title(std::string_view(full_name).substr(kAlsaPrefix.size())));
}

AlsaAnswer ask_alsa(const std::string& pcm, Direction direction, std::uint32_t rate, OnBusy on_busy) {
  constexpr int kTries = 20;
  constexpr std::chrono::milliseconds kNap{10};
  AlsaAnswer answer{.error = ENOSYS};
  const Alsa alsa;
  if (!alsa.library.is_complete()) return answer;
  snd_pcm_t* opened = nullptr;
  for (int tries = on_busy == OnBusy::wait ? kTries : 1; tries > 0; --tries) {
    answer.error = -alsa.pcm_open(&opened, pcm.c_str(), stream_of(direction), SND_PCM_NONBLOCK);
    if (answer.error != EBUSY) break;
    if (tries > 1) nap(kNap);
  }
  if (answer.error > 0) return answer;
  const std::unique_ptr<snd_pcm_t, decltype(alsa.pcm_close)> device(opened, alsa.pcm_close);
  answer.error = 0;
  take_limits(alsa, device.get(), rate, answer);
  return answer;
}

std::string alsa_user(const std::string& pcm, Direction direction) {
  const PcmName name = parsed(pcm);
  const bool is_one_device = name.base == "hw" || name.base == "plughw";
  std::string of_it;
  std::string of_all;
  for (const CardUser& user : card_users(kProc, direction)) {
    if (user.has(name.card, name.device)) of_it.append(of_it.empty() ? "" : ", ").append(user.program);
    of_all.append(of_all.empty() ? "" : ", ")
        .append(user.program + " on hw:CARD=" + user.card + ",DEV=" + std::to_string(user.device));
  }
  // Only the definition of a name knows to which card it leads.
  const std::string& user = is_one_device ? of_it : of_all;
  return user.empty() ? "another program" : user;
}

std::string alsa_reason(const std::string& pcm, Direction direction, int error) {
  if (error == EBUSY) return "busy, used by " + alsa_user(pcm, direction);
  const Alsa alsa;
  return alsa.library.is_complete() ? std::string(alsa.strerror(-error)) : "there is no ALSA";
}

}  // namespace refwave::hal
