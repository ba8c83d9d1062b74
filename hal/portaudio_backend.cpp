#include "hal/portaudio_backend.h"

#include <mutex>
#include <utility>

#include "hal/portaudio_session.h"
#include "hal/portaudio_thread.h"

namespace refwave::hal {
namespace {

constexpr const char* kGone = "PortAudio does not answer: a call into it has not returned for two seconds";

PortAudioThread::Deadline soon() { return std::chrono::steady_clock::now() + kPatience; }

/// The session with the thread that it lives on. Tasks hold the session and never this, which waits for the
/// thread.
struct PortAudio {
  PortAudio(std::shared_ptr<ChangeCounts> changes, std::string& error)
      : session(std::make_shared<PortAudioSession>(std::move(changes))),
        thread([s = session] { return s->watch(); }, error) {}
  ~PortAudio() {
    thread.post([s = session] { s->end(); });
  }

  const std::shared_ptr<PortAudioSession> session;
  PortAudioThread thread;
};

class PortAudioDevice final : public Device {
 public:
  PortAudioDevice(std::shared_ptr<PortAudio> portaudio, PortAudioSession::StreamPointer stream)
      : portaudio_(std::move(portaudio)), stream_(std::move(stream)) {}

  ~PortAudioDevice() override {
    const auto deadline = soon();
    const bool was_playing = stream_->playing();
    const bool can_wait =
        stream_->silence(deadline);  // not inside the callback that PortAudio would wait for
    if (can_wait && was_playing) stream_->drain(deadline);
    auto close = [session = portaudio_->session, stream = stream_] { session->close(stream); };
    if (!can_wait || !portaudio_->thread.run(close, deadline)) portaudio_->thread.post(close);
  }

  const OpenInfo& info() const override { return stream_->info(); }

  std::string start() override {
    return call([](PortAudioStream& stream) { return stream.start(); }, soon());
  }

  std::string stop() override {
    const auto deadline = soon();
    if (!stream_->silence(deadline))
      return {};  // the callback goes on for as long as it likes; it is the last
    stream_->drain(deadline);
    return call([](PortAudioStream& stream) { return stream.stop(); }, deadline);
  }

 private:
  template <class Act>
  std::string call(Act act, PortAudioThread::Deadline deadline) {
    auto error = std::make_shared<std::string>();
    const bool done =
        portaudio_->thread.run([error, act, stream = stream_] { *error = act(*stream); }, deadline);
    return done ? *error : kGone;
  }

  std::shared_ptr<PortAudio> portaudio_;
  PortAudioSession::StreamPointer stream_;
};

class PortAudioBackend final : public Backend {
 public:
  std::string_view name() const override { return "PortAudio"; }

  std::vector<DeviceInfo> list(Direction direction) override {
    const auto portaudio = begin();
    if (!portaudio) return {};
    struct Answer {
      std::vector<DeviceInfo> devices;
      std::string problem;
    };
    auto answer = std::make_shared<Answer>();
    const bool done = portaudio->thread.run(
        [answer, direction, session = portaudio->session] {
          answer->devices = session->list(direction);
          answer->problem = session->problem();
        },
        soon());
    set_problem(done ? answer->problem : kGone);
    return done ? answer->devices : std::vector<DeviceInfo>{};
  }

  std::string problem() const override {
    const std::lock_guard lock(mutex_);
    return problem_;
  }

  std::uint32_t changes() const noexcept override { return changes_->all.load(std::memory_order_relaxed); }

  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) override {
    const auto portaudio = begin();
    if (!portaudio) return {nullptr, problem()};
    struct Answer {
      PortAudioSession::StreamPointer stream;
      std::string error;
      std::string problem;
    };
    auto answer = std::make_shared<Answer>();
    const bool done = portaudio->thread.run(
        [answer, request, callback = std::move(callback), session = portaudio->session] {
          answer->stream = session->open(request, callback, answer->error);
          answer->problem = session->problem();
        },
        soon());
    set_problem(done ? answer->problem : kGone);
    if (!done) {
      // What that call may still open, nobody wants any more.
      portaudio->thread.post([answer, session = portaudio->session] {
        if (answer->stream) session->close(answer->stream);
      });
      return {nullptr, kGone};
    }
    if (!answer->stream) return {nullptr, answer->error};
    return {std::make_unique<PortAudioDevice>(portaudio, answer->stream), {}};
  }

 private:
  /// Returns: PortAudio and its thread, made at the first call; null if there can be no thread.
  std::shared_ptr<PortAudio> begin() {
    const std::lock_guard lock(mutex_);
    if (!portaudio_) {
      auto made = std::make_shared<PortAudio>(changes_, problem_);
      if (!problem_.empty()) return nullptr;
      portaudio_ = std::move(made);
    }
    return portaudio_;
  }
  void set_problem(std::string problem) {
    const std::lock_guard lock(mutex_);
    problem_ = std::move(problem);
  }

  const std::shared_ptr<ChangeCounts> changes_ = std::make_shared<ChangeCounts>();
  mutable std::mutex mutex_;
  std::string problem_;
  std::shared_ptr<PortAudio> portaudio_;
};

}  // namespace

std::unique_ptr<Backend> make_portaudio_backend() { return std::make_unique<PortAudioBackend>(); }

}  // namespace refwave::hal
