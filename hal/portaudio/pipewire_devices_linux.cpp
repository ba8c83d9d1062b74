// PipeWire's sinks and sources, through libpipewire. The library is loaded here and not linked; ALSA's plugin
// for PipeWire loads the same one. A sink can be recorded, too, under its name with ".monitor" after it.
#include <pipewire/pipewire.h>

#include <algorithm>
#include <cerrno>

#include "hal/portaudio/server_lists.h"
#include "hal/server_sockets_linux.h"
#include "hal/shared_library.h"

namespace refwave::hal {
namespace {

/// The functions of libpipewire that are called here, under its names. The others are inline in its headers.
struct Pipewire {
  SharedLibrary library{"libpipewire-0.3.so.0"};
  decltype(&pw_init) init = library.find("pw_init");
  decltype(&pw_main_loop_new) main_loop_new = library.find("pw_main_loop_new");
  decltype(&pw_main_loop_get_loop) main_loop_get_loop = library.find("pw_main_loop_get_loop");
  decltype(&pw_main_loop_destroy) main_loop_destroy = library.find("pw_main_loop_destroy");
  decltype(&pw_context_new) context_new = library.find("pw_context_new");
  decltype(&pw_context_connect) context_connect = library.find("pw_context_connect");
  decltype(&pw_context_destroy) context_destroy = library.find("pw_context_destroy");
  decltype(&pw_core_disconnect) core_disconnect = library.find("pw_core_disconnect");
  decltype(&pw_proxy_destroy) proxy_destroy = library.find("pw_proxy_destroy");
};

/// Returns: the name under which a node is listed for a direction; empty if it is not listed.
std::string listed_name(const std::string& name, std::string_view kind, Direction direction) {
  const bool plays = kind == "Audio/Sink" || kind == "Audio/Duplex";
  const bool records = kind == "Audio/Source" || kind == "Audio/Source/Virtual" || kind == "Audio/Duplex";
  const bool is_output = direction == Direction::output;
  if (!plays && (is_output || !records)) return {};
  return std::string(kPipewirePrefix) + name + (!is_output && !records ? ".monitor" : "");
}

/// A connection to the server, which reports its objects when the loop runs. libpipewire calls the take_…
/// functions, and because it is C, no exception may leave them.
class PipewireConnection {
 public:
  /// Returns: whether libpipewire is there, with all its functions.
  bool is_complete() const { return pipewire_.library.is_complete(); }

 protected:
  explicit PipewireConnection(Direction direction) : direction_(direction) {}
  ~PipewireConnection() {
    if (registry_ != nullptr) {
      spa_hook_remove(&registry_hook_);
      spa_hook_remove(&core_hook_);
      pipewire_.proxy_destroy(reinterpret_cast<pw_proxy*>(registry_));
    }
    if (core_ != nullptr) pipewire_.core_disconnect(core_);
    if (context_ != nullptr) pipewire_.context_destroy(context_);
    if (loop_ != nullptr) pipewire_.main_loop_destroy(loop_);
  }

  void begin() {
    if (!is_complete()) return;
    pipewire_.init(nullptr, nullptr);
    loop_ = pipewire_.main_loop_new(nullptr);
    if (loop_ != nullptr) context_ = pipewire_.context_new(inner(), nullptr, 0);
    if (context_ != nullptr) core_ = pipewire_.context_connect(context_, nullptr, 0);
    if (core_ != nullptr) registry_ = pw_core_get_registry(core_, PW_VERSION_REGISTRY, 0);
    if (registry_ == nullptr) return;
    core_events_.version = PW_VERSION_CORE_EVENTS;
    core_events_.info = [](void* self, const pw_core_info* info) { of(self).take_info(*info); };
    core_events_.done = [](void* self, std::uint32_t id, int sequence) {
      of(self).has_listed_ = of(self).has_listed_ || (id == PW_ID_CORE && sequence == of(self).last_);
    };
    core_events_.error = [](void* self, std::uint32_t id, int, int result, const char*) {
      of(self).take_error(id, result);
    };
    pw_core_add_listener(core_, &core_hook_, &core_events_, this);
    registry_events_.version = PW_VERSION_REGISTRY_EVENTS;
    registry_events_.global = &take_object;
    registry_events_.global_remove = [](void* self, std::uint32_t id) { of(self).forget(id); };
    pw_registry_add_listener(registry_, &registry_hook_, &registry_events_, this);
    last_ = pw_core_sync(core_, PW_ID_CORE, 0);
  }
  bool is_connected() const { return registry_ != nullptr; }
  pw_loop* inner() const { return pipewire_.main_loop_get_loop(loop_); }

  virtual void take_info(const pw_core_info&) noexcept {}
  virtual void take_error(std::uint32_t id, int result) noexcept = 0;
  virtual void take_client(const spa_dict*) noexcept {}
  virtual void take_node(std::uint32_t id, const char* name, const char* kind,
                         const spa_dict* properties) noexcept = 0;
  virtual void forget(std::uint32_t) noexcept {}

  const Direction direction_;
  bool has_listed_ = false;  // all objects that existed at the beginning

 private:
  static PipewireConnection& of(void* self) { return *static_cast<PipewireConnection*>(self); }
  static void take_object(void* self, std::uint32_t id, std::uint32_t, const char* type, std::uint32_t,
                          const spa_dict* properties) {
    if (properties == nullptr) return;
    if (std::string_view(type) == PW_TYPE_INTERFACE_Client) of(self).take_client(properties);
    if (std::string_view(type) != PW_TYPE_INTERFACE_Node) return;
    const char* const name = spa_dict_lookup(properties, PW_KEY_NODE_NAME);
    const char* const kind = spa_dict_lookup(properties, PW_KEY_MEDIA_CLASS);
    if (name != nullptr && kind != nullptr) of(self).take_node(id, name, kind, properties);
  }

  const Pipewire pipewire_;
  int last_ = -1;
  pw_core_events core_events_{};
  pw_registry_events registry_events_{};
  spa_hook core_hook_{};
  spa_hook registry_hook_{};
  pw_main_loop* loop_ = nullptr;
  pw_context* context_ = nullptr;
  pw_core* core_ = nullptr;
  pw_registry* registry_ = nullptr;
};

/// One connection for one list.
class Client final : public PipewireConnection {
 public:
  explicit Client(Direction direction) : PipewireConnection(direction) { begin(); }

  /// Effects: puts the server's devices into `all`. Returns: whether it has reported all before the deadline.
  bool list(ServerDeadline deadline, std::vector<ServerDevice>& all) {
    if (!is_connected()) return false;
    pw_loop_enter(inner());
    while (!has_listed_ && milliseconds_until(deadline) > 0)
      pw_loop_iterate(inner(), milliseconds_until(deadline));
    pw_loop_leave(inner());
    for (ServerDevice& device : all_) device.rate = rate_;
    take_numbers();
    all = std::move(all_);
    return has_listed_ && !is_gone_;
  }

 private:
  void take_info(const pw_core_info& info) noexcept override {
    const char* const rate = spa_dict_lookup(info.props, "default.clock.rate");
    if (rate != nullptr) rate_ = static_cast<std::uint32_t>(std::atoi(rate));
  }
  void take_error(std::uint32_t, int result) noexcept override {
    has_listed_ = true;
    is_gone_ = result == -EPIPE;
  }
  void take_client(const spa_dict* properties) noexcept override {
    const char* const name = spa_dict_lookup(properties, PW_KEY_APP_NAME);
    has_wireplumber_ = has_wireplumber_ || (name != nullptr && std::string_view(name) == "WirePlumber");
  }
  void take_node(std::uint32_t, const char* name, const char* kind,
                 const spa_dict* properties) noexcept override {
    const char* const serial = spa_dict_lookup(properties, PW_KEY_OBJECT_SERIAL);
    try {
      keep_node(name, kind, serial == nullptr ? name : serial);
    } catch (const std::bad_alloc&) {  // the list lacks this device
    }
  }
  void keep_node(const std::string& name, std::string_view kind, const std::string& serial) {
    std::string listed = listed_name(name, kind, direction_);
    if (!is_plain(name) || listed.empty()) return;
    const bool is_monitor =
        listed.ends_with(".monitor") && listed.size() > kPipewirePrefix.size() + name.size();
    std::string number = definition(name, is_monitor ? serial : name);
    by_number_.reserve(all_.size() + 1);
    all_.push_back({.name = std::move(listed), .pcm = definition(name, name)});
    by_number_.push_back(std::move(number));
  }
  static std::string definition(const std::string& played, const std::string& recorded) {
    return "{ type pipewire playback_node \"" + played + "\" capture_node \"" + recorded + "\" }";
  }
  /// Effects: WirePlumber looks for a recorder's node of a name among the sources alone, but takes any
  /// number. Other session managers find a sink's name, and find it again when the sink has come back.
  void take_numbers() {
    for (std::size_t i = 0; has_wireplumber_ && i < by_number_.size(); ++i) all_[i].pcm.swap(by_number_[i]);
  }

  std::vector<ServerDevice> all_;
  std::vector<std::string> by_number_;  // of each of them ALSA's definition with the number
  bool has_wireplumber_ = false;
  std::uint32_t rate_ = 0;
  bool is_gone_ = false;
};

/// A lasting connection. The server reports each node that appears or disappears.
class PipewireFollower final : public ServerFollower, PipewireConnection {
 public:
  explicit PipewireFollower(Direction direction)
      : ServerFollower(kPipewirePrefix), PipewireConnection(direction) {
    begin();
  }

  void look() override {
    if (!is_connected() || is_gone_) return;
    constexpr int kMostTurns = 100;  // wait for no server
    int turns = kMostTurns;
    pw_loop_enter(inner());
    while (turns-- > 0 && pw_loop_iterate(inner(), 0) > 0) {
    }
    pw_loop_leave(inner());
    has_all_ = has_listed_ && !is_gone_;
  }

 private:
  void take_error(std::uint32_t id, int) noexcept override { is_gone_ = is_gone_ || id == PW_ID_CORE; }
  void take_node(std::uint32_t id, const char* name, const char* kind, const spa_dict*) noexcept override {
    try {
      if (std::string listed = listed_name(name, kind, direction_); !listed.empty())
        names_[id] = std::move(listed);
    } catch (const std::bad_alloc&) {  // without the name the device would count as gone
      is_gone_ = true;
    }
  }
  void forget(std::uint32_t id) noexcept override { names_.erase(id); }

  bool is_gone_ = false;
};

}  // namespace

std::unique_ptr<ServerFollower> follow_pipewire(Direction direction) {
  return std::make_unique<PipewireFollower>(direction);
}

/// Without a socket libpipewire is not asked, because it would write on stderr.
bool has_pipewire_socket() { return std::ranges::any_of(pipewire_sockets(), is_there); }

ServerList pipewire_devices(Direction direction, ServerDeadline deadline) {
  ServerList all;
  if (!has_pipewire_socket()) return all;
  Client client(direction);
  if (!client.is_complete()) return all;
  all.pending.pipewire = !client.list(deadline, all.devices) && is_pipewire_there();
  return all;
}

ServerAnswer ask_pipewire(ServerDeadline deadline) {
  Client client(Direction::output);
  if (!client.is_complete()) return ServerAnswer::unknown;
  std::vector<ServerDevice> all;
  return client.list(deadline, all) ? ServerAnswer::answers : ServerAnswer::silent;
}

}  // namespace refwave::hal
