// PortAudio, initialised as often as needed, its devices and open streams. Thread: PortAudio's alone.
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
#include "hal/portaudio/alsa_devices.h"
#include "hal/portaudio/quiet.h"
#include "hal/portaudio/server_devices.h"
#include "hal/portaudio/stream.h"
#include "hal/system/mutex.h"
#include "hal/system/status.h"

namespace refwave::hal {

class PortAudioSession {
 public:
  using StreamPointer = std::shared_ptr<PortAudioStream>;

  explicit PortAudioSession(std::shared_ptr<ChangeCounts> changes) : changes_(std::move(changes)) {}

  /// Returns: the present devices. While a stream is open, JACK's and WASAPI's devices are those of the time
  /// before it was opened. No sound card is opened, so the cards' channels and rates are not known.
  std::vector<DeviceInfo> list(Direction direction);
  /// Returns: as Backend::full_name.
  std::string full_name(Direction direction, const std::string& name);
  /// Returns: why there are no devices; empty if all is well.
  const std::string& problem() const { return problem_; }
  /// Returns: the availability of devices for that direction after a list().
  Availability availability(Direction direction) const;
  /// Returns: which server refused this user at the newest list(), and a remedy; empty if none did.
  std::string refusal(Direction direction) const;
  /// Returns: whether a server that may have a device of that name is there, and has not reported what it
  /// has, as of the newest list() or open(). `name`: as request.device of open().
  bool is_pending(Direction direction, const std::string& name) const;
  /// Returns: whether the newest open() failed because there is no such name.
  bool is_unknown() const { return is_unknown_; }
  /// Returns: the device that the newest open() found and did not open, because it has no clock
  /// (unclocked_device.h); empty if there is none.
  const std::string& unclocked() const { return unclocked_; }
  /// Returns: the availability of the device after an open() that failed.
  Availability availability(const OpenRequest& request) const;

  /// Effects: opens a stream. Looks for devices again if one was lost or missing. Errors: null, and one line.
  StreamPointer open(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                     std::string& error);
  /// Effects: starts the stream. If that fails, the next list() or open() looks for devices again, because
  /// the stream may have lost its server. Errors: one line.
  Status start(PortAudioStream& stream);
  void close(const StreamPointer& stream);
  /// Returns: the result of ask_servers(), or a fresh one after `since_ns` that another stream has asked for.
  ServerAnswer ask(const Servers& servers, std::int64_t since_ns);
  /// Returns: the device that PortAudio's thread opens, asks or starts now; empty if none. Thread: any.
  std::string at_work_on() const;
  void end() {
    for (auto& follower : followers_) follower.reset();
    library_.reset();
    listening_.reset();
  }

  /// Effects: notices streams that have stopped by themselves. If a stream plays on the default device, and
  /// another device has become the default, notifies all streams that they are lost, because PortAudio finds
  /// the new default only after all streams are closed. A stream whose sink or source its server has removed
  /// is lost, too. Looks whether a device has appeared. Leaves JACK's server when no stream is open, because
  /// a client is woken in each of the server's periods. Returns: whether it must be called again soon.
  bool watch();

 private:
  /// PortAudio is initialised as long as this object lives, if `initialised` is a success.
  class Library {
   public:
    explicit Library(Status& initialised);
    ~Library();

   private:
    const Quiet quiet_;
    bool initialised_ = false;
  };

  /// A device, with the values by which PortAudio opens it.
  struct Listed {
    DeviceInfo info;
    PaHostApiTypeId api = paInDevelopment;
    PaDeviceIndex index = paNoDevice;
    // ALSA's name of its device, or definition of a server's device. These have no index. Else empty.
    std::string pcm{};
    double lowest_latency_s = 0;
    std::uint16_t least_channels = 1;
    std::optional<AlsaAnswer> answer{};  // if ALSA's device was asked
  };

  /// The device that the thread works on while this object lives.
  class Work {
   public:
    Work(PortAudioSession& session, const std::string& device) : session_(session) {
      session_.set_work(device);
    }
    ~Work() { session_.set_work({}); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

   private:
    PortAudioSession& session_;
  };

  void set_work(const std::string& device);
  void follow_servers();
  void initialise();
  bool any_healthy() const;
  bool has_another_default(Direction direction) const;
  void give_all_up();
  StreamPointer try_to_open(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback,
                            std::string& error);
  static std::vector<DeviceInfo> infos_of(const std::vector<Listed>& devices);
  std::vector<Listed> devices(Direction direction) const;
  std::vector<Listed> alsas(Direction direction);
  std::vector<Listed> all_devices(Direction direction);
  void look_at_servers(Direction direction);
  Availability listed_availability(Direction direction) const;
  bool ask_alsas(Listed& device, std::uint32_t rate, OnBusy on_busy);
  std::optional<Listed> choose(const OpenRequest& request, std::string& error);
  std::optional<Listed> choose_default(const OpenRequest& request, std::string& error);
  std::optional<PortAudioStream::Plan> plan(const OpenRequest& request, std::string& error);

  const std::shared_ptr<ChangeCounts> changes_;
  std::optional<DeviceChanges> listening_;
  std::chrono::steady_clock::time_point next_look_;  // of listening_
  std::array<std::uint32_t, 2> listed_defaults_{};   // changes_->defaults as of Pa_Initialize
  std::optional<Library> library_;
  std::string problem_;
  // Without a stream JACK's client leaves its server then.
  std::chrono::steady_clock::time_point leaves_jack_;
  bool stale_ = true;                                // a device was lost, or none found, since Pa_Initialize
  std::chrono::steady_clock::time_point last_open_;  // the engine repeats it while a device is missed
  bool is_busy_ = false;          // the newest open failed because another program has the device
  bool is_kept_waiting_ = false;  // the newest open failed because a server exists but runs no client now
  bool is_unknown_ = false;       // the newest open failed because all that may have the name lack it
  std::string unclocked_;
  std::vector<StreamPointer> streams_;
  std::array<ServerList, 2> server_devices_;                  // by Direction; the servers' last answers
  std::array<std::unique_ptr<ServerFollower>, 2> followers_;  // by Direction; while a server's device plays
  Servers asked_;                                             // last, by ask()
  std::int64_t asked_ns_ = 0;
  ServerAnswer answer_ = ServerAnswer::unknown;
  mutable Mutex work_mutex_;                  // held briefly
  std::string work_ GUARDED_BY(work_mutex_);  // the device; written by PortAudio's thread
};

}  // namespace refwave::hal
