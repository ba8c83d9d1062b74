// PulseAudio's sinks and sources, through libpulse, which is loaded for that. It is the library that ALSA's
// plugin for PulseAudio loads, too.
#include <pulse/context.h>
#include <pulse/introspect.h>
#include <pulse/mainloop.h>

#include "hal/portaudio/server_lists.h"
#include "hal/portaudio/shared_library.h"

namespace refwave::hal {
namespace {

/// What is needed of libpulse, by its own names.
struct Pulse {
  const SharedLibrary library{"libpulse.so.0"};
  decltype(pa_mainloop_new)* mainloop_new = nullptr;
  decltype(pa_mainloop_free)* mainloop_free = nullptr;
  decltype(pa_mainloop_get_api)* mainloop_get_api = nullptr;
  decltype(pa_mainloop_prepare)* mainloop_prepare = nullptr;
  decltype(pa_mainloop_poll)* mainloop_poll = nullptr;
  decltype(pa_mainloop_dispatch)* mainloop_dispatch = nullptr;
  decltype(pa_context_new)* context_new = nullptr;
  decltype(pa_context_connect)* context_connect = nullptr;
  decltype(pa_context_get_state)* context_get_state = nullptr;
  decltype(pa_context_disconnect)* context_disconnect = nullptr;
  decltype(pa_context_unref)* context_unref = nullptr;
  decltype(pa_context_get_sink_info_list)* get_sinks = nullptr;
  decltype(pa_context_get_source_info_list)* get_sources = nullptr;
  decltype(pa_operation_get_state)* operation_get_state = nullptr;
  decltype(pa_operation_unref)* operation_unref = nullptr;
  const bool is_complete =
      library.find("pa_mainloop_new", mainloop_new) && library.find("pa_mainloop_free", mainloop_free) &&
      library.find("pa_mainloop_get_api", mainloop_get_api) &&
      library.find("pa_mainloop_prepare", mainloop_prepare) &&
      library.find("pa_mainloop_poll", mainloop_poll) &&
      library.find("pa_mainloop_dispatch", mainloop_dispatch) &&
      library.find("pa_context_new", context_new) && library.find("pa_context_connect", context_connect) &&
      library.find("pa_context_get_state", context_get_state) &&
      library.find("pa_context_disconnect", context_disconnect) &&
      library.find("pa_context_unref", context_unref) &&
      library.find("pa_context_get_sink_info_list", get_sinks) &&
      library.find("pa_context_get_source_info_list", get_sources) &&
      library.find("pa_operation_get_state", operation_get_state) &&
      library.find("pa_operation_unref", operation_unref);
};

/// One connection to the server, which asks one question.
class Client {
 public:
  Client(const Pulse& pulse, ServerDeadline deadline)
      : pulse_(pulse), deadline_(deadline), loop_(pulse.mainloop_new()) {
    if (loop_ != nullptr) context_ = pulse_.context_new(pulse_.mainloop_get_api(loop_), "refwave");
  }
  ~Client() {
    if (context_ != nullptr) {
      pulse_.context_disconnect(context_);
      pulse_.context_unref(context_);
    }
    if (loop_ != nullptr) pulse_.mainloop_free(loop_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Effects: `all` becomes what the server tells, as far as it tells it in time.
  void list(Direction direction, std::vector<ServerDevice>& all) {
    // A server that does not run is not to be started by the question.
    if (context_ == nullptr || pulse_.context_connect(context_, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr) < 0)
      return;
    const auto state = [this] { return pulse_.context_get_state(context_); };
    while (PA_CONTEXT_IS_GOOD(state()) && state() != PA_CONTEXT_READY)
      if (!turn()) return;
    if (state() != PA_CONTEXT_READY) return;
    pa_operation* const question = direction == Direction::output
                                       ? pulse_.get_sinks(context_, &keep<pa_sink_info>, &all)
                                       : pulse_.get_sources(context_, &keep<pa_source_info>, &all);
    if (question == nullptr) return;
    while (pulse_.operation_get_state(question) == PA_OPERATION_RUNNING && PA_CONTEXT_IS_GOOD(state()))
      if (!turn()) break;
    pulse_.operation_unref(question);
  }

 private:
  /// Returns: whether there is time for another turn.
  bool turn() {
    constexpr int kMicroseconds = 1'000;
    const int left_ms = milliseconds_until(deadline_);
    return left_ms > 0 && pulse_.mainloop_prepare(loop_, left_ms * kMicroseconds) >= 0 &&
           pulse_.mainloop_poll(loop_) >= 0 && pulse_.mainloop_dispatch(loop_) >= 0;
  }

  /// libpulse's function: once for each device, and with null at the end. It cannot pass an exception on.
  template <class Info>
  static void keep(pa_context*, const Info* info, int, void* list) noexcept {
    if (info == nullptr || info->name == nullptr || !is_plain(info->name)) return;
    try {
      const std::string name = info->name;
      static_cast<std::vector<ServerDevice>*>(list)->push_back(
          {.name = "PulseAudio/" + name,
           .pcm = "{ type pulse device \"" + name + "\" }",
           .channels = info->sample_spec.channels,
           .rate = info->sample_spec.rate});
    } catch (const std::bad_alloc&) {  // one device less
    }
  }

  const Pulse& pulse_;
  const ServerDeadline deadline_;
  pa_mainloop* const loop_;
  pa_context* context_ = nullptr;
};

/// libpulse would look for a server in places of its own, and make its folder there.
bool has_socket() {
  std::error_code ignored;
  return !environment_variable("PULSE_SERVER").empty() || exists_in("PULSE_RUNTIME_PATH", "native") ||
         exists_in("XDG_RUNTIME_DIR", "pulse/native") ||
         std::filesystem::exists("/run/pulse/native", ignored);
}

}  // namespace

std::vector<ServerDevice> pulse_devices(Direction direction, ServerDeadline deadline) {
  std::vector<ServerDevice> all;
  if (!has_socket()) return all;
  const Pulse pulse;
  if (pulse.is_complete) Client(pulse, deadline).list(direction, all);
  return all;
}

}  // namespace refwave::hal
