// The messages of ALSA and JACK. hal links neither library. Each is loaded with the first look for a device,
// and stays, because an unload does not give back pthread keys (libjack: three of 1,024).
#include "hal/portaudio/quiet.h"

#include <dlfcn.h>
#include <link.h>

#include <string_view>
#include <vector>

#include "hal/shared_library.h"

/// Of PortAudio.
extern "C" void PaUtil_SetDebugPrintFunction(void (*print)(const char* line));

namespace refwave::hal {
namespace {

using AlsaErrorHandler = void (*)(const char* file, int line, const char* function, int error,
                                  const char* format, ...);
using JackMessageHandler = void (*)(const char* message);

void ignore_portaudio(const char*) {}
void ignore_alsa(const char*, int, const char*, int, const char*, ...) {}
void ignore_jack(const char*) {}

/// Makes our function the receiver of a library's messages, and restores the former one at its end.
template <class Handler, class Result>
class Handlers {
 public:
  using Set = Result(Handler);

  Handlers(Set* set, const Handler* current, Handler ours) : set_(current == nullptr ? nullptr : set) {
    if (set_ == nullptr) return;
    before_ = *current;
    set_(ours);
  }
  ~Handlers() {
    if (set_ != nullptr) set_(before_);
  }
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

 private:
  Set* const set_;
  Handler before_{};
};

using AlsaHandlers = Handlers<AlsaErrorHandler, int>;
using JackHandlers = Handlers<JackMessageHandler, void>;

}  // namespace

struct Quiet::Before {
  SharedLibrary alsa{"libasound.so.2"};
  SharedLibrary jack{"libjack.so.0"};
  const AlsaHandlers alsa_error{alsa.find("snd_lib_error_set_handler"), alsa.find("snd_lib_error"),
                                ignore_alsa};
  // PortAudio replaces this receiver by its own, which writes nothing either.
  const JackHandlers jack_error{jack.find("jack_set_error_function"), jack.find("jack_error_callback"),
                                ignore_jack};
  const JackHandlers jack_info{jack.find("jack_set_info_function"), jack.find("jack_info_callback"),
                               ignore_jack};
};

Quiet::Quiet() : before_(std::make_unique<Before>()) { PaUtil_SetDebugPrintFunction(ignore_portaudio); }

Quiet::~Quiet() = default;

/// The plugins are kept, because ALSA's plugin for PipeWire leaks 17 KB each time it is loaded. So is libdbus
/// (5 KB), which PipeWire's library may load for a moment.
void Quiet::keep_plugins() const {
  // The list is made first and used after it, because dl_iterate_phdr holds the lock that dlopen needs.
  std::vector<std::string> paths;
  const auto add_plugin = [](dl_phdr_info* loaded, std::size_t, void* list) {
    const std::string_view path = loaded->dlpi_name;
    if (path.find("/libasound_module_") != path.npos)
      static_cast<std::vector<std::string>*>(list)->emplace_back(path);
    return 0;
  };
  dl_iterate_phdr(add_plugin, &paths);
  for (const std::string& path : paths) {
    if (path.find("pipewire") != path.npos) static_cast<void>(SharedLibrary("libdbus-1.so.3"));
    if (void* const plugin = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE)) dlclose(plugin);
  }
}

}  // namespace refwave::hal
