#include "inf/cli/playing/playback.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "hal/system/clock.h"
#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/wave_client/latency_report.h"

namespace refwave::cli {
namespace {

// Five seconds, and two in which the driver finds a device that has returned.
constexpr std::chrono::seconds kPatienceWithLost{7};
constexpr double kSeekSeconds = 5;
constexpr std::uint32_t kVolumeStep = 5;  // percent
constexpr std::chrono::seconds kVolumeShown{2};
constexpr auto kBetweenLooks = std::chrono::milliseconds(50);

/// Effects: subtracts the device's counts of earlier streams.
void subtract_device(REFWAVE_STATISTICS& now, const REFWAVE_STATISTICS& before) {
  for (ULONGLONG REFWAVE_STATISTICS::*count :
       {&REFWAVE_STATISTICS::ullWakes, &REFWAVE_STATISTICS::ullLatePeriods, &REFWAVE_STATISTICS::ullXruns})
    if (now.*count >= before.*count) now.*count -= before.*count;
}

bool is_long(const REFWAVE_STATISTICS& device) { return device.dwLatencyFrames >= device.dwRate / 10; }

/// Returns: the frames of a block. The device may take its whole latency at once, and another pitch all that
/// it looks ahead; so the blocks that are not being filled hold that much.
std::size_t block_frames_of(const PlayOptions& options, const dsp::Format& format, std::uint32_t period,
                            const std::optional<REFWAVE_STATISTICS>& device) {
  if (options.block_frames != 0) return options.block_frames;
  const double two_periods = 2.0 * period;
  double latency = device ? device->dwLatencyFrames : 0;
  if (device && is_long(*device)) latency *= 2;  // a busy computer may delay this program as long
  const double device_rate = device ? device->dwRate : 48'000;
  const double others = std::max(options.buffers - 1.0, 1.0);
  // A faster stream takes more frames in a period.
  const double pace = std::max(options.speed, 1.0) * std::max(format.rate / device_rate, 1.0);
  const double frames = pace * std::max(two_periods, (latency + two_periods) / others);
  if (options.pitch == 1) return static_cast<std::size_t>(frames);
  const double look_ahead_ms = 8 + 12 / std::min(options.pitch, 1.0);  // dsp/README.md
  return static_cast<std::size_t>(frames + 2 * look_ahead_ms * format.rate / 1000 / others);
}

}  // namespace

Playback::Playback(DriverSession& session, PlayOptions& options, const dsp::Format& format,
                   BlockQueue::Semaphore& events)
    : session_(session),
      options_(options),
      format_(format),
      events_(events),
      wave_(format, options.buffers, 0, events) {
  const MMRESULT result = session.open_patiently([this] { return wave_.open(); }, [this] { wave_.close(); });
  if (result != MMSYSERR_NOERROR) throw Failure(open_failure(session, result, options.driver.device, 0));
  apply_volume();
  wave_.set_speed(options.speed, options.pitch);
  before_ = wave_.statistics();
  const configuration::Configuration& settings = session.configuration();
  wave_.set_block_frames(block_frames_of(options, format, settings.period, before_));
  if (before_) watch_.emplace(format.rate, *before_);
  // Only then the driver drops the device's queue. A block that is done once it was heard is not sent again.
  is_deep_ = before_ && settings.latency_ms >= configuration::kLongLatencyMs && is_long(*before_) &&
             settings.done == configuration::Done::consumed && !is_on_clock(*before_);
  if (is_deep_) {
    latency_frames_ = queued_frames_ =
        options.speed * format.rate * before_->dwLatencyFrames / before_->dwRate;
    // A server may rewind its sink for a new stream, and a recording of it lacks what it had by then.
    lead_frames_ = static_cast<std::uint64_t>(latency_frames_);
    pending_.assign(static_cast<std::size_t>(lead_frames_) * format.bytes_per_frame(),
                    dsp::silent_byte(format.type));
  }
  wave_.pause();
}

void Pace::note(std::uint64_t frames, std::int64_t now_ns, double rate) {
  newest_ns_ = now_ns - static_cast<std::int64_t>(1e9 * static_cast<double>(frames) / rate);
  if (usual_ns_ == kNone) {
    usual_ns_ = newest_ns_;
    window_end_ns_ = now_ns + kWindowNs;
  }
  least_ns_ = std::min(least_ns_, newest_ns_);
  if (now_ns < window_end_ns_) return;
  if (least_ns_ - usual_ns_ > kToleranceNs) gaps_ns_ += least_ns_ - usual_ns_;
  usual_ns_ = std::exchange(least_ns_, kNone);
  window_end_ns_ = now_ns + kWindowNs;
}

std::int64_t Pace::gap_ns() const {
  const std::int64_t more_ns = usual_ns_ == kNone ? 0 : newest_ns_ - usual_ns_;
  return gaps_ns_ + (more_ns > kToleranceNs ? more_ns : 0);
}

double Pace::gap_seconds() const { return static_cast<double>(gap_ns()) / 1e9; }

void Pace::restart() {
  gaps_ns_ = gap_ns();
  usual_ns_ = least_ns_ = kNone;
}

void Playback::note_pace() {
  BlockQueue& queue = wave_.queue();
  const std::uint64_t returned = queue.returned();
  const bool is_last = is_at_end_ && queue.outstanding() == 0;  // which may be shorter
  if (returned == noted_ || is_last) return;
  noted_ = returned;
  const Block& newest = queue.blocks()[static_cast<std::size_t>((returned - 1) % queue.blocks().size())];
  pace_.note(returned * (newest.memory.size() / format_.bytes_per_frame()), newest.returned_ns,
             options_.speed * format_.rate);
}

void Playback::run(Playlist& files, Keys& keys) {
  while (fill(files) || wave_.queue().outstanding() > 0) {
    events_.wait(kWaitMicroseconds);
    if (watch_ && !is_on_clock(watch_->newest())) note_pace();
    while (const auto key = keys.next()) obey(*key, files);
    const std::uint64_t position = this->position();
    look(position, false);
    if (is_interrupted() || keys.has_quit()) break;
    report_tracks(files, position, false);
    if (!messages_.is_empty()) progress_.reset();  // removes the progress line
    messages_.print();
    show_progress(files, position);
    if (!is_paused_) check_patience(files, position);
  }
  const bool is_stopped = is_interrupted() || keys.has_quit();
  look(position(), true);
  report_tracks(files, position(), !is_stopped);
  progress_.reset();
  if (is_stopped && !files.tracks().empty()) {
    const Track& track = files.tracks().front();
    tell_end(track, track.place(position()), "stopped ");
  }
  if (is_stopped) wave_.reset();
  messages_.print_all();
}

void Playback::obey(Key key, Playlist& files) {
  // `q` is Keys::has_quit().
  if (key == Key::pause) toggle_pause();
  if (key == Key::back) seek(files, -kSeekSeconds);
  if (key == Key::ahead) seek(files, kSeekSeconds);
  if (key == Key::next) skip(files);
  const bool is_volume = key == Key::louder || key == Key::softer || key == Key::mute;
  if (!is_volume) return;
  std::uint32_t& percent = options_.volume_percent;
  if (key == Key::louder) percent = std::min(percent + kVolumeStep, 100U);
  if (key == Key::softer) percent -= std::min(percent, kVolumeStep);
  const bool was_muted = std::exchange(options_.is_muted, key == Key::mute && !options_.is_muted);
  // Another volume can wait for what the device has queued, rather than leave a gap.
  if (was_muted != options_.is_muted && is_deep_ && !is_paused_) hold();
  apply_volume();
  volume_shown_until_ = std::chrono::steady_clock::now() + kVolumeShown;
}

void Playback::apply_volume() { wave_.set_volume(options_.is_muted ? 0 : options_.volume_percent); }

void Playback::toggle_pause() {
  if (is_paused_) {
    pace_.restart();
    wave_.resume();
    watchdog_ = {};
  } else if (is_deep_) {
    hold();
  } else {
    wave_.pause();
  }
  is_paused_ = !is_paused_;
}

/// Effects: seeks in the file that is heard, unless it is a pipe.
void Playback::seek(Playlist& files, double seconds) {
  if (files.tracks().empty()) return;
  const Track& track = files.tracks().front();
  const double target = static_cast<double>(track.place(position())) + seconds * format_.rate;
  auto frame = static_cast<std::uint64_t>(std::max(target, 0.0));
  if (track.length != 0 && track.certainty != Length::guessed) frame = std::min(frame, track.length);
  if (files.seek(frame)) restart();
}

/// Effects: ends the file that is heard.
void Playback::skip(Playlist& files) {
  if (files.tracks().empty()) return;
  const Track track = files.tracks().front();
  const std::uint64_t end = track.place(position());
  if (!files.skip()) return;
  progress_.reset();
  tell_end(track, end, "stopped ");
  restart();
}

/// Effects: the position restarts at 0, with other frames.
void Playback::restart() {
  pending_.clear();
  begin_again();
  if (watch_) watch_->restart();
}

/// Effects: the driver drops what it has; the stream begins again at position 0.
void Playback::begin_again() {
  if (!wave_.reset()) throw Failure("the driver returned no blocks within five seconds; try again");
  noted_ = wave_.queue().returned();
  pace_.restart();
  wave_.pause();
  is_beginning_ = true;
  waiting_bytes_ = 0;
  is_at_end_ = false;
  sent_before_ = wave_.queue().sent();
  newest_.clear();
  begun_at_ = position_ = lead_frames_ = sent_frames_ = 0;
  queued_frames_ = latency_frames_;
}

/// Effects: nothing is heard any more; what was not heard is sent again.
void Playback::hold() {
  const std::uint64_t heard = position();
  const std::uint64_t sent = begun_at_ + sent_frames_ - std::min(lead_frames_, sent_frames_);
  const std::uint64_t unheard = sent - std::min(heard, sent);
  const auto bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(unheard * format_.bytes_per_frame(), newest_.size()));
  std::vector<std::byte> again(newest_.end() - static_cast<std::ptrdiff_t>(bytes), newest_.end());
  if (waiting_bytes_ > 0) {  // a block that a lost device did not take
    const auto& block = wave_.queue().next().memory;
    again.insert(again.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(waiting_bytes_));
  }
  pending_.insert(pending_.begin(), again.begin(), again.end());
  begin_again();
  begun_at_ = position_ = heard;
}

/// Returns: the frames of the stream's files that were heard. The driver counts a block as played once the
/// device has taken it, so for a device of a long latency this follows from when blocks came back.
std::uint64_t Playback::position() {
  std::uint64_t frames = wave_.position();
  if (is_deep_) {
    BlockQueue& queue = wave_.queue();
    const std::uint64_t returned = queue.returned();
    double taken = 0;
    if (returned > sent_before_) {
      const Block& block = queue.blocks()[static_cast<std::size_t>((returned - 1) % queue.blocks().size())];
      const double since_s = 1e-9 * static_cast<double>(hal::monotonic_now_ns() - block.returned_ns);
      taken =
          static_cast<double>((returned - sent_before_) * (block.memory.size() / format_.bytes_per_frame())) +
          since_s * options_.speed * format_.rate;
      taken = std::min(taken, static_cast<double>(sent_frames_));
    }
    frames = std::min(frames, static_cast<std::uint64_t>(std::max(taken - queued_frames_, 0.0)));
  }
  return position_ = std::max(position_, begun_at_ + frames - std::min(frames, lead_frames_));
}

/// Effects: fills `block`. Returns: the bytes; fewer than fit only at the end.
std::size_t Playback::read(Playlist& files, std::span<std::byte> block) {
  const std::size_t again = std::min(pending_.size(), block.size());
  std::copy_n(pending_.begin(), again, block.begin());
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(again));
  return again + files.read(block.subspan(again)) * format_.bytes_per_frame();
}

/// Throws: Failure, if the device has taken nothing, or was lost, for five seconds.
void Playback::check_patience(Playlist& files, std::uint64_t position) {
  const std::string path = files.tracks().empty() ? "" : files.tracks().front().path + ": ";
  // That the driver takes a block does not show that the device is back: once it has closed the lost device
  // as idle, it may play some blocks in silence.
  const bool is_away = watch_ ? watch_->is_lost() : waiting_bytes_ > 0;
  if (!is_away) refused_since_.reset();
  if (!refused_since_) {
    if (watchdog_.is_stalled(position))
      throw Failure(path + "the device has taken no audio for five seconds; try another --device");
    return;
  }
  watchdog_ = {};
  if (refused_since_->so_far() > kPatienceWithLost)
    throw Failure(path +
                  "the device did not come back within five seconds, and the rest was not played; try "
                  "another --device");
}

/// Effects: as write_blocks(); the first blocks start together, because the device may take its whole latency
/// at once. Returns: whether there is more to write.
bool Playback::fill(Playlist& files) {
  const bool has_more = write_blocks(files);
  if (is_beginning_ && !is_paused_) wave_.resume();
  is_beginning_ = false;
  return has_more;
}

/// Effects: fills and writes all free blocks. Returns: whether there is more to write.
bool Playback::write_blocks(Playlist& files) {
  while (waiting_bytes_ > 0 || (!is_at_end_ && wave_.queue().has_block())) {
    Block& block = wave_.queue().next();
    if (waiting_bytes_ == 0) {
      waiting_bytes_ = read(files, block.memory);
      is_at_end_ = waiting_bytes_ < block.memory.size();
      const bool is_dry = wave_.queue().sent() > sent_before_ && wave_.queue().outstanding() == 0;
      // A single block always leaves a pause before the next one.
      if (watch_ && is_dry && waiting_bytes_ > 0 && wave_.queue().blocks().size() > 1) watch_->note_dry();
    }
    if (waiting_bytes_ > 0 && !send(waiting_bytes_)) return true;
    waiting_bytes_ = 0;
  }
  return !is_at_end_;
}

/// Effects: writes the block. Returns: false if it must wait for a lost device.
bool Playback::send(std::size_t bytes) {
  const auto& memory = wave_.queue().next().memory;
  const MMRESULT result = wave_.try_write(bytes);
  if (result == MMSYSERR_NOERROR) {
    sent_frames_ += bytes / format_.bytes_per_frame();
    if (is_deep_) note_sent(std::span(memory).first(bytes));
    return true;
  }
  if (result == MMSYSERR_NODRIVER) {
    if (!refused_since_) refused_since_.emplace();
    return false;
  }
  throw Failure("the driver refused a block: " + wave_error_text(result) +
                "; try again, and report it if it happens again");
}

void Playback::note_sent(std::span<const std::byte> block) {
  newest_.insert(newest_.end(), block.begin(), block.end());
  const auto most = static_cast<std::size_t>(latency_frames_) * format_.bytes_per_frame() +
                    wave_.queue().blocks().size() * wave_.queue().next().memory.size();
  if (newest_.size() > most)
    newest_.erase(newest_.begin(), newest_.end() - static_cast<std::ptrdiff_t>(most));
}

/// Effects: prints the losses since the last call.
void Playback::look(std::uint64_t position, bool is_over) {
  const auto now = std::chrono::steady_clock::now();
  if (!watch_ || (now < next_look_ && !is_over)) return;
  next_look_ = now + kBetweenLooks;
  const auto statistics = wave_.statistics();
  if (!statistics) return;
  if (is_deep_ && statistics->dwRate != 0) {
    const double queued = options_.speed * format_.rate *
                          (statistics->dwQueuedFrames + statistics->dwPeriodFrames) / statistics->dwRate;
    // A server that begins reports too little. The driver uses less than the whole latency little by little.
    queued_frames_ = std::max(queued, queued_frames_ - latency_frames_ / 32);
  }
  std::vector<std::string> lines = watch_->look(*statistics, position, now, is_over);
  for (const std::string& warning : session_.take_warnings()) lines.push_back("warning: " + warning);
  for (const std::string& line : lines) messages_.add(stderr, error_line(line));
}

/// Effects: reports each file that was played to its end, and removes it.
void Playback::report_tracks(Playlist& files, std::uint64_t position, bool is_over) {
  auto& tracks = files.tracks();
  while (!tracks.empty() && tracks.front().is_read && (is_over || position >= tracks.front().end())) {
    const Track track = tracks.front();
    tracks.pop_front();
    progress_.reset();
    tell_end(track, track.from + track.frames, "played ");
    if (track.complaint.empty()) continue;
    has_complaints_ = true;
    messages_.add(stderr, error_line(track.complaint));
  }
}

/// `end`: the place in the file up to which it was played.
void Playback::tell_end(const Track& track, std::uint64_t end, const char* how) {
  if (options_.quiet) return;
  const auto clock = [&](std::uint64_t frames) {
    return clock_text(static_cast<double>(frames) / format_.rate);
  };
  const std::string from = track.from == 0 ? "" : clock(track.from) + " to ";
  const std::uint64_t last = track.begin + end - std::min(end, track.from);
  const std::string device = watch_ ? watch_->places(track.begin, last) : "a driver that gives no statistics";
  messages_.add(stdout, wrapped(how + visible(track.path) + ": " + from + clock(end) + " of " +
                                    format_text(format_) + " on " + device,
                                terminal_columns(), 2));
}

void Playback::show_progress(Playlist& files, std::uint64_t position) {
  if (options_.quiet || files.tracks().empty()) return;
  const Track& track = files.tracks().front();
  if (!progress_)
    progress_.emplace(visible(path_text(to_path(track.path).filename())),
                      static_cast<double>(track.length) / format_.rate,
                      track.certainty != Length::guessed ? Total::known : Total::guessed);
  const double seconds = static_cast<double>(track.place(position)) / format_.rate;
  if (is_paused_) {
    progress_->show(seconds, [] { return std::string("paused"); });
  } else if (options_.is_muted) {
    progress_->show(seconds, [] { return std::string("muted"); });
  } else if (std::chrono::steady_clock::now() < volume_shown_until_) {
    progress_->show(seconds, [&] { return formatted("volume %u %%", options_.volume_percent); });
  } else if (!watch_) {
    progress_->show(seconds, [] { return std::string(); });
  } else if (const auto heard = progress_->is_due() ? wave_.levels() : std::nullopt) {
    progress_->show(seconds, Loudness{.peak = heard->fPeak, .rms = heard->fRms});
  }
}

/// A sink that takes its sound in bursts holds less later, which is no gap. So the driver, which knows what
/// the device reports to hold, has to have seen one.
std::string Playback::gaps() const {
  const auto now = wave_.statistics();
  if (!now || !before_ || watch_->unheard_seconds() > 0) return {};
  const std::uint64_t late = now->ullLatePeriods - std::min(now->ullLatePeriods, before_->ullLatePeriods);
  const double most = 1e-9 * static_cast<double>(late * now->ullMaxLatenessNs) +
                      0.5 * static_cast<double>(watch_->underruns());
  const double seconds = std::min(pace_.gap_seconds(), most);
  if (seconds < 0.005) return {};
  return formatted(
      "%.2f s of gaps, because the computer was too busy, or the file came too slowly; end other "
      "programs, or play with a longer latency, as --option latency_ms=500",
      seconds);
}

std::vector<std::string> Playback::losses() const {
  std::vector<std::string> lines;
  if (watch_ && watch_->unheard_seconds() > 0)
    lines.push_back(
        formatted("%.2f s were not heard, because the device was away; see that it is there (`refwave "
                  "devices`), and play again",
                  watch_->unheard_seconds()));
  if (watch_ && watch_->dropped_seconds() > 0)
    lines.push_back(formatted(
        "%.2f s were not heard, because the device took them faster than they can be played, as one "
        "does that runs dry; play with a longer latency, as --option latency_ms=500",
        watch_->dropped_seconds()));
  return lines;
}

void Playback::report() const {
  auto statistics = wave_.statistics();
  if (!statistics) return;
  if (before_) subtract_device(*statistics, *before_);
  if (watch_) statistics->ullUnderruns = watch_->underruns();
  std::fputs(latency_text(*statistics, terminal_columns()).c_str(), stdout);
  std::fflush(stdout);
}

Playlist::Playlist(PlaylistOptions options)
    : options_(std::move(options)), is_over_(options_.paths.size(), false) {}

std::optional<dsp::Format> Playlist::begin_stream() {
  // A file that was not read to its end belongs to a stream that failed.
  if (!tracks_.empty() && !tracks_.back().is_read) reader_.reset();
  tracks_.clear();
  frames_ = 0;
  if (!reader_ && !open_next()) return std::nullopt;
  format_ = reader_->format();
  begin_track();
  return format_;
}

void Playlist::begin_track() {
  Track track{.path = options_.paths[reader_number_ % options_.paths.size()]};
  track.begin = frames_;
  track.from = reader_->position();
  track.length = reader_->frames();
  track.certainty = reader_->length();
  track.number = reader_number_;
  tracks_.push_back(std::move(track));
}

bool Playlist::seek(std::uint64_t frame) {
  if (tracks_.empty()) return false;
  const Track track = tracks_.front();
  if (is_reading(track)) {
    if (!reader_->seek(frame)) return false;
  } else if (!reopen(track, frame)) {
    return false;
  }
  tracks_.clear();
  frames_ = 0;
  begin_track();
  return true;
}

bool Playlist::skip() {
  if (tracks_.size() > 1) {
    const Track next = tracks_[1];
    if (is_reading(next) ? !reader_->seek(0) : !reopen(next, 0)) return false;
  } else {
    if (is_reading(tracks_.front())) reader_.reset();
    if (!reader_) open_next();
  }
  tracks_.clear();
  frames_ = 0;
  if (reader_ && reader_->format() == format_) begin_track();
  return true;
}

/// Effects: reads `track` again, from `frame` on, and later the files that follow it.
bool Playlist::reopen(const Track& track, std::uint64_t frame) {
  if (reader_ && reader_->is_pipe()) return false;  // what was read would be lost
  try {
    auto reader = open_reader(track.path, options_.raw);
    if (reader->format() != format_ || !reader->seek(frame)) return false;
    reader_ = std::move(reader);
  } catch (const Failure&) {
    return false;
  }
  reader_number_ = track.number;
  next_ = track.number + 1;
  return true;
}

std::size_t Playlist::read(std::span<std::byte> block) {
  const std::size_t wanted = block.size() / format_.bytes_per_frame();
  std::size_t done = 0;
  while (done < wanted && !tracks_.empty() && !tracks_.back().is_read) {
    const std::size_t frames = reader_->read(block.subspan(done * format_.bytes_per_frame()));
    done += frames;
    frames_ += frames;
    tracks_.back().frames += frames;
    if (done < wanted) end_track();
  }
  return done;
}

/// Effects: ends the newest track; a next file of the same format becomes a track of this stream.
void Playlist::end_track() {
  Track& track = tracks_.back();
  track.is_read = true;
  // A pipe that the user has ended is not incomplete.
  if (!has_ended()) track.complaint = reader_->complaint();
  reader_.reset();
  if (open_next() && reader_->format() == format_) begin_track();
}

/// Effects: opens the next readable file. Returns: false if none is left.
bool Playlist::open_next() {
  const std::size_t count = options_.paths.size();
  while (!has_ended() && (options_.loops == 0 || next_ < count * options_.loops)) {
    if (std::ranges::find(is_over_, false) == is_over_.end()) return false;
    reader_number_ = next_++;
    const std::size_t index = reader_number_ % count;
    if (is_over_[index]) continue;
    try {
      reader_ = open_reader(options_.paths[index], options_.raw);
      is_over_[index] = reader_->is_pipe();
      skip_beginning();
      return true;
    } catch (const Failure& failure) {  // the next files may be good
      reader_.reset();
      if (has_ended()) return false;
      print_error(failure.what());
      is_over_[index] = true;
      status_ = failure.exit_status();
    }
  }
  return false;
}

/// Effects: skips to --seek in the first file. Throws: Failure, if it is shorter.
void Playlist::skip_beginning() {
  const double seconds = std::exchange(options_.seek_seconds, 0);
  const auto frame = static_cast<std::uint64_t>(std::llround(seconds * reader_->format().rate));
  if (frame == 0 || reader_->skip_to(frame)) return;
  throw Failure(options_.paths[reader_number_ % options_.paths.size()] + ": --seek " + clock_text(seconds) +
                ": the file ends before that; choose an earlier time");
}

}  // namespace refwave::cli
