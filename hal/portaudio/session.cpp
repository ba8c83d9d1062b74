// One class over one state (PortAudio's, its lists and its streams) that one thread owns: choosing, opening
// and watching devices share all of it, so the file is not split.
#include "hal/portaudio/session.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <iterator>
#include <new>
#include <utility>

#include "dsp/speakers.h"
#include "hal/portaudio/latency.h"
#include "hal/system/clock.h"

namespace refwave::hal {
namespace {

constexpr const char* kJackPrefix = "JACK/";
constexpr double kWasapiRoomS = 0.040;  // for the time that the audio engine is late (latency.h)
constexpr double kIdleS = 0.001;  // what a server has left when the next period comes, and nothing plays
// The latencies that are used in full only on a busy machine (portaudio_alsa.patch has them, too), and how
// much is queued otherwise.
constexpr std::uint32_t kLeastCalmMs = 100;
constexpr std::uint32_t kMostCalmMs = 200;
constexpr double kCalmS = 0.070;
constexpr std::uint16_t kUsualChannels = 2;
constexpr std::uint32_t kUsualRate = 48'000;  // for a server that does not report its rate
// An attempt to open within this time means that a device is missed.
constexpr std::chrono::seconds kMissed{3};
constexpr std::chrono::milliseconds kBetweenLooks{100};  // for new devices; an open looks at once
// How long after the last stream, or after a list, JACK's client leaves its server. After a list it waits
// longer, because another list or an open may follow.
constexpr std::chrono::milliseconds kLeaveAfterClose{10};
constexpr std::chrono::milliseconds kLeaveAfterList{1'000};
constexpr std::int64_t kAnswerLastsNs = 1'500'000'000;  // and a question may take a second of it
// A sink without a clock of its own (PulseAudio's null sink) takes up to two seconds in one burst.
constexpr std::uint32_t kServerPauseMs = 2'500;
constexpr std::uint32_t kPauseMs = 1'000;  // of a card, of JACK and of WASAPI: a suspended machine

std::string api_name(PaHostApiIndex index) {
  const PaHostApiInfo& api = *Pa_GetHostApiInfo(index);
  if (api.type == paJACK) return "JACK";
  if (api.type == paWASAPI) return "WASAPI";
  return api.name;
}

/// Returns: PortAudio's constant for the type; 0 if it has none (f64).
PaSampleFormat sample_format(dsp::SampleType type) {
  constexpr std::array<PaSampleFormat, 6> kFormats = {paUInt8, paInt16, paInt24, paInt32, paFloat32, 0};
  return kFormats[static_cast<std::size_t>(type)];
}

/// Returns: the channels of a stream that asks for none. Cards and JACK report how many they take, and not
/// how many loudspeakers there are; and ALSA has no order for three and seven.
std::uint16_t usual_channels(std::uint16_t speakers) {
  return speakers > 3 && speakers != 7 ? std::min(speakers, dsp::kMaxChannels) : kUsualChannels;
}

/// Returns: whether cadence.h decides when periods begin: not if PortAudio chooses their length.
bool is_paced(const OpenRequest& request, PaHostApiTypeId api) {
  return request.direction == Direction::output && request.period_frames > 0 && api == paWASAPI;
}

/// Returns: whether idle_queue.h decides when the device's periods begin. A card and PipeWire would report
/// underruns of silence, and a sink that takes fragments needs them. A latency asked for holds always.
bool is_shorter_when_idle(const OpenRequest& request, const PortAudioStream::Plan& plan) {
  return request.direction == Direction::output && request.latency_ms == 0 && plan.period_frames > 0 &&
         plan.servers == Servers{.pulse = true} && plan.buffering == Buffering{};
}

bool is_shorter_when_calm(const OpenRequest& request, const PortAudioStream::Plan& plan) {
  return request.direction == Direction::output && plan.api == paALSA && plan.period_frames > 0 &&
         request.latency_ms >= kLeastCalmMs && request.latency_ms <= kMostCalmMs;
}

std::uint32_t frames_of(double seconds, std::uint32_t rate) {
  return static_cast<std::uint32_t>(std::lround(seconds * rate));
}

/// Effects: plans short periods, and room in the buffer for the time that the audio engine is late.
void pace(PortAudioStream::Plan& plan, std::uint32_t rate) {
  plan.period_frames = std::min(plan.period_frames, frames_of(kWasapiPeriodS, rate));
  plan.queue_frames = frames_of(plan.parameters.suggestedLatency, rate);
  plan.room_frames = frames_of(kWasapiRoomS, rate);
  plan.parameters.suggestedLatency += kWasapiRoomS;
}

/// Returns: whether a device of JACK's or WASAPI's says that it takes this format and rate.
bool takes(const PaStreamParameters& parameters, Direction direction, std::uint32_t rate) {
  const bool output = direction == Direction::output;
  return Pa_IsFormatSupported(output ? nullptr : &parameters, output ? &parameters : nullptr, rate) ==
         paFormatIsSupported;
}

std::string in_brackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

std::uint32_t wanted_rate(const OpenRequest& request) {
  return request.rate > 0 ? request.rate : request.preferred.rate;
}

/// Returns: whether ALSA has the device by a name, and not by a definition of ours.
bool is_alsas_own(const std::string& pcm) { return !pcm.empty() && pcm.front() != '{'; }

}  // namespace

std::vector<DeviceInfo> PortAudioSession::list(Direction direction) {
  stale_ = true;
  is_unknown_ = false;
  initialise();
  look_at_servers(direction);
  const std::vector<Listed> all = all_devices(direction);
  if (library_ && all.empty()) problem_ = "PortAudio finds no sound device" + in_brackets(alsa_problem());
  leaves_jack_ = std::chrono::steady_clock::now() + kLeaveAfterList;
  return infos_of(all);
}

std::vector<DeviceInfo> PortAudioSession::infos_of(const std::vector<Listed>& devices) {
  std::vector<DeviceInfo> infos(devices.size());
  std::ranges::transform(devices, infos.begin(), &Listed::info);
  return infos;
}

std::string PortAudioSession::full_name(Direction direction, const std::string& name) {
  initialise();
  if (!library_) return {};
  // Its server is asked at the open.
  if ((is_servers_name(name) && is_sound_server_there()) ||
      (name.starts_with(kJackPrefix) && is_jack_there()))
    return name;
  const Work work(*this, name);
  return alsa_device(direction, name);
}

std::string PortAudioSession::at_work_on() const {
  const MutexLock lock(work_mutex_);
  return work_;
}

void PortAudioSession::set_work(const std::string& device) {
  const MutexLock lock(work_mutex_);
  work_ = device;
}

PortAudioSession::Library::Library(Status& initialised) {
  const PaError error = Pa_Initialize();
  initialised_ = error == paNoError;
  if (!initialised_)
    initialised = Status::failure(std::string("PortAudio cannot be initialised: ") + Pa_GetErrorText(error));
}

PortAudioSession::Library::~Library() {
  if (!initialised_) return;
  try {
    quiet_.keep_plugins();
  } catch (const std::bad_alloc&) {  // the plugins will be loaded again
  }
  Pa_Terminate();
}

void PortAudioSession::initialise() {
  leaves_jack_ = std::chrono::steady_clock::now() + kLeaveAfterList;
  if (!listening_) listening_.emplace(changes_);
  stale_ = stale_ || has_another_default(Direction::output) || has_another_default(Direction::input);
  if (!stale_) return;
  // A lost stream is closed even if its owner has not noticed the loss yet, because it never plays again.
  for (const StreamPointer& stream : streams_)
    if (stream->is_lost()) stream->close();
  if (any_healthy()) {
    find_returned_jack();
    return;
  }
  library_.reset();
  for (std::size_t side = 0; side < listed_defaults_.size(); ++side)
    listed_defaults_[side] = changes_->defaults[side].load(std::memory_order_relaxed);
  Status initialised;
  library_.emplace(initialised);
  problem_ = initialised.reason();
  if (!initialised.ok()) {
    library_.reset();
    return;
  }
  stale_ = false;
}

bool PortAudioSession::any_healthy() const {
  return !std::ranges::all_of(streams_, [](const StreamPointer& stream) { return stream->is_lost(); });
}

std::vector<PortAudioSession::Listed> PortAudioSession::devices(Direction direction) const {
  std::vector<Listed> found;
  if (!library_) return found;
  const bool output = direction == Direction::output;
  const auto add = [&](std::string name, int channels, double rate) -> Listed& {
    const auto most = static_cast<std::uint16_t>(std::min<int>(channels, dsp::kMaxChannels));
    found.push_back({.info = {.name = std::move(name),
                              .backend = "PortAudio",
                              .direction = direction,
                              .max_channels = most,
                              .default_rate = static_cast<std::uint32_t>(std::lround(rate))}});
    return found.back();
  };
  for (PaDeviceIndex index = 0; index < Pa_GetDeviceCount(); ++index) {
    const PaDeviceInfo& device = *Pa_GetDeviceInfo(index);
    const PaHostApiInfo& api = *Pa_GetHostApiInfo(device.hostApi);
    const int channels = output ? device.maxOutputChannels : device.maxInputChannels;
    if (channels <= 0) continue;
    Listed& listed = add(api_name(device.hostApi) + "/" + device.name, channels, device.defaultSampleRate);
    listed.info.is_default = index == (output ? api.defaultOutputDevice : api.defaultInputDevice);
    listed.api = api.type;
    listed.index = index;
    listed.lowest_latency_s = output ? device.defaultLowOutputLatency : device.defaultLowInputLatency;
    // JACK and WASAPI take only their own rate.
    for (std::size_t i = 0; i < kUsualRates.size(); ++i)
      if (kUsualRates[i] == listed.info.default_rate) listed.info.rates = static_cast<std::uint8_t>(1U << i);
  }
  for (const ServerDevice& device : server_devices_[static_cast<std::size_t>(direction)].devices) {
    Listed& listed = add(device.name, device.channels > 0 ? device.channels : kUsualChannels,
                         device.rate > 0 ? device.rate : kUsualRate);
    listed.info.rates = kAllRates;  // it resamples
    listed.api = paALSA;
    listed.pcm = device.pcm;
  }
  return found;
}

/// Returns: ALSA's own devices. Many a configuration names plugins that cannot work, so what leads to no
/// sound card is asked. A sound card is not: while it is open, another program cannot have it.
std::vector<PortAudioSession::Listed> PortAudioSession::alsas(Direction direction) {
  std::vector<Listed> all;
  const auto add = [&](std::string name, std::string pcm) -> Listed& {
    all.push_back({.info = {.name = std::move(name), .backend = "PortAudio", .direction = direction},
                   .api = paALSA,
                   .pcm = std::move(pcm)});
    return all.back();
  };
  for (const auto& [pcm, leads] : alsa_names(direction)) {
    Listed& listed = add(std::string(kAlsaPrefix) + pcm, pcm);
    listed.info.is_default = means_default(pcm);
    if (leads == AlsaLeads::to_card) continue;
    if (direction == Direction::input && leads == AlsaLeads::to_null) {
      // It takes every format. An open may wait for the writer of a FIFO.
      listed.info.max_channels = dsp::kMaxChannels;
      listed.info.default_rate = kUsualRate;
      listed.info.rates = kAllRates;
      continue;
    }
    const Work work(*this, listed.info.name);
    if (!ask_alsas(listed, 0, OnBusy::fail) && listed.info.used_by.empty()) all.pop_back();
  }
  for (AlsaCard& card : alsa_cards(direction)) {
    Listed& listed = add(std::move(card.name), std::move(card.pcm));
    listed.info.used_by = std::move(card.used_by);
  }
  return all;
}

/// Returns: ALSA's devices, the servers' and PortAudio's, with one default.
std::vector<PortAudioSession::Listed> PortAudioSession::all_devices(Direction direction) {
  if (!library_) return {};
  std::vector<Listed> all = alsas(direction);
  std::ranges::move(devices(direction), std::back_inserter(all));
  bool has_default = false;
  for (Listed& device : all) {
    device.info.is_default = device.info.is_default && !has_default;
    has_default = has_default || device.info.is_default;
  }
  return all;
}

/// Effects: opens one of ALSA's devices, notes what it takes, or its user. Returns: whether it opened.
bool PortAudioSession::ask_alsas(Listed& device, std::uint32_t rate, OnBusy on_busy) {
  const AlsaAnswer answer = ask_alsa(device.pcm, device.info.direction, rate, on_busy);
  device.answer = answer;
  device.info.used_by = answer.error == EBUSY ? alsa_user(device.pcm, device.info.direction) : "";
  if (answer.error != 0) return false;
  device.info.max_channels = std::clamp(answer.max_channels, std::uint16_t{1}, dsp::kMaxChannels);
  device.info.default_rate = answer.default_rate;
  device.info.rates = answer.rates;
  device.lowest_latency_s = answer.lowest_latency_s;
  device.least_channels = std::min(answer.min_channels, device.info.max_channels);
  return true;
}

void PortAudioSession::look_at_servers(Direction direction) {
  if (library_) server_devices_[static_cast<std::size_t>(direction)] = server_devices(direction);
}

/// Returns: ALSA's default, or if that does not open, and is not busy either, the default of another host
/// API; or nothing, and then `error` says why.
std::optional<PortAudioSession::Listed> PortAudioSession::choose_default(const OpenRequest& request,
                                                                         std::string& error) {
  error = "PortAudio has no default device";
  if (!library_) return std::nullopt;
  Listed alsas{.info = {.name = "ALSA/default", .backend = "PortAudio", .direction = request.direction},
               .api = paALSA,
               .pcm = alsa_pcm("ALSA/default")};
  const bool is_there = !alsas.pcm.empty() && !alsa_device(request.direction, "ALSA/default").empty();
  const Work work(*this, alsas.info.name);
  if (is_there && !alsa_has_clock(alsas.pcm, request.direction)) return alsas;
  if (is_there && (ask_alsas(alsas, wanted_rate(request), OnBusy::wait) || !alsas.info.used_by.empty()))
    return alsas;
  std::vector<Listed> others = devices(request.direction);
  const auto other =
      std::ranges::find_if(others, [](const Listed& device) { return device.info.is_default; });
  if (other != others.end()) return std::move(*other);
  error += in_brackets(is_there ? alsas.info.name + ": " +
                                      alsa_reason(alsas.pcm, request.direction, alsas.answer->error)
                                : alsa_problem());
  return std::nullopt;
}

/// Returns: the device that is asked for; or nothing, and then `error` says why.
std::optional<PortAudioSession::Listed> PortAudioSession::choose(const OpenRequest& request,
                                                                 std::string& error) {
  if (means_default(request.device)) return choose_default(request, error);
  const std::string name = full_name(request.direction, request.device);
  if (name.starts_with(kAlsaPrefix))
    return Listed{.info = {.name = name, .backend = "PortAudio", .direction = request.direction},
                  .api = paALSA,
                  .pcm = alsa_pcm(name)};
  // A server would play on another sink instead of a missing one, so its present list decides.
  if (!request.device.starts_with(kJackPrefix)) look_at_servers(request.direction);
  std::vector<Listed> all = devices(request.direction);
  const auto chosen = [&]() -> std::optional<Listed> {
    const std::vector<DeviceInfo> infos = infos_of(all);
    const Choice choice = choose_device(infos, request.direction, request.device);
    error = choice.error;
    if (choice.device == nullptr) return std::nullopt;
    return all[static_cast<std::size_t>(choice.device - infos.data())];
  };
  if (auto found = chosen(); found && found->info.name == request.device) return found;
  if (!name.empty() && is_pending(request.direction, name)) {
    error = name + ": " + reason_of_hang(name);
    is_kept_waiting_ = is_servers_name(name);
    return std::nullopt;
  }
  if (name.empty()) all = all_devices(request.direction);
  auto found = chosen();
  is_unknown_ = !found && !is_pending(request.direction, request.device);
  return found;
}

bool PortAudioSession::is_pending(Direction direction, const std::string& name) const {
  const bool is_jacks = name.starts_with(kJackPrefix);
  if (!is_jacks && may_list(server_devices_[static_cast<std::size_t>(direction)].pending, name)) return true;
  if (name.starts_with(kAlsaPrefix) || is_servers_name(name) || !is_jack_there()) return false;
  return std::ranges::none_of(std::array{Direction::output, Direction::input}, [this](Direction side) {
    return std::ranges::any_of(devices(side), [](const Listed& device) { return device.api == paJACK; });
  });
}

std::string PortAudioSession::refusal(Direction direction) const {
  if (!server_devices_[static_cast<std::size_t>(direction)].refuses.pulse) return {};
  return "PulseAudio refuses this user; run as the user whose server it is, not with sudo";
}

Availability PortAudioSession::availability(Direction direction) const {
  return is_pending(direction, "") ? Availability::server_pending : listed_availability(direction);
}

/// Returns: what there is besides a server that has not reported its devices.
Availability PortAudioSession::listed_availability(Direction direction) const {
  return devices(direction).empty() && !is_card_there(direction) ? Availability::none
                                                                 : Availability::unusable;
}

Availability PortAudioSession::availability(const OpenRequest& request) const {
  const bool is_any = means_default(request.device);
  const bool is_servers = is_any || servers_behind(request.device) != Servers{};
  const bool is_jacks = is_any || request.device.starts_with(kJackPrefix);
  const bool is_slow = is_kept_waiting_ || is_pending(request.direction, request.device) ||
                       (is_servers && is_sound_server_there()) || (is_jacks && is_jack_there());
  return is_slow && !is_unknown_ ? Availability::server_pending : listed_availability(request.direction);
}

std::optional<PortAudioStream::Plan> PortAudioSession::plan(const OpenRequest& request, std::string& error) {
  std::optional<Listed> device = choose(request, error);
  if (!device) return std::nullopt;
  if (is_alsas_own(device->pcm) && !alsa_has_clock(device->pcm, request.direction)) {
    unclocked_ = device->info.name;
    return std::nullopt;
  }
  const Work work(*this, device->info.name);
  const bool asks = is_alsas_own(device->pcm);
  if (asks && !device->answer) ask_alsas(*device, wanted_rate(request), OnBusy::wait);
  if (asks && device->answer->error != 0) {
    is_busy_ = device->answer->error == EBUSY;
    error = device->info.name + ": " + alsa_reason(device->pcm, request.direction, device->answer->error);
    return std::nullopt;
  }
  const bool as_asked = !request.any_type && sample_format(request.type) != 0;
  // Integers of 32 bits reach every host format exactly, by shifts, but floats do not, because PortAudio
  // scales them by 32767. JACK's own are floats.
  const dsp::SampleType usual = device->api == paJACK ? dsp::SampleType::f32 : dsp::SampleType::s32;
  const dsp::SampleType type = as_asked ? request.type : usual;
  const Servers servers = servers_behind(device->info.name);
  const PulseSink sink = servers.pulse ? pulse_sink(request.direction, device->info.name) : PulseSink{};
  const std::uint16_t speakers = device->api == paWASAPI && request.direction == Direction::output
                                     ? device->info.max_channels
                                     : sink.speakers;
  const std::uint16_t channels =
      std::clamp(request.channels > 0 ? request.channels : usual_channels(speakers), device->least_channels,
                 device->info.max_channels);

  PortAudioStream::Plan plan;
  plan.direction = request.direction;
  plan.is_default = means_default(request.device);
  plan.priority = request.priority;
  plan.api = device->api;
  plan.pcm = device->pcm;
  plan.parameters.device = device->index;
  plan.parameters.channelCount = channels;
  plan.parameters.sampleFormat = sample_format(type);
  const std::uint32_t wanted = wanted_rate(request);
  const bool resamples = is_servers_name(device->info.name);
  const bool takes_it = asks ? device->answer->takes_rate
                             : wanted > 0 && (resamples || takes(plan.parameters, request.direction, wanted));
  const std::uint32_t rate = takes_it ? wanted : device->info.default_rate;
  plan.servers = servers;
  plan.buffering = sink.buffering;
  plan.period_frames = request.period_at(rate);
  plan.parameters.suggestedLatency = latency_s(request, device->lowest_latency_s, plan.buffering, rate);
  if (is_paced(request, device->api)) pace(plan, rate);
  if (is_shorter_when_idle(request, plan)) plan.idle_frames = frames_of(kIdleS, rate);
  if (is_shorter_when_calm(request, plan)) plan.calm_frames = frames_of(kCalmS, rate);
  plan.info = {.name = device->info.name, .format = {.type = type, .channels = channels, .rate = rate}};
  // The order of ALSA's cards, and in which its plugins for PulseAudio and PipeWire take the channels.
  if (device->api == paALSA && channels > 4) plan.info.format.channel_mask = dsp::kAlsaOrder;
  const bool may_be_servers = plan.api == paALSA && plan.info.name.find("hw:") == std::string::npos;
  plan.info.pause_ms = may_be_servers ? kServerPauseMs : kPauseMs;
  return plan;
}

PortAudioSession::StreamPointer PortAudioSession::open(const OpenRequest& request,
                                                       const std::shared_ptr<AudioCallback>& callback,
                                                       std::string& error) {
  unclocked_.clear();
  last_open_ = next_look_ = std::chrono::steady_clock::now();
  watch();
  const bool was_initialised = library_ && !stale_;
  initialise();
  // Each stream's owner would be notified of a loss, and would then close the stream.
  const bool can_give_all_up = std::ranges::all_of(
      streams_, [](const StreamPointer& stream) { return stream->playing() || stream->is_lost(); });
  if (means_default(request.device) && has_another_default(request.direction) && can_give_all_up) {
    give_all_up();
    error = "the default device has changed, and PortAudio can use it once nothing else plays";
    return nullptr;
  }
  StreamPointer stream = try_to_open(request, callback, error);
  // The server exists but runs no client now. Initialising PortAudio again would wait for it longer.
  if (stream || is_kept_waiting_ || !unclocked_.empty()) return stream;
  stale_ = true;  // a device is missed
  if (!was_initialised || is_busy_ || any_healthy()) return stream;
  // The server's own list is always current.
  if (is_unknown_ && is_servers_name(request.device)) return stream;
  // The server may have ended and come back since PortAudio was initialised.
  initialise();
  stream = try_to_open(request, callback, error);
  stale_ = stale_ || (!stream && !is_kept_waiting_);
  return stream;
}

PortAudioSession::StreamPointer PortAudioSession::try_to_open(const OpenRequest& request,
                                                              const std::shared_ptr<AudioCallback>& callback,
                                                              std::string& error) {
  error.clear();
  is_busy_ = is_kept_waiting_ = is_unknown_ = false;
  auto wanted = plan(request, error);
  if (!wanted) {
    error += in_brackets(problem_);
    return nullptr;
  }
  auto stream = std::make_shared<PortAudioStream>(std::move(*wanted), callback);
  const Work work(*this, stream->info().name);
  // Memory is taken now, because nothing may fail once the stream is open.
  streams_.reserve(streams_.size() + 1);
  if (const Status opened = stream->open(); !opened.ok()) {
    is_kept_waiting_ = stream->is_kept_waiting();
    stale_ = stale_ || !is_kept_waiting_;
    error = opened.reason();
    return nullptr;
  }
  streams_.push_back(stream);
  return stream;
}

Status PortAudioSession::start(PortAudioStream& stream) {
  const Work work(*this, stream.info().name);
  Status started = stream.start();
  stale_ = stale_ || (!started.ok() && !stream.is_kept_waiting());
  return started;
}

void PortAudioSession::close(const StreamPointer& stream) {
  stale_ = stale_ || stream->is_lost();
  stream->close();
  std::erase(streams_, stream);
  leaves_jack_ = std::chrono::steady_clock::now() + kLeaveAfterClose;
}

ServerAnswer PortAudioSession::ask(const Servers& servers, std::int64_t since_ns) {
  const std::int64_t now_ns = monotonic_now_ns();
  const bool is_fresh = asked_ns_ > since_ns && now_ns - asked_ns_ < kAnswerLastsNs;
  if (is_fresh && servers == asked_) return answer_;
  answer_ = ask_servers(servers);
  asked_ = servers;
  asked_ns_ = now_ns;
  return answer_;
}

/// Returns: whether the default device of that direction has changed since PortAudio made its list.
bool PortAudioSession::has_another_default(Direction direction) const {
  const auto side = static_cast<std::size_t>(direction);
  return changes_->defaults[side].load(std::memory_order_relaxed) != listed_defaults_[side];
}

void PortAudioSession::give_all_up() {
  stale_ = true;
  for (const StreamPointer& stream : streams_) stream->lose();
}

/// Effects: a stream that asked for a server's device by name is lost if it no longer plays on that device.
void PortAudioSession::follow_servers() {
  for (const Direction direction : {Direction::output, Direction::input}) {
    std::unique_ptr<ServerFollower>& follower = followers_[static_cast<std::size_t>(direction)];
    const auto is_followed = [&](const StreamPointer& stream) {
      return stream->playing() && stream->direction() == direction && stream->is_servers();
    };
    const auto first = std::ranges::find_if(streams_, is_followed);
    if (first == streams_.end()) {
      follower.reset();
      continue;
    }
    try {
      if (!follower) follower = follow_server(direction, (*first)->info().name);
    } catch (const std::bad_alloc&) {  // the next look tries again
    }
    if (!follower) continue;
    follower->look();
    for (const StreamPointer& stream : streams_)
      if (is_followed(stream) && follower->lacks(stream->info().name)) stream->lose();
  }
}

bool PortAudioSession::watch() {
  const auto now = std::chrono::steady_clock::now();
  if (listening_ && now >= next_look_) {
    listening_->look();
    next_look_ = now + kBetweenLooks;
  }
  const bool follows = std::ranges::any_of(streams_, [this](const StreamPointer& stream) {
    return stream->playing() && stream->is_default() && has_another_default(stream->direction());
  });
  if (follows) give_all_up();
  follow_servers();
  bool any_plays = false;
  for (const StreamPointer& stream : streams_) {
    stream->check();
    any_plays = any_plays || stream->playing();
    stale_ = stale_ || stream->is_lost();
  }
  // While an engine misses a device, this look must notice its return: the next attempt may be a second away.
  const bool is_missed = stale_ && now - last_open_ < kMissed;
  const bool may_leave = streams_.empty() && library_ && Pa_HostApiTypeIdToHostApiIndex(paJACK) >= 0;
  if (may_leave && now >= leaves_jack_) {
    library_.reset();
    stale_ = true;
  }
  return any_plays || is_missed || (may_leave && library_);
}

}  // namespace refwave::hal
