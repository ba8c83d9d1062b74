#include "hal/portaudio/session.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <utility>

#include "hal/device_names.h"
#include "hal/portaudio/latency.h"
#include "hal/portaudio/wasapi_period.h"
#include "hal/system/clock.h"

namespace refwave::hal {
namespace {

constexpr double kQuestionLatencyS = 0.040;
constexpr double kWasapiRoomS = 0.040;  // for the time that the audio engine is late (wasapi_period.h)
constexpr std::uint16_t kUsualChannels = 2;
constexpr std::uint32_t kUsualRate = 48'000;  // for a server that does not tell its own rate
// An attempt to open that is no older says that a device is missed.
constexpr std::chrono::seconds kMissed{3};
constexpr std::int64_t kAnswerLastsNs = 1'500'000'000;  // and a question may take a second of it
// A sink without a clock of its own (PulseAudio's null sink) takes up to two seconds at once.
constexpr std::uint32_t kServerPauseMs = 2'500;
constexpr std::uint32_t kPauseMs = 1'000;  // of a card, of JACK and of WASAPI: a machine that stands still

std::string api_name(PaHostApiIndex index) {
  const PaHostApiInfo& api = *Pa_GetHostApiInfo(index);
  if (api.type == paJACK) return "JACK";
  if (api.type == paWASAPI) return "WASAPI";
  return api.name;
}

int max_channels(const PaDeviceInfo& device, Direction direction) {
  return direction == Direction::output ? device.maxOutputChannels : device.maxInputChannels;
}

/// Returns: PortAudio's constant for the type; 0 if it has none (f64).
PaSampleFormat sample_format(dsp::SampleType type) {
  constexpr std::array<PaSampleFormat, 6> kFormats = {paUInt8, paInt16, paInt24, paInt32, paFloat32, 0};
  return kFormats[static_cast<std::size_t>(type)];
}

/// Returns: the sample type for a stream that asks for none. Integers of 32 bits reach every host format
/// exactly, by shifts, but floats do not, because PortAudio scales them by 32767. JACK's own samples are
/// floats, which pass unchanged.
dsp::SampleType usual_type(PaHostApiTypeId api) {
  return api == paJACK ? dsp::SampleType::f32 : dsp::SampleType::s32;
}

/// Returns: whether cadence.h decides when the device's periods begin. It does not if PortAudio chooses the
/// length of the periods.
bool is_paced(const OpenRequest& request, PaHostApiTypeId api) {
  return request.direction == Direction::output && request.period_frames > 0 && api == paWASAPI;
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

/// Returns: whether the device says that it takes this format and rate.
bool takes(PaStreamParameters parameters, const std::string& pcm, Direction direction, std::uint32_t rate) {
  const ServerPcm server_pcm(pcm, parameters);
  const bool output = direction == Direction::output;
  return Pa_IsFormatSupported(output ? nullptr : &parameters, output ? &parameters : nullptr, rate) ==
         paFormatIsSupported;
}

/// Returns: for how long the device may rest although it lives.
std::uint32_t pause_ms(const PortAudioStream::Plan& plan) {
  return plan.api == paALSA && plan.info.name.find("(hw:") == std::string::npos ? kServerPauseMs : kPauseMs;
}

/// Returns: the rate that is asked for, if the device takes it; else `otherwise`.
std::uint32_t playable_rate(const PortAudioStream::Plan& plan, const OpenRequest& request,
                            std::uint32_t otherwise) {
  const std::uint32_t rate = request.rate > 0 ? request.rate : request.preferred_rate;
  return rate > 0 && takes(plan.parameters, plan.pcm, request.direction, rate) ? rate : otherwise;
}

}  // namespace

/// Returns: the rates of kUsualRates that the device says it takes, a bit for each.
std::uint8_t PortAudioSession::usual_rates(const Listed& device) {
  PaStreamParameters parameters{};
  parameters.device = device.index;
  parameters.channelCount = std::min(kUsualChannels, device.info.max_channels);
  parameters.sampleFormat = paInt32;
  parameters.suggestedLatency = kQuestionLatencyS;
  unsigned rates = 0;
  for (std::size_t i = 0; i < kUsualRates.size(); ++i)
    if (takes(parameters, device.pcm, device.info.direction, kUsualRates[i])) rates |= 1U << i;
  return static_cast<std::uint8_t>(rates);
}

std::vector<DeviceInfo> PortAudioSession::list(Direction direction, AskRates ask) {
  stale_ = true;
  initialise();
  look_at_servers(direction);
  std::vector<DeviceInfo> all;
  for (Listed& device : devices(direction)) {
    if (ask == AskRates::yes) device.info.rates = usual_rates(device);
    all.push_back(std::move(device.info));
  }
  return all;
}

PortAudioSession::Library::Library(Status& initialised) : quiet_(initialised) {
  if (!initialised.ok()) return;
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
  stale_ = Pa_GetDeviceCount() <= 0;
  if (stale_) problem_ = "PortAudio finds no sound device";
}

bool PortAudioSession::any_healthy() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const StreamPointer& stream) { return !stream->is_lost(); });
}

std::vector<PortAudioSession::Listed> PortAudioSession::devices(Direction direction) const {
  std::vector<Listed> found;
  if (!library_) return found;
  const bool output = direction == Direction::output;
  const PaDeviceIndex usual = output ? Pa_GetDefaultOutputDevice() : Pa_GetDefaultInputDevice();
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
    const int channels = max_channels(device, direction);
    if (channels <= 0) continue;
    Listed& listed = add(api_name(device.hostApi) + "/" + device.name, channels, device.defaultSampleRate);
    listed.info.is_default = index == usual;
    listed.api = Pa_GetHostApiInfo(device.hostApi)->type;
    listed.index = index;
    listed.lowest_latency_s = output ? device.defaultLowOutputLatency : device.defaultLowInputLatency;
  }
  for (const ServerDevice& device : server_devices_[static_cast<std::size_t>(direction)]) {
    Listed& listed = add(device.name, device.channels > 0 ? device.channels : kUsualChannels,
                         device.rate > 0 ? device.rate : kUsualRate);
    listed.api = paALSA;
    listed.pcm = device.pcm;
  }
  // PortAudio's list lacks a device whose server was not yet there when the list was made, and stays as long
  // as anything plays.
  for (const Listed& device : known_) {
    const auto is_it = [&](const Listed& other) { return other.info.name == device.info.name; };
    if (device.info.direction == direction && any_healthy() && std::ranges::none_of(found, is_it))
      found.push_back(device);
  }
  return found;
}

void PortAudioSession::look_at_servers(Direction direction) {
  if (library_) server_devices_[static_cast<std::size_t>(direction)] = server_devices(direction);
}

/// Returns: the device that is asked for; or nothing, and then `error` says why.
std::optional<PortAudioSession::Listed> PortAudioSession::choose(const OpenRequest& request,
                                                                 std::string& error) {
  const bool by_name = !means_default(request.device);
  for (const bool looks : {false, true}) {
    if (looks && by_name) look_at_servers(request.direction);
    std::vector<Listed> all = devices(request.direction);
    std::vector<DeviceInfo> infos;
    infos.reserve(all.size());
    for (const Listed& device : all) infos.push_back(device.info);
    const auto chosen = std::ranges::find_if(infos, &DeviceInfo::is_default);
    if (!by_name) {
      if (chosen != infos.end()) return std::move(all[static_cast<std::size_t>(chosen - infos.begin())]);
      error = "PortAudio has no default device";
      return std::nullopt;
    }
    const Choice choice = choose_device(infos, request.direction, request.device);
    error = choice.error;
    if (choice.device != nullptr)
      return std::move(all[static_cast<std::size_t>(choice.device - infos.data())]);
  }
  return std::nullopt;
}

/// Effects: the device stays in the list as long as PortAudio's cannot be made anew, if it is ALSA's.
void PortAudioSession::remember(Listed device) {
  const std::string& name = device.info.name;
  const bool is_there = std::ranges::any_of(known_, [&](const Listed& other) {
    return other.info.name == name && other.info.direction == device.info.direction;
  });
  const std::size_t begin = name.find('/') + 1;
  if (is_there || device.api != paALSA || !device.pcm.empty() || begin == 0) return;
  // PortAudio's name of a sound card's device ends with ALSA's: "HDA Intel: ALC (hw:0,0)".
  const std::size_t bracket = name.ends_with(')') ? name.rfind('(') : std::string::npos;
  device.pcm =
      bracket == std::string::npos ? name.substr(begin) : name.substr(bracket + 1, name.size() - bracket - 2);
  device.index = paNoDevice;
  device.info.is_default = false;
  known_.push_back(std::move(device));
}

std::optional<PortAudioStream::Plan> PortAudioSession::plan(const OpenRequest& request, std::string& error) {
  std::optional<Listed> device = choose(request, error);
  if (!device) return std::nullopt;
  const bool as_asked = !request.any_type && sample_format(request.type) != 0;
  const dsp::SampleType type = as_asked ? request.type : usual_type(device->api);
  const std::uint16_t channels =
      std::min(request.channels > 0 ? request.channels : kUsualChannels, device->info.max_channels);

  PortAudioStream::Plan plan;
  plan.direction = request.direction;
  plan.is_default = means_default(request.device);
  plan.period_frames = request.period_frames;
  plan.priority = request.priority;
  plan.api = device->api;
  plan.pcm = device->pcm;
  plan.parameters.device = device->index;
  plan.parameters.channelCount = channels;
  plan.parameters.sampleFormat = sample_format(type);
  const std::uint32_t rate = playable_rate(plan, request, device->info.default_rate);
  plan.servers = servers_behind(device->info.name);
  plan.buffering = plan.servers.pulse ? pulse_buffering(request.direction, device->info.name) : Buffering{};
  plan.parameters.suggestedLatency = latency_s(request, device->lowest_latency_s, plan.buffering, rate);
  if (is_paced(request, device->api)) pace(plan, rate);
  plan.info = {.name = device->info.name, .format = {.type = type, .channels = channels, .rate = rate}};
  plan.info.pause_ms = pause_ms(plan);
  remember(*std::move(device));
  return plan;
}

PortAudioSession::StreamPointer PortAudioSession::open(const OpenRequest& request,
                                                       const std::shared_ptr<AudioCallback>& callback,
                                                       std::string& error) {
  last_open_ = std::chrono::steady_clock::now();
  watch();
  const bool was_initialised = library_ && !stale_;
  initialise();
  if (means_default(request.device) && has_another_default(request.direction) && can_give_all_up()) {
    give_all_up();
    error = "the default device has changed, and PortAudio can use it once nothing else plays";
    return nullptr;
  }
  StreamPointer stream = try_to_open(request, callback, error);
  // The server is there, and runs no client now. To initialise PortAudio anew would wait for the same server,
  // and for longer.
  if (stream || !was_initialised || is_kept_waiting_ || any_healthy()) return stream;
  // The server may have ended and come back since PortAudio was initialised.
  stale_ = true;
  initialise();
  return try_to_open(request, callback, error);
}

PortAudioSession::StreamPointer PortAudioSession::try_to_open(const OpenRequest& request,
                                                              const std::shared_ptr<AudioCallback>& callback,
                                                              std::string& error) {
  error.clear();
  is_kept_waiting_ = false;
  auto wanted = plan(request, error);
  if (!wanted) {
    if (!problem_.empty()) error += " (" + problem_ + ")";
    return nullptr;
  }
  auto stream = std::make_shared<PortAudioStream>(std::move(*wanted), callback);
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
  Status started = stream.start();
  stale_ = stale_ || (!started.ok() && !stream.is_kept_waiting());
  return started;
}

void PortAudioSession::close(const StreamPointer& stream) {
  stale_ = stale_ || stream->is_lost();
  stream->close();
  std::erase(streams_, stream);
}

ServerAnswer PortAudioSession::ask(const Servers& servers, std::int64_t since_ns) {
  const std::int64_t now_ns = monotonic_now_ns();
  const bool is_fresh = asked_ns_ > since_ns && now_ns - asked_ns_ < kAnswerLastsNs;
  if (is_fresh && servers == asked_) return answer_;
  asked_ = servers;
  asked_ns_ = now_ns;
  return answer_ = ask_servers(servers);
}

/// Returns: whether the default device of that direction has changed since PortAudio made its list.
bool PortAudioSession::has_another_default(Direction direction) const {
  const auto side = static_cast<std::size_t>(direction);
  return changes_->defaults[side].load(std::memory_order_relaxed) != listed_defaults_[side];
}

/// Returns: whether each stream's owner would be told of a loss, and would then close the stream.
bool PortAudioSession::can_give_all_up() const {
  return std::ranges::all_of(
      streams_, [](const StreamPointer& stream) { return stream->playing() || stream->is_lost(); });
}

void PortAudioSession::give_all_up() {
  stale_ = true;
  for (const StreamPointer& stream : streams_) stream->lose();
}

bool PortAudioSession::watch() {
  if (listening_) listening_->look();
  const bool follows = std::ranges::any_of(streams_, [this](const StreamPointer& stream) {
    return stream->playing() && stream->is_default() && has_another_default(stream->direction());
  });
  if (follows) give_all_up();
  bool any_plays = false;
  for (const StreamPointer& stream : streams_) {
    stream->check();
    any_plays = any_plays || stream->playing();
    stale_ = stale_ || stream->is_lost();
  }
  // While an engine misses a device, this look must notice the device's return, because the engine's next
  // attempt may be more than a second away.
  const bool is_missed = stale_ && std::chrono::steady_clock::now() - last_open_ < kMissed;
  return any_plays || is_missed;
}

}  // namespace refwave::hal
