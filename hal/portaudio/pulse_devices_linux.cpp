// PulseAudio's sinks and sources, through libpulse, which is loaded and not linked, as by ALSA's plugin.
#include <pulse/context.h>
#include <pulse/def.h>
#include <pulse/introspect.h>
#include <pulse/mainloop.h>
#include <pulse/proplist.h>
#include <pulse/subscribe.h>

#include <algorithm>
#include <cstdlib>

#include "hal/portaudio/server_lists.h"
#include "hal/server_sockets_linux.h"
#include "hal/shared_library.h"
#include "hal/system/realtime.h"

namespace refwave::hal {
namespace {

struct Pulse {
  SharedLibrary library{"libpulse.so.0"};
  decltype(&pa_mainloop_new) mainloop_new = library.find("pa_mainloop_new");
  decltype(&pa_mainloop_free) mainloop_free = library.find("pa_mainloop_free");
  decltype(&pa_mainloop_get_api) mainloop_get_api = library.find("pa_mainloop_get_api");
  decltype(&pa_mainloop_prepare) mainloop_prepare = library.find("pa_mainloop_prepare");
  decltype(&pa_mainloop_poll) mainloop_poll = library.find("pa_mainloop_poll");
  decltype(&pa_mainloop_dispatch) mainloop_dispatch = library.find("pa_mainloop_dispatch");
  decltype(&pa_context_new) context_new = library.find("pa_context_new");
  decltype(&pa_context_connect) context_connect = library.find("pa_context_connect");
  decltype(&pa_context_get_state) context_get_state = library.find("pa_context_get_state");
  decltype(&pa_context_errno) context_errno = library.find("pa_context_errno");
  decltype(&pa_context_disconnect) context_disconnect = library.find("pa_context_disconnect");
  decltype(&pa_context_unref) context_unref = library.find("pa_context_unref");
  decltype(&pa_context_get_sink_info_list) get_sinks = library.find("pa_context_get_sink_info_list");
  decltype(&pa_context_get_source_info_list) get_sources = library.find("pa_context_get_source_info_list");
  decltype(&pa_context_get_sink_info_by_name) get_sink = library.find("pa_context_get_sink_info_by_name");
  decltype(&pa_frame_size) frame_size = library.find("pa_frame_size");
  decltype(&pa_proplist_gets) property = library.find("pa_proplist_gets");
  decltype(&pa_operation_get_state) operation_get_state = library.find("pa_operation_get_state");
  decltype(&pa_operation_unref) operation_unref = library.find("pa_operation_unref");
  decltype(&pa_context_subscribe) subscribe = library.find("pa_context_subscribe");
  decltype(&pa_context_set_subscribe_callback) set_subscribe_callback =
      library.find("pa_context_set_subscribe_callback");
};

/// A connection to the server, on a loop that its owner runs.
class PulseConnection {
 public:
  PulseConnection() : loop_(is_complete() ? pulse_.mainloop_new() : nullptr) {}
  ~PulseConnection() {
    drop_context();
    if (loop_ != nullptr) pulse_.mainloop_free(loop_);
  }

  /// Returns: whether libpulse is there, with all its functions.
  bool is_complete() const { return pulse_.library.is_complete(); }

 protected:
  /// Effects: begins to connect. It does not start a server that does not run. Returns: whether it has begun.
  bool begin() {
    drop_context();
    if (loop_ != nullptr) context_ = pulse_.context_new(pulse_.mainloop_get_api(loop_), "refwave");
    return context_ != nullptr &&
           pulse_.context_connect(context_, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) >= 0;
  }
  pa_context_state_t state() const { return pulse_.context_get_state(context_); }

  const Pulse pulse_;
  pa_mainloop* const loop_;
  pa_context* context_ = nullptr;

 private:
  void drop_context() {
    if (context_ == nullptr) return;
    pulse_.context_disconnect(context_);
    pulse_.context_unref(context_);
    context_ = nullptr;
  }
};

/// One connection for one question.
class PulseClient : public PulseConnection {
 public:
  explicit PulseClient(ServerDeadline deadline) : deadline_(deadline) {}

  bool connect() {
    constexpr std::chrono::milliseconds kNap{20};
    // A server's listen backlog is short, and once it is full, a busy server seems to refuse clients.
    while (!try_to_connect()) {
      const bool is_refused =
          context_ != nullptr && pulse_.context_errno(context_) == PA_ERR_CONNECTIONREFUSED;
      if (!is_refused || milliseconds_until(deadline_) == 0 || !is_pulse_there()) return false;
      nap(kNap);
    }
    return true;
  }

  /// Effects: adds the devices that the server reports before the deadline to `all`.
  void list(Direction direction, ServerList& all) {
    const bool is_connected = connect();
    // A server that does not admit this user reports nothing.
    all.refuses.pulse = context_ != nullptr && pulse_.context_errno(context_) == PA_ERR_ACCESS;
    all.pending.pulse = !all.refuses.pulse;
    if (is_connected)
      wait(direction == Direction::output ? pulse_.get_sinks(context_, &keep<pa_sink_info>, &all)
                                          : pulse_.get_sources(context_, &keep<pa_source_info>, &all));
    all.pending.pulse = all.pending.pulse && is_pulse_there();
  }

  /// Returns: what the server reports of a sink; `name` empty: the default sink.
  PulseSink sink(const std::string& name) {
    if (!connect()) return {};
    SinkQuestion question{pulse_, {}};
    wait(pulse_.get_sink(context_, name.empty() ? nullptr : name.c_str(), &take_sink, &question));
    return question.answer;
  }

 private:
  bool try_to_connect() {
    if (!begin()) return false;
    while (PA_CONTEXT_IS_GOOD(state()) && state() != PA_CONTEXT_READY)
      if (!turn()) return false;
    return state() == PA_CONTEXT_READY;
  }

  static constexpr double kMostS = 1;  // of a sink's properties

  struct SinkQuestion {
    const Pulse& pulse;
    PulseSink answer;
  };

  /// libpulse calls this for the sink, and with null at the end. A sink of a dynamic latency follows its
  /// streams' wishes. The properties are there if the sink is a sound card; in bytes.
  static void take_sink(pa_context*, const pa_sink_info* info, int, void* self) noexcept {
    if (info == nullptr) return;
    auto& question = *static_cast<SinkQuestion*>(self);
    const auto is_speaker = [](pa_channel_position_t position) {
      return position >= PA_CHANNEL_POSITION_FRONT_LEFT && position <= PA_CHANNEL_POSITION_SIDE_RIGHT;
    };
    const pa_channel_map& map = info->channel_map;
    if (std::all_of(map.map, map.map + map.channels, is_speaker)) question.answer.speakers = map.channels;
    if ((info->flags & PA_SINK_DYNAMIC_LATENCY) != 0) return;
    const auto byte_rate =
        static_cast<double>(info->sample_spec.rate * question.pulse.frame_size(&info->sample_spec));
    const auto seconds = [&](const char* property) {
      const char* const bytes = question.pulse.property(info->proplist, property);
      return bytes != nullptr && byte_rate > 0 ? std::clamp(std::atof(bytes) / byte_rate, 0.0, kMostS) : 0.0;
    };
    Buffering& buffering = question.answer.buffering;
    buffering = {.fragment_s = seconds(PA_PROP_DEVICE_BUFFERING_FRAGMENT_SIZE),
                 .buffer_s = seconds(PA_PROP_DEVICE_BUFFERING_BUFFER_SIZE)};
    // Other sinks, such as network sinks and pipes, report only their configured latency.
    if (buffering.buffer_s == 0)
      buffering.buffer_s = std::min(static_cast<double>(info->configured_latency) / 1e6, kMostS);
  }

  void wait(pa_operation* question) {
    if (question == nullptr) return;
    while (pulse_.operation_get_state(question) == PA_OPERATION_RUNNING && PA_CONTEXT_IS_GOOD(state()))
      if (!turn()) break;
    pulse_.operation_unref(question);
  }

  /// Returns: whether the deadline allows another turn of the loop.
  bool turn() {
    constexpr int kMicroseconds = 1'000;
    const int left_ms = milliseconds_until(deadline_);
    return left_ms > 0 && pulse_.mainloop_prepare(loop_, left_ms * kMicroseconds) >= 0 &&
           pulse_.mainloop_poll(loop_) >= 0 && pulse_.mainloop_dispatch(loop_) >= 0;
  }

  /// libpulse calls this once for each device, and with null at the end. No exception may leave it.
  template <class Info>
  static void keep(pa_context*, const Info* info, int end, void* list) noexcept {
    auto& all = *static_cast<ServerList*>(list);
    if (end > 0) all.pending.pulse = false;
    if (info == nullptr || info->name == nullptr || !is_plain(info->name)) return;
    try {
      const std::string name = info->name;
      all.devices.push_back({.name = "PulseAudio/" + name,
                             .pcm = "{ type pulse device \"" + name + "\" }",
                             .channels = info->sample_spec.channels,
                             .rate = info->sample_spec.rate});
    } catch (const std::bad_alloc&) {  // the list lacks this device
    }
  }

  const ServerDeadline deadline_;
};

/// A lasting connection. The server reports each device that appears or disappears.
class PulseFollower final : public ServerFollower, PulseConnection {
 public:
  explicit PulseFollower(Direction direction) : ServerFollower(kPulsePrefix), direction_(direction) {
    connect();
  }

  void look() override {
    // A busy server may refuse a client and accept it a moment later.
    const bool is_refused = context_ != nullptr && !PA_CONTEXT_IS_GOOD(state());
    if (is_refused && has_pulse_socket() && std::chrono::steady_clock::now() > connected_ + kPause) connect();
    if (context_ == nullptr) return;
    constexpr int kMostTurns = 100;  // wait for no server
    int turns = kMostTurns;
    while (turns-- > 0 && pulse_.mainloop_prepare(loop_, 0) >= 0 && pulse_.mainloop_poll(loop_) >= 0 &&
           pulse_.mainloop_dispatch(loop_) > 0) {
    }
    if (state() != PA_CONTEXT_READY) return;
    if (!subscribes_) {
      const bool is_output = direction_ == Direction::output;
      pulse_.set_subscribe_callback(context_, &note, this);
      drop(pulse_.subscribe(context_, is_output ? PA_SUBSCRIPTION_MASK_SINK : PA_SUBSCRIPTION_MASK_SOURCE,
                            nullptr, nullptr));
      subscribes_ = asks_ = true;
    }
    if (asks_) ask();
  }

 private:
  static constexpr std::chrono::milliseconds kPause{200};  // between two attempts to connect

  void connect() {
    begin();
    names_.clear();
    subscribes_ = asks_ = has_all_ = false;
    connected_ = std::chrono::steady_clock::now();
  }
  void ask() {
    asks_ = has_all_ = false;
    drop(direction_ == Direction::output ? pulse_.get_sinks(context_, &keep<pa_sink_info>, this)
                                         : pulse_.get_sources(context_, &keep<pa_source_info>, this));
  }
  void drop(pa_operation* operation) const {
    if (operation != nullptr) pulse_.operation_unref(operation);
  }
  /// A removed device is known by its number; a new one is looked up.
  static void note(pa_context*, pa_subscription_event_type_t event, std::uint32_t index,
                   void* self) noexcept {
    auto& follower = *static_cast<PulseFollower*>(self);
    const auto kind = event & PA_SUBSCRIPTION_EVENT_TYPE_MASK;
    if (kind == PA_SUBSCRIPTION_EVENT_REMOVE) follower.names_.erase(index);
    if (kind == PA_SUBSCRIPTION_EVENT_NEW) follower.asks_ = true;
  }
  /// libpulse calls this for each device, and with null at the end; `end` is negative if the list failed.
  template <class Info>
  static void keep(pa_context*, const Info* info, int end, void* self) noexcept {
    auto& follower = *static_cast<PulseFollower*>(self);
    try {
      if (info != nullptr && info->name != nullptr)
        follower.names_[info->index] = std::string(kPulsePrefix) + info->name;
    } catch (const std::bad_alloc&) {  // without the name the device would count as gone
      follower.asks_ = true;
    }
    if (end > 0) follower.has_all_ = !follower.asks_;
  }

  const Direction direction_;
  std::chrono::steady_clock::time_point connected_;
  bool subscribes_ = false;
  bool asks_ = false;
};

}  // namespace

std::unique_ptr<ServerFollower> follow_pulse(Direction direction) {
  return std::make_unique<PulseFollower>(direction);
}

/// Without a socket libpulse is not asked, because it would make a folder where it looks for the server.
bool has_pulse_socket() {
  const PulsePlaces places = pulse_places();
  return places.has_remote || std::ranges::any_of(places.sockets, is_there);
}

ServerList pulse_devices(Direction direction, ServerDeadline deadline) {
  ServerList all;
  if (!has_pulse_socket()) return all;
  PulseClient client(deadline);
  if (client.is_complete()) client.list(direction, all);
  return all;
}

PulseSink ask_pulse_sink(Direction direction, const std::string& device, ServerDeadline deadline) {
  // A recording waits in the server until it is read.
  if (direction == Direction::input || !has_pulse_socket()) return {};
  PulseClient client(deadline);
  return client.is_complete() ? client.sink(device) : PulseSink{};
}

ServerAnswer ask_pulse(ServerDeadline deadline) {
  PulseClient client(deadline);
  if (!client.is_complete()) return ServerAnswer::unknown;
  return client.connect() ? ServerAnswer::answers : ServerAnswer::silent;
}

}  // namespace refwave::hal
