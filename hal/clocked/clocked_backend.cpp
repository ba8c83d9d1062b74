#include "hal/clocked/clocked_backend.h"

#include <algorithm>
#include <utility>

namespace refwave::hal {
namespace {

constexpr std::uint32_t kDefaultPeriodFrames = 480;
constexpr std::uint32_t kShortestPeriodFrames = 8;

template <class Value>
Value given_or(Value given, Value otherwise) {
  return given != Value{} ? given : otherwise;
}

}  // namespace

ClockedBackend::ClockedBackend(ClockedOptions options) : options_(std::move(options)) {}

std::vector<DeviceInfo> ClockedBackend::list(Direction direction) {
  return {{.name = kClockedName,
           .backend = kClockedName,
           .direction = direction,
           .max_channels = dsp::kMaxChannels,
           .default_rate = options_.rate,
           .is_default = true,
           .rates = kAllRates}};
}

OpenResult ClockedBackend::open(const OpenRequest& request, std::shared_ptr<AudioCallback> callback) {
  const MutexLock lock(mutex_);
  const auto line = line_for(request);
  const auto place = line->claim(request.direction, std::move(callback));
  if (!place) return {nullptr, "clocked: too many devices are open at a time"};
  const ClockedLine::Options& options = line->options();
  OpenInfo info{.name = kClockedName,
                .format = options.format,
                .period_frames = options.period_frames,
                .latency_frames = std::max(options.period_frames, options.loop_frames),
                .has_schedule = true};
  return {std::make_unique<LineDevice>(line, request.direction, *place, std::move(info)), {}};
}

std::shared_ptr<ClockedLine> ClockedBackend::line_for(const OpenRequest& request) {
  std::erase_if(lines_, [](const auto& line) { return line.expired(); });
  auto open_line = lines_.empty() ? nullptr : lines_.back().lock();
  if (options_.loop && open_line && !open_line->hung()) return open_line;

  ClockedLine::Options options = line_options(request);
  std::shared_ptr<WavCapture> capture;
  const bool may_be_captured = request.direction == Direction::output || options_.loop;
  if (may_be_captured && !options_.capture_path.empty()) capture = capture_in(options.format);
  // By the rate that holds: a capture file may have another one than was asked for.
  if (options_.loop)
    options.loop_frames =
        static_cast<std::uint32_t>(std::uint64_t{request.latency_ms} * options.format.rate / 1'000);
  const bool is_uncaptured = may_be_captured && !options_.capture_path.empty() && !capture_;
  auto line = std::make_shared<ClockedLine>(options, capture, is_uncaptured ? uncaptured_ns_ : nullptr);
  if (capture) captured_line_ = line;
  lines_.push_back(line);
  ++lines_opened_;
  return line;
}

/// Effects: creates the capture file if there is none yet, and sets `format` to the file's format. Returns:
/// the capture, if there is a file and no other line has it.
std::shared_ptr<WavCapture> ClockedBackend::capture_in(dsp::Format& format) {
  using WhenFull = WavCapture::WhenFull;
  if (!capture_) {
    const bool real_time = options_.speed > 0.0 && options_.speed <= 1.0;
    std::string error;
    capture_ = WavCapture::create(options_.capture_path, format, real_time ? WhenFull::drop : WhenFull::wait,
                                  error, [warn = options_.warn](const std::string& why) {
                                    if (warn) warn("capture: " + why + "; nothing more is captured");
                                  });
    if (!capture_ && options_.warn) options_.warn("capture: " + error + "; nothing is captured");
    if (!capture_) return nullptr;
  }
  format = capture_->format();
  const auto captured = captured_line_.lock();
  if (captured && captured->hung() && options_.warn)
    options_.warn("capture: the captured device has stopped; what plays now is not captured");
  return captured ? nullptr : capture_;
}

ClockedLine::Options ClockedBackend::line_options(const OpenRequest& request) const {
  const std::uint32_t rate = std::clamp(given_or(request.rate, options_.rate), dsp::kMinRate, dsp::kMaxRate);
  const std::uint16_t channels =
      std::clamp(given_or(request.channels, options_.channels), std::uint16_t{1}, dsp::kMaxChannels);
  // Who stops the device waits for the end of its period, so that lasts a second of real time at most.
  const double slowness = options_.speed > 0.0 ? std::min(1.0, options_.speed) : 1.0;
  const auto longest = std::max(kShortestPeriodFrames, static_cast<std::uint32_t>(rate * slowness));
  return {.format = {.type = request.any_type ? dsp::SampleType::f32 : request.type,
                     .channels = channels,
                     .rate = rate},
          .period_frames = std::clamp(given_or(request.period_at(rate), kDefaultPeriodFrames),
                                      kShortestPeriodFrames, longest),
          .speed = std::max(0.0, options_.speed),
          .loop = options_.loop,
          .priority = request.priority};
}

std::vector<std::shared_ptr<ClockedLine>> ClockedBackend::lines() {
  const MutexLock lock(mutex_);
  std::vector<std::shared_ptr<ClockedLine>> alive;
  for (const auto& line : lines_) {
    if (auto held = line.lock()) alive.push_back(std::move(held));
  }
  return alive;
}

bool ClockedBackend::step(std::uint32_t periods) {
  if (is_stepping_here()) return false;
  if (options_.speed > 0.0) return true;
  const MutexLock lock(step_);
  // Also reset when an exception leaves, because there is no memory for the lines.
  struct Stepping {
    explicit Stepping(std::atomic<std::uintptr_t>& stepper) : stepper_(stepper) {
      stepper_.store(this_thread_id(), std::memory_order_relaxed);
    }
    ~Stepping() { stepper_.store(0, std::memory_order_relaxed); }
    std::atomic<std::uintptr_t>& stepper_;
  } const stepping(stepper_);
  std::vector<std::shared_ptr<ClockedLine>> all;
  std::uint64_t known = 0;
  for (std::uint32_t i = 0; i < periods; ++i) {
    if (const std::uint64_t opened = lines_opened_.load(); opened != known) {
      all = lines();
      known = opened;
    }
    for (const auto& line : all) line->render({});
    for (const auto& line : all) line->record({});
  }
  return true;
}

CaptureReport ClockedBackend::capture() {
  std::shared_ptr<WavCapture> capture;
  {
    const MutexLock lock(mutex_);
    capture = capture_;
  }
  CaptureReport report;
  if (capture) {
    capture->flush(std::chrono::steady_clock::now() + kPatience);
    report = capture->report();
    report.lost_ns = report.lost_frames * 1'000'000'000 / capture->format().rate;
  }
  report.lost_ns += uncaptured_ns_->load(std::memory_order_relaxed);
  return report;
}

}  // namespace refwave::hal
