// PortAudio from Pa_Initialize to Pa_Terminate, again and again: the list of devices, and the streams that
// are open. Thread: PortAudio's alone.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/device.h"
#include "hal/device_changes.h"
#include "hal/portaudio/quiet.h"
#include "hal/portaudio/server_devices.h"
#include "hal/portaudio/stream.h"

namespace refwave::hal {

class PortAudioSession {
 public:
  using StreamPointer = std::shared_ptr<PortAudioStream>;

  explicit PortAudioSession(std::shared_ptr<ChangeCounts> changes) : changes_(std::move(changes)) {}

  /// Returns: the devices there are now; while a stream is open, those that there were before it was, but for
  /// the servers' own, which are always those of now.
  std::vector<DeviceInfo> list(Direction direction, AskRates ask);
  /// Returns: why there are no devices; empty when all is well.
  const std::string& problem() const { return problem_; }

  /// Errors: null, and one line in `error`. After a loss, and where nothing was found, looks for devices
  /// anew.
  StreamPointer open(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                     std::string& error);
  /// Errors: one line. What does not start may have lost its server: devices are looked for anew, then.
  std::string start(PortAudioStream& stream);
  void close(const StreamPointer& stream);
  /// Effects: Pa_Terminate.
  void end() {
    library_.reset();
    listening_.reset();
  }

  /// Effects: notices streams that have stopped by themselves; gives all up when one of them plays on what
  /// was the default device and is so no longer, because PortAudio finds another one only once all are
  /// closed. Looks whether a device has come. Returns: whether there will soon be something to look at again.
  bool watch();

 private:
  class Library {  // initialised as long as it lives, if `problem` is empty
   public:
    explicit Library(std::string& problem);
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library();

   private:
    const Quiet quiet_;
    bool initialised_ = false;
  };

  /// A device, and how PortAudio opens it.
  struct Listed {
    DeviceInfo info;
    PaHostApiTypeId api = paInDevelopment;
    PaDeviceIndex index = paNoDevice;
    std::string pcm{};  // of a server's device, which has no index
    double lowest_latency_s = 0;
  };

  void initialise();
  bool any_healthy() const;
  bool has_another_default(Direction direction) const;
  bool can_give_all_up() const;
  void give_all_up();
  StreamPointer try_to_open(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                            std::string& error);
  static std::uint8_t usual_rates(const Listed& device);
  std::vector<Listed> devices(Direction direction) const;
  void look_at_servers(Direction direction);
  std::optional<Listed> choose(const OpenRequest& request, std::string& error);
  void remember(Listed device);
  std::optional<PortAudioStream::Plan> plan(const OpenRequest& request, std::string& error);

  const std::shared_ptr<ChangeCounts> changes_;
  std::optional<DeviceChanges> listening_;
  std::array<std::uint32_t, 2> listed_defaults_{};  // changes_->defaults as of Pa_Initialize
  std::optional<Library> library_;
  std::string problem_;
  bool stale_ = true;                                // a device was lost, or none found, since Pa_Initialize
  std::chrono::steady_clock::time_point last_open_;  // whoever lost a device tries again and again
  std::vector<Listed> known_;     // ALSA's devices that were asked for and found once, by their own names
  bool is_kept_waiting_ = false;  // the newest open failed because a server is there and runs nobody now
  std::vector<StreamPointer> streams_;
  std::array<std::vector<ServerDevice>, 2> server_devices_;  // by Direction, as of the last look
};

}  // namespace refwave::hal
