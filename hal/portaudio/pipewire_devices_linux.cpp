// PipeWire's sinks and sources, through libpipewire. The library is loaded here and not linked; ALSA's plugin
// for PipeWire loads the same one. A sink can be recorded, too, under its name with ".monitor" after it.
#include <pipewire/pipewire.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "hal/portaudio/server_lists.h"
#include "hal/server_sockets_linux.h"
#include "hal/shared_library.h"

namespace refwave::hal {
namespace {

/// The functions of libpipewire that are called here, by its own names. The others are inline in its headers.
struct Pipewire {
  const SharedLibrary library{"libpipewire-0.3.so.0"};
  decltype(pw_init)* const init = library.find<decltype(pw_init)>("pw_init");
  decltype(pw_main_loop_new)* const main_loop_new =
      library.find<decltype(pw_main_loop_new)>("pw_main_loop_new");
  decltype(pw_main_loop_get_loop)* const main_loop_get_loop =
      library.find<decltype(pw_main_loop_get_loop)>("pw_main_loop_get_loop");
  decltype(pw_main_loop_destroy)* const main_loop_destroy =
      library.find<decltype(pw_main_loop_destroy)>("pw_main_loop_destroy");
  decltype(pw_context_new)* const context_new = library.find<decltype(pw_context_new)>("pw_context_new");
  decltype(pw_context_connect)* const context_connect =
      library.find<decltype(pw_context_connect)>("pw_context_connect");
  decltype(pw_context_destroy)* const context_destroy =
      library.find<decltype(pw_context_destroy)>("pw_context_destroy");
  decltype(pw_core_disconnect)* const core_disconnect =
      library.find<decltype(pw_core_disconnect)>("pw_core_disconnect");
  decltype(pw_proxy_destroy)* const proxy_destroy =
      library.find<decltype(pw_proxy_destroy)>("pw_proxy_destroy");
  const bool is_complete = init != nullptr && main_loop_new != nullptr && main_loop_get_loop != nullptr &&
                           main_loop_destroy != nullptr && context_new != nullptr &&
                           context_connect != nullptr && context_destroy != nullptr &&
                           core_disconnect != nullptr && proxy_destroy != nullptr;
};

/// Returns: the name under which a node of that kind is listed for a direction; empty if it is none such.
std::string listed_name(const std::string& name, std::string_view kind, Direction direction) {
  const bool plays = kind == "Audio/Sink" || kind == "Audio/Duplex";
  const bool records = kind == "Audio/Source" || kind == "Audio/Source/Virtual" || kind == "Audio/Duplex";
  const bool is_output = direction == Direction::output;
  if (!plays && (is_output || !records)) return {};
  return std::string(kPipewirePrefix) + name + (!is_output && !records ? ".monitor" : "");
}

/// One connection to the server. It lists the server's objects.
class Client {
 public:
  Client(const Pipewire& pipewire, Direction direction, std::vector<ServerDevice>& all)
      : pipewire_(pipewire), direction_(direction), all_(all), loop_(pipewire.main_loop_new(nullptr)) {
    if (loop_ != nullptr) context_ = pipewire_.context_new(inner(), nullptr, 0);
    if (context_ != nullptr) core_ = pipewire_.context_connect(context_, nullptr, 0);
  }
  ~Client() {
    if (registry_ != nullptr) pipewire_.proxy_destroy(reinterpret_cast<pw_proxy*>(registry_));
    if (core_ != nullptr) pipewire_.core_disconnect(core_);
    if (context_ != nullptr) pipewire_.context_destroy(context_);
    if (loop_ != nullptr) pipewire_.main_loop_destroy(loop_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Returns: whether the server has told all before the deadline.
  bool list(ServerDeadline deadline) {
    if (core_ == nullptr) return false;
    pw_core_events core_events{};
    core_events.version = PW_VERSION_CORE_EVENTS;
    core_events.info = &take_rate;
    core_events.done = &end;
    core_events.error = &give_up;
    spa_hook core_hook{};
    pw_core_add_listener(core_, &core_hook, &core_events, this);
    registry_ = pw_core_get_registry(core_, PW_VERSION_REGISTRY, 0);
    if (registry_ == nullptr) {
      spa_hook_remove(&core_hook);
      return false;
    }
    pw_registry_events registry_events{};
    registry_events.version = PW_VERSION_REGISTRY_EVENTS;
    registry_events.global = &keep;
    spa_hook registry_hook{};
    pw_registry_add_listener(registry_, &registry_hook, &registry_events, this);
    last_ = pw_core_sync(core_, PW_ID_CORE, 0);
    pw_loop_enter(inner());
    while (!ended_ && milliseconds_until(deadline) > 0)
      pw_loop_iterate(inner(), milliseconds_until(deadline));
    pw_loop_leave(inner());
    for (ServerDevice& device : all_) device.rate = rate_;
    take_numbers();
    spa_hook_remove(&registry_hook);
    spa_hook_remove(&core_hook);
    return ended_ && !is_gone_;
  }

 private:
  pw_loop* inner() const { return pipewire_.main_loop_get_loop(loop_); }

  // libpipewire calls these. No exception may leave them, because libpipewire is C.
  static void take_rate(void* self, const pw_core_info* info) noexcept {
    const char* const rate = spa_dict_lookup(info->props, "default.clock.rate");
    if (rate != nullptr) static_cast<Client*>(self)->rate_ = static_cast<std::uint32_t>(std::atoi(rate));
  }
  static void end(void* self, std::uint32_t id, int sequence) noexcept {
    auto& client = *static_cast<Client*>(self);
    client.ended_ = client.ended_ || (id == PW_ID_CORE && sequence == client.last_);
  }
  static void give_up(void* self, std::uint32_t, int, int result, const char*) noexcept {
    auto& client = *static_cast<Client*>(self);
    client.ended_ = true;
    client.is_gone_ = result == -EPIPE;
  }
  static void keep(void* self, std::uint32_t, std::uint32_t, const char* type, std::uint32_t,
                   const spa_dict* properties) noexcept {
    if (properties == nullptr) return;
    if (std::string_view(type) == PW_TYPE_INTERFACE_Client)
      static_cast<Client*>(self)->keep_client(properties);
    if (std::string_view(type) != PW_TYPE_INTERFACE_Node) return;
    const char* const name = spa_dict_lookup(properties, PW_KEY_NODE_NAME);
    const char* const kind = spa_dict_lookup(properties, PW_KEY_MEDIA_CLASS);
    const char* const serial = spa_dict_lookup(properties, PW_KEY_OBJECT_SERIAL);
    if (name == nullptr || kind == nullptr) return;
    try {
      static_cast<Client*>(self)->keep_node(name, kind, serial == nullptr ? name : serial);
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
  void keep_client(const spa_dict* properties) {
    const char* const name = spa_dict_lookup(properties, PW_KEY_APP_NAME);
    has_wireplumber_ = has_wireplumber_ || (name != nullptr && std::string_view(name) == "WirePlumber");
  }
  static std::string definition(const std::string& played, const std::string& recorded) {
    return "{ type pipewire playback_node \"" + played + "\" capture_node \"" + recorded + "\" }";
  }
  /// Effects: WirePlumber looks for a recorder's node of a name among the sources alone, but takes any
  /// number. Other session managers find a sink's name, and find it again when the sink has come back.
  void take_numbers() {
    for (std::size_t i = 0; has_wireplumber_ && i < by_number_.size(); ++i) all_[i].pcm.swap(by_number_[i]);
  }

  const Pipewire& pipewire_;
  const Direction direction_;
  std::vector<ServerDevice>& all_;
  std::vector<std::string> by_number_;  // of each of them ALSA's definition with the number
  bool has_wireplumber_ = false;
  std::uint32_t rate_ = 0;
  int last_ = -1;
  bool ended_ = false;
  bool is_gone_ = false;
  pw_main_loop* const loop_;
  pw_context* context_ = nullptr;
  pw_core* core_ = nullptr;
  pw_registry* registry_ = nullptr;
};

/// One connection that stays. The server tells of each node that comes or goes.
class PipewireFollower final : public ServerFollower {
 public:
  explicit PipewireFollower(Direction direction) : direction_(direction) {
    if (!pipewire_.is_complete) return;
    pipewire_.init(nullptr, nullptr);
    loop_ = pipewire_.main_loop_new(nullptr);
    if (loop_ != nullptr) context_ = pipewire_.context_new(inner(), nullptr, 0);
    if (context_ != nullptr) core_ = pipewire_.context_connect(context_, nullptr, 0);
    if (core_ != nullptr) registry_ = pw_core_get_registry(core_, PW_VERSION_REGISTRY, 0);
    if (registry_ == nullptr) return;
    core_events_.version = PW_VERSION_CORE_EVENTS;
    core_events_.done = &end;
    core_events_.error = &give_up;
    pw_core_add_listener(core_, &core_hook_, &core_events_, this);
    registry_events_.version = PW_VERSION_REGISTRY_EVENTS;
    registry_events_.global = &keep;
    registry_events_.global_remove = &forget;
    pw_registry_add_listener(registry_, &registry_hook_, &registry_events_, this);
    last_ = pw_core_sync(core_, PW_ID_CORE, 0);
  }
  ~PipewireFollower() override {
    if (registry_ != nullptr) {
      spa_hook_remove(&registry_hook_);
      spa_hook_remove(&core_hook_);
      pipewire_.proxy_destroy(reinterpret_cast<pw_proxy*>(registry_));
    }
    if (core_ != nullptr) pipewire_.core_disconnect(core_);
    if (context_ != nullptr) pipewire_.context_destroy(context_);
    if (loop_ != nullptr) pipewire_.main_loop_destroy(loop_);
  }
  PipewireFollower(const PipewireFollower&) = delete;
  PipewireFollower& operator=(const PipewireFollower&) = delete;

  void look() override {
    if (registry_ == nullptr || is_gone_) return;
    constexpr int kMostTurns = 100;  // no server keeps this thread
    int turns = kMostTurns;
    pw_loop_enter(inner());
    while (turns-- > 0 && pw_loop_iterate(inner(), 0) > 0) {
    }
    pw_loop_leave(inner());
  }

  bool lacks(const std::string& name) const override {
    if (!has_told_ || is_gone_ || !name.starts_with(kPipewirePrefix)) return false;
    return std::ranges::none_of(names_, [&](const auto& node) { return node.second == name; });
  }

 private:
  pw_loop* inner() const { return pipewire_.main_loop_get_loop(loop_); }
  static void end(void* self, std::uint32_t id, int sequence) noexcept {
    auto& follower = *static_cast<PipewireFollower*>(self);
    follower.has_told_ = follower.has_told_ || (id == PW_ID_CORE && sequence == follower.last_);
  }
  static void give_up(void* self, std::uint32_t id, int, int, const char*) noexcept {
    if (id == PW_ID_CORE) static_cast<PipewireFollower*>(self)->is_gone_ = true;
  }
  static void keep(void* self, std::uint32_t id, std::uint32_t, const char* type, std::uint32_t,
                   const spa_dict* properties) noexcept {
    auto& follower = *static_cast<PipewireFollower*>(self);
    if (properties == nullptr || std::string_view(type) != PW_TYPE_INTERFACE_Node) return;
    const char* const name = spa_dict_lookup(properties, PW_KEY_NODE_NAME);
    const char* const kind = spa_dict_lookup(properties, PW_KEY_MEDIA_CLASS);
    if (name == nullptr || kind == nullptr) return;
    try {
      if (std::string listed = listed_name(name, kind, follower.direction_); !listed.empty())
        follower.names_[id] = std::move(listed);
    } catch (const std::bad_alloc&) {  // without the name the device would count as gone
      follower.is_gone_ = true;
    }
  }
  static void forget(void* self, std::uint32_t id) noexcept {
    static_cast<PipewireFollower*>(self)->names_.erase(id);
  }

  const Pipewire pipewire_;
  const Direction direction_;
  std::map<std::uint32_t, std::string> names_;
  int last_ = -1;
  bool has_told_ = false;
  bool is_gone_ = false;
  pw_core_events core_events_{};
  pw_registry_events registry_events_{};
  spa_hook core_hook_{};
  spa_hook registry_hook_{};
  pw_main_loop* loop_ = nullptr;
  pw_context* context_ = nullptr;
  pw_core* core_ = nullptr;
  pw_registry* registry_ = nullptr;
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
  const Pipewire pipewire;
  if (!pipewire.is_complete) return all;
  pipewire.init(nullptr, nullptr);
  all.untold.pipewire = !Client(pipewire, direction, all.devices).list(deadline) && is_pipewire_there();
  return all;
}

ServerAnswer ask_pipewire(ServerDeadline deadline) {
  const Pipewire pipewire;
  if (!pipewire.is_complete) return ServerAnswer::unknown;
  pipewire.init(nullptr, nullptr);
  std::vector<ServerDevice> all;
  return Client(pipewire, Direction::output, all).list(deadline) ? ServerAnswer::answers
                                                                 : ServerAnswer::silent;
}

}  // namespace refwave::hal
