#include "inf/cli/recording/recording.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {
namespace {

using std::chrono::steady_clock;

// Twelve seconds: a sound server buffers that much for a stopped program, and delivers it in one burst.
constexpr std::size_t kBlocks = 96;
constexpr std::uint32_t kBlocksPerSecond = 8;
// For a disk, or a reader of a pipe, that is blocked.
constexpr std::uint64_t kSecondsOfRoom = 300;
constexpr std::uint64_t kMostRoom = 1ULL << 30;
// Five seconds, and two in which the driver finds a device that has returned.
constexpr std::chrono::seconds kPatienceWithLost{7};
constexpr std::chrono::milliseconds kBetweenLooks{50};
// A busy computer delays the clocked device, which then skips time.
constexpr std::chrono::milliseconds kTolerance{100};
constexpr std::chrono::milliseconds kToleranceOnClock{500};

std::size_t room_for(const dsp::Format& format) {
  const std::uint64_t second = std::uint64_t{format.rate} * format.bytes_per_frame();
  return static_cast<std::size_t>(std::min(kSecondsOfRoom * second, kMostRoom));
}

}  // namespace

Recording::Recording(DriverSession& session, const RecordOptions& options, const dsp::Format& format,
                     const std::optional<RawFormat>& raw)
    : session_(session),
      path_(options.file),
      format_(format),
      wave_(format, kBlocks, format.rate / kBlocksPerSecond),
      wanted_seconds_(options.seconds),
      frames_left_(options.seconds > 0
                       ? static_cast<std::uint64_t>(std::llround(options.seconds * format.rate))
                       : std::numeric_limits<std::uint64_t>::max()) {
  const MMRESULT result = session.open_patiently([this] { return wave_.open(); }, [this] { wave_.close(); });
  if (result != MMSYSERR_NOERROR) throw Failure(open_failure(session, result, options.driver.device, 1));
  file_.emplace(SoundFileWriter(path_, format_, raw), room_for(format));
  begun_ = wave_.statistics();
  if (!begun_) return;
  watch_.emplace(format.rate, *begun_, LossWatch::Stream::recorded);
  const configuration::Configuration& configuration = session.configuration();
  // A named device has no fallback; a part of the configured name is enough.
  const bool names_clock =
      !options.driver.device.empty() ||
      std::string_view(begun_->szDevice).find(configuration.input.front()) != std::string_view::npos;
  wants_clock_ = cli::is_on_clock(*begun_) && begun_->dwMissed == 0 && names_clock;
  if (!wants_clock_ || configuration.clock == 1)
    given_.emplace(format.rate, wants_clock_ ? kToleranceOnClock : kTolerance);
}

std::string Recording::run() {
  progress_.emplace(visible(path_text(to_path(path_).filename())), wanted_seconds_);
  std::string why = record();
  take_rest();
  progress_.reset();
  messages_.print_all();
  finish_file();
  return why;
}

std::string Recording::record() {
  wave_.start();
  while (frames_left_ > 0 && !is_interrupted()) {
    const Block* block = wave_.wait(kWaitMicroseconds);
    if (given_) given_->tick(steady_clock::now());
    if (block != nullptr) save(*block);
    give_back();
    look(false);
    if (!messages_.is_empty()) progress_->wipe();
    messages_.print();
    show();
    if (has_given_up())
      return path_ +
             ": the device did not come back within five seconds, and the recording has ended; try another "
             "--device";
    if (!refused_since_ && watchdog_.is_stalled(blocks_))
      return path_ + ": the device has given no audio for five seconds; try another --device";
  }
  return {};
}

/// Effects: saves what was recorded and not yet delivered.
void Recording::take_rest() {
  if (given_) given_->stop(steady_clock::now());
  wave_.stop();
  Watchdog watchdog;
  while (wave_.pending() > 0 && !watchdog.is_stalled(wave_.pending()))
    if (const Block* block = wave_.wait(kWaitMicroseconds)) save(*block);
  lacks_end_ = wave_.pending() > 0;
  look(true);
}

void Recording::finish_file() {
  constexpr std::chrono::seconds kNews{1};
  file_->end();
  if (!file_->has_ended(kNews)) {
    print_error(path_ + formatted(": %.1f s are still to be written",
                                  seconds_of(file_->waiting_bytes() / format_.bytes_per_frame())));
    while (!file_->has_ended(kNews)) {
    }
  }
  file_->check();
}

void Recording::save(const Block& block) {
  ++blocks_;
  const std::size_t frames = block.header.dwBytesRecorded / format_.bytes_per_frame();
  given_frames_ += frames;
  const steady_clock::time_point returned{std::chrono::nanoseconds(block.returned_ns)};
  if (given_ && frames > 0) given_->note(given_frames_ + dropped_, returned);
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(frames, frames_left_));
  frames_left_ -= kept;
  frames_ += kept;
  const auto bytes = std::span(block.memory).first(kept * format_.bytes_per_frame());
  if (kept == 0 || file_->write(bytes)) return;
  if (unwritten_ == 0) say(path_ + ": has accepted nothing for minutes; the recording is lost until it does");
  unwritten_ += kept;
}

/// Effects: requeues the saved blocks; while the device is lost, they wait.
void Recording::give_back() {
  const MMRESULT result = wave_.try_recycle();
  if (result == MMSYSERR_NODRIVER) {
    if (!refused_since_) refused_since_.emplace();
  } else if (result != MMSYSERR_NOERROR) {
    throw Failure("the driver refused a block: " + wave_error_text(result) +
                  "; try again, and report it if it happens again");
  } else if (!watch_ || !watch_->is_lost()) {
    refused_since_.reset();
  }
}

bool Recording::has_given_up() {
  if (refused_since_) watchdog_ = {};
  return refused_since_ && refused_since_->so_far() > kPatienceWithLost;
}

/// Effects: counts what no device delivered, and prints the losses since the last call.
void Recording::look(bool is_over) {
  const auto now = steady_clock::now();
  if (!watch_ || (now < next_look_ && !is_over)) return;
  next_look_ = now + kBetweenLooks;
  const auto statistics = wave_.statistics();
  if (!statistics) return;
  dropped_ = statistics->ullUnderruns - begun_->ullUnderruns;
  for (const std::string& line : watch_->look(*statistics, frames_, now, is_over)) say(line);
  for (const std::string& warning : session_.take_warnings()) say("warning: " + warning);
  if (is_silent_) silent_ += frames_ - looked_at_;
  looked_at_ = frames_;
  is_silent_ = watch_->is_lost() || (cli::is_on_clock(*statistics) && !wants_clock_);
}

void Recording::say(const std::string& line) { messages_.add(stderr, error_line(line)); }

/// Effects: shows the driver's levels, or else the time alone.
void Recording::show() {
  const double seconds = seconds_of(frames_);
  if (!progress_->is_due()) return;
  if (const auto heard = wave_.levels()) {
    progress_->show(seconds, Loudness{.peak = heard->fPeak, .rms = heard->fRms});
  } else {
    progress_->show(seconds, [] { return std::string(); });
  }
}

std::vector<std::string> Recording::losses() const {
  std::vector<std::string> lines;
  const auto tell = [&](double seconds, const char* why) {
    if (seconds > 0) lines.push_back(path_ + formatted(": %.2f s ", seconds) + why);
  };
  tell(seconds_of(silent_),
       "are silence, because no device gave any sound; see that it is there (`refwave devices`), and record "
       "again");
  tell(seconds_of(dropped_),
       "are missing, because the computer was too busy; end other programs, and record again");
  tell(seconds_of(unwritten_),
       "are missing, because nothing took them for minutes; see what holds up the disk, or the reader");
  tell(given_ ? given_->missing_seconds() : 0,
       given_ && given_->was_stopped()
           ? "are missing, because the program was stopped meanwhile; record again without a pause"
           : "are missing, because the device gave nothing meanwhile; see whether another --device does "
             "better");
  if (lacks_end_)
    lines.push_back(path_ +
                    ": its end is missing, because the driver did not return it within five seconds; "
                    "record again");
  return lines;
}

void GivenTime::note(std::uint64_t frames, Time time) {
  if (time < resumed_) return;
  const auto given =
      std::chrono::duration_cast<Span>(std::chrono::duration<double>(static_cast<double>(frames) / rate_));
  if (begun_ == Time{}) {
    begun_ = time;
    window_end_ = time + kWindow;
    usual_delay_ = -given;
  }
  // Of a late report after the stop only bounds are known: within these the delay has not changed.
  const Span most = time - begun_ - given;
  time = std::min(time, stopped_);
  const Span least = time - begun_ - given;
  looks_.push_back({time, std::clamp(looks_.empty() ? usual_delay_ : least_delay(), least, most)});
  while (looks_.front().time + kWindow < time) looks_.pop_front();
  if (time < window_end_) return;
  window_end_ = time + kWindow;
  missing_ = missing_at(least_delay());
  usual_delay_ = least_delay();
}

void GivenTime::tick(Time now) {
  if (running_ != Time{} && now - running_ > kStopped) {
    was_stopped_ = true;
    resumed_ = running_ + kStopped;
    looks_.clear();
  }
  running_ = now;
}

double GivenTime::missing_seconds() const {
  return std::chrono::duration<double>(looks_.empty() ? missing_ : missing_at(least_delay())).count();
}

GivenTime::Span GivenTime::least_delay() const {
  return std::ranges::min_element(looks_, {}, &Look::delay)->delay;
}

/// Returns: what is missing at that delay. A device that was only late catches up.
GivenTime::Span GivenTime::missing_at(Span delay) const {
  const Span more = delay - usual_delay_;
  return std::chrono::abs(more) <= tolerance_ ? missing_ : std::max(missing_ + more, Span::zero());
}

BackgroundWriter::BackgroundWriter(SoundFileWriter file, std::size_t most_bytes)
    : file_(std::move(file)), most_bytes_(most_bytes) {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    throw Failure("there is no thread to write the file; end other programs, and try again");
  }
}

BackgroundWriter::~BackgroundWriter() {
  end();
  thread_.join();
}

bool BackgroundWriter::write(std::span<const std::byte> frames) {
  check();
  const hal::MutexLock lock(mutex_);
  if (frames.size() > most_bytes_ - waiting_bytes_) return false;
  try {
    waiting_.emplace_back(frames.begin(), frames.end());
  } catch (const std::bad_alloc&) {
    return false;
  }
  waiting_bytes_ += frames.size();
  to_writer_.notify_one();
  return true;
}

void BackgroundWriter::end() {
  const hal::MutexLock lock(mutex_);
  is_ending_ = true;
  to_writer_.notify_one();
}

bool BackgroundWriter::has_ended(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const hal::MutexLock lock(mutex_);
  while (!has_ended_ && from_writer_.wait_until(mutex_, deadline)) {
  }
  return has_ended_;
}

void BackgroundWriter::check() {
  const hal::MutexLock lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

std::size_t BackgroundWriter::waiting_bytes() {
  const hal::MutexLock lock(mutex_);
  return waiting_bytes_;
}

void BackgroundWriter::run() {
  std::exception_ptr failure;
  try {
    write_all();
  } catch (...) {
    failure = std::current_exception();
  }
  const hal::MutexLock lock(mutex_);
  failure_ = failure;
  has_ended_ = true;
  from_writer_.notify_one();
}

void BackgroundWriter::write_all() {
  std::vector<std::byte> frames;
  while (take_next(frames)) file_.write(frames);
  file_.close();
}

/// Effects: counts `frames` as written, and waits for the next. Returns: whether there are any.
bool BackgroundWriter::take_next(std::vector<std::byte>& frames) {
  const hal::MutexLock lock(mutex_);
  waiting_bytes_ -= frames.size();
  frames.clear();
  while (!is_ending_ && waiting_.empty()) to_writer_.wait(mutex_);
  if (waiting_.empty()) return false;
  frames = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

}  // namespace refwave::cli
