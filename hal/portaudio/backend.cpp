#include "hal/portaudio/backend.h"

#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "hal/endpoints.h"
#include "hal/portaudio/session.h"
#include "hal/portaudio/thread.h"
#include "hal/portaudio/unclocked_device.h"
#include "hal/system/clock.h"
#include "hal/system/mutex.h"

namespace refwave::hal {
namespace {

constexpr const char* kGone = "PortAudio does not answer: a call into it has not returned for two seconds";

// A server may stop right after it has answered.
constexpr std::int64_t kAskAgainNs = 1'000'000'000;
constexpr std::int64_t kSoonNs = 50'000'000;  // a server that answers has answered by then

PortAudioThread::Deadline soon() { return std::chrono::steady_clock::now() + kPatience; }

/// The session and its thread. Tasks hold the session, never this object, whose destructor waits for them.
struct PortAudio {
  PortAudio(std::shared_ptr<ChangeCounts> changes, Status& started)
      : session(std::make_shared<PortAudioSession>(std::move(changes))),
        end(PortAudioThread::prepare([s = session] { s->end(); })),
        thread([s = session] { return s->watch(); }, started) {}
  ~PortAudio() { thread.post(end); }

  /// Returns: what `act` returns on PortAudio's thread; nothing if it has not returned by `deadline`.
  template <class Act, class Answer = std::invoke_result_t<Act, PortAudioSession&>>
  std::optional<Answer> ask(Act act, PortAudioThread::Deadline deadline = soon()) {
    auto answer = std::make_shared<Answer>();
    if (!thread.run([answer, act = std::move(act), s = session] { *answer = act(*s); }, deadline))
      return std::nullopt;
    return std::move(*answer);
  }

  const std::shared_ptr<PortAudioSession> session;
  const PortAudioThread::Prepared end;
  PortAudioThread thread;
};

class PortAudioDevice final : public Device {
 public:
  explicit PortAudioDevice(std::shared_ptr<PortAudio> portaudio) : portaudio_(std::move(portaudio)) {}

  /// The answer of PortAudio's thread to open(). It belongs to that thread alone until it has answered.
  struct Opened {
    PortAudioSession::StreamPointer stream;  // null on failure
    std::string error;
    std::string problem;
    Availability availability = Availability::none;
    bool is_unknown = false;
    std::string unclocked;
  };

  /// Effects: opens the stream; called once. Returns: null if PortAudio did not answer in time.
  const Opened* open(const OpenRequest& request, const std::shared_ptr<AudioCallback>& callback) {
    auto open = [opened = opened_, request, callback, session = portaudio_->session] {
      opened->stream = session->open(request, callback, opened->error);
      opened->problem = session->problem();
      if (opened->stream) return;
      opened->availability = session->availability(request);
      opened->is_unknown = session->is_unknown();
      opened->unclocked = session->unclocked();
    };
    answered_ = portaudio_->thread.run(std::move(open), soon());
    return answered_ ? opened_.get() : nullptr;
  }

  ~PortAudioDevice() override {
    if (!answered_) {
      // The hanging call may still open the stream, which is then closed, because it is no longer wanted.
      portaudio_->thread.post(close_);
      return;
    }
    if (!opened_->stream) return;
    const auto deadline = soon() + stream().queued();
    const bool was_playing = stream().playing();
    // PortAudio would wait for the callback forever, so it is not called while one runs.
    const bool can_wait = stream().silence(deadline);
    if (can_wait && was_playing) stream().drain(deadline);
    if (!can_wait || !portaudio_->thread.run(close_, deadline)) portaudio_->thread.post(close_);
  }

  const OpenInfo& info() const override { return stream().info(); }

  Status start() override {
    struct Started {
      Status status;
      std::string priority;
      std::string caution;
    };
    auto started = portaudio_->ask([stream = opened_->stream](PortAudioSession& session) {
      Status status = session.start(*stream);
      return Started{std::move(status), stream->priority(), stream->caution()};
    });
    if (!started) return Status::failure(kGone);
    priority_ = std::move(started->priority);
    caution_ = std::move(started->caution);
    return std::move(started->status);
  }

  std::string priority() const override { return priority_; }
  std::string caution() const override { return caution_; }

  ServerAnswer ask_server(std::int64_t since_ns) noexcept override {
    if (stream().servers() == Servers{}) return ServerAnswer::unknown;
    Question& question = *question_;
    const MutexLock lock(question.mutex);
    const bool is_old = question.asked_ns <= since_ns || monotonic_now_ns() - question.asked_ns > kAskAgainNs;
    if (is_old && !question.waits) post_question(question, since_ns);
    if (question.asked_ns > since_ns) return question.answer;
    // PortAudio's thread may be waiting for another stream of a dead server, and then asks none.
    const bool is_kept = question.waits && monotonic_now_ns() - question.put_ns > kSoonNs;
    const bool others_died = stream().newest_loss_ns() > since_ns;
    return is_kept && others_died ? ServerAnswer::silent : ServerAnswer::unknown;
  }

  Status stop() override {
    const auto deadline = soon() + stream().queued();
    // A callback still runs. It is the last one, so the stream is stopped in effect.
    if (!stream().silence(deadline)) return {};
    stream().drain(deadline);
    return end_by(Pa_StopStream, deadline);
  }

  Status abort() override {
    const auto deadline = soon();
    return stream().silence(deadline) ? end_by(Pa_AbortStream, deadline) : Status();
  }

 private:
  struct Question {
    Mutex mutex;
    bool waits GUARDED_BY(mutex) = false;  // asked, and not yet answered
    std::int64_t put_ns GUARDED_BY(mutex) = 0;
    std::int64_t asked_ns GUARDED_BY(mutex) =
        0;  // when the question of the newest answer was asked; 0: never
    ServerAnswer answer GUARDED_BY(mutex) = ServerAnswer::unknown;
  };

  PortAudioStream& stream() const { return *opened_->stream; }

  Status end_by(PaError (*how)(PaStream*), PortAudioThread::Deadline deadline) {
    const auto ended = portaudio_->ask(
        [stream = opened_->stream, how](PortAudioSession&) { return stream->stop(how); }, deadline);
    return ended.value_or(Status::failure(kGone));
  }

  void post_question(Question& question, std::int64_t since_ns) noexcept REQUIRES(question.mutex) {
    try {
      portaudio_->thread.post(
          [answered = question_, session = portaudio_->session, since_ns, servers = stream().servers()] {
            const std::int64_t asked_ns = monotonic_now_ns();
            std::optional<ServerAnswer> answer;
            try {
              answer = session->ask(servers, since_ns);
            } catch (const std::bad_alloc&) {
              // The next tick asks.
            }
            const MutexLock lock(answered->mutex);
            answered->waits = false;
            if (!answer) return;
            answered->answer = *answer;
            answered->asked_ns = asked_ns;
          });
      question.waits = true;
      question.put_ns = monotonic_now_ns();
    } catch (const std::bad_alloc&) {
      // The next tick asks.
    }
  }

  const std::shared_ptr<PortAudio> portaudio_;
  const std::shared_ptr<Opened> opened_ = std::make_shared<Opened>();
  /// Made in advance, because the destructor must not fail, and there may be no memory then.
  const PortAudioThread::Prepared close_ =
      PortAudioThread::prepare([opened = opened_, session = portaudio_->session] {
        if (opened->stream) session->close(opened->stream);
      });
  const std::shared_ptr<Question> question_ = std::make_shared<Question>();
  bool answered_ = true;
  std::string priority_;
  std::string caution_;
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
      Availability availability = Availability::none;
      std::string refusal;
    };
    auto answer = portaudio->ask([direction](PortAudioSession& session) {
      std::vector<DeviceInfo> devices = session.list(direction);
      return Answer{std::move(devices), session.problem(), session.availability(direction),
                    session.refusal(direction)};
    });
    note(answer ? answer->problem : kGone, answer ? answer->availability : Availability::server_pending,
         answer ? std::move(answer->refusal) : "");
    return answer ? std::move(answer->devices) : std::vector<DeviceInfo>();
  }

  std::vector<DeviceInfo> list_names(Direction direction) override {
    const auto all = endpoints(direction);
    return all ? all->devices : list(direction);
  }

  std::string full_name(Direction direction, const std::string& name) override {
    const auto portaudio = begin();
    if (!portaudio) return {};
    return portaudio
        ->ask([direction, name](PortAudioSession& session) { return session.full_name(direction, name); })
        .value_or("");
  }

  bool may_have(Direction direction, const std::string& name) override {
    const auto portaudio = begin();
    if (!portaudio) return false;
    return portaudio
        ->ask([direction, name](PortAudioSession& session) { return session.is_pending(direction, name); })
        .value_or(true);
  }

  std::string problem() const override {
    const MutexLock lock(mutex_);
    return problem_;
  }

  Availability availability() const override {
    const MutexLock lock(mutex_);
    return availability_;
  }

  std::string obstacle() const override {
    const MutexLock lock(mutex_);
    const bool hangs = portaudio_ && portaudio_->thread.gone();
    return hangs ? reason_of_hang(portaudio_->session->at_work_on()) : refusal_;
  }

  std::uint32_t changes() const noexcept override { return changes_->all.load(std::memory_order_relaxed); }

  OpenResult open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) override {
    const auto portaudio = begin();
    if (!portaudio) return {nullptr, problem()};
    auto device = std::make_unique<PortAudioDevice>(portaudio);
    const auto* const opened = device->open(request, callback);
    note(opened != nullptr ? opened->problem : kGone,
         opened != nullptr ? opened->availability : Availability::server_pending);
    if (opened == nullptr) return {nullptr, reason_of_hang(portaudio->session->at_work_on())};
    if (!opened->unclocked.empty()) return open_unclocked(opened->unclocked, request, std::move(callback));
    if (!opened->stream) return {nullptr, opened->error, opened->is_unknown};
    return {std::move(device), {}};
  }

 private:
  /// Returns: PortAudio and its thread, made at the first call; null if the thread cannot be started.
  std::shared_ptr<PortAudio> begin() {
    const MutexLock lock(mutex_);
    if (!portaudio_) {
      Status started;
      auto made = std::make_shared<PortAudio>(changes_, started);
      problem_ = started.reason();
      if (!started.ok()) return nullptr;
      portaudio_ = std::move(made);
    }
    return portaudio_;
  }
  /// `refusal`: of a list().
  void note(std::string problem, Availability availability,
            std::optional<std::string> refusal = std::nullopt) {
    const MutexLock lock(mutex_);
    problem_ = std::move(problem);
    availability_ = availability;
    if (refusal) refusal_ = std::move(*refusal);
  }

  const std::shared_ptr<ChangeCounts> changes_ = std::make_shared<ChangeCounts>();
  mutable Mutex mutex_;
  std::string problem_ GUARDED_BY(mutex_);
  std::string refusal_ GUARDED_BY(mutex_);  // of a server, at the newest list()
  Availability availability_ GUARDED_BY(mutex_) = Availability::none;
  std::shared_ptr<PortAudio> portaudio_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Backend> make_portaudio_backend() { return std::make_unique<PortAudioBackend>(); }

}  // namespace refwave::hal
