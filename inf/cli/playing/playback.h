// One open stream that plays files of one format, one after the other. Main thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dsp/format.h"
#include "inf/cli/console/keys/keys.h"
#include "inf/cli/console/progress.h"
#include "inf/cli/playing/loss_watch.h"
#include "inf/cli/sound_file/sound_file.h"
#include "inf/cli/wave_client/driver_session.h"
#include "inf/cli/wave_client/wave_out.h"

namespace refwave::cli {

struct Track {
  std::string path;
  std::uint64_t begin = 0;   // the position of its first played frame in the stream
  std::uint64_t from = 0;    // that frame's number in the file
  std::uint64_t frames = 0;  // frames that were read so far
  std::uint64_t length = 0;  // frames that the file states; 0: it states no length
  Length certainty = Length::stated;
  std::size_t number = 0;   // in the order in which files are played
  bool is_read = false;     // whether it was read to its end
  std::string complaint{};  // after the end: what was missing or broken

  std::uint64_t end() const { return begin + frames; }
  /// Returns: the place in the file that is at `position` of the stream.
  std::uint64_t place(std::uint64_t position) const {
    return from + (position < begin ? 0 : position - begin);
  }
};

struct PlaylistOptions {
  std::vector<std::string> paths;
  std::optional<RawFormat> raw{};     // what the files hold, if they have no headers
  double seek_seconds = 0;            // where the first file begins
  std::uint32_t loops = 1;            // 0: without end
  std::function<bool()> has_ended{};  // whether the user has ended it, and with it the pipe that was read
};

/// Files as one sequence of blocks, gapless between files of one format. A file that cannot be read is
/// reported and skipped. Main thread.
class Playlist {
 public:
  explicit Playlist(PlaylistOptions options);

  /// Effects: begins a stream with the next readable file. Returns: its format; nothing if no file is left.
  std::optional<dsp::Format> begin_stream();
  /// Effects: fills `block` with frames of this stream's files. Returns: the frames; fewer than fit only at
  /// the end.
  std::size_t read(std::span<std::byte> block);
  /// Effects: seeks to `frame` of the first of tracks(), which then begins at position 0 of the stream.
  /// Returns: false, with nothing changed, for a pipe or a missing file.
  bool seek(std::uint64_t frame);
  /// Effects: drops the first of tracks(); the file after it begins at position 0 of the stream, or of the
  /// next one, if it has another format. Returns: false, with nothing changed, if that file is a pipe that
  /// has been read.
  bool skip();
  /// Returns: this stream's files, from the first that the caller has not removed to the one being read.
  std::deque<Track>& tracks() { return tracks_; }
  /// Returns: the exit status; 0 if all files could be read.
  int status() const { return status_; }

 private:
  bool open_next();
  void begin_track();
  void end_track();
  void skip_beginning();
  bool reopen(const Track& track, std::uint64_t frame);
  bool has_ended() const { return options_.has_ended && options_.has_ended(); }
  bool is_reading(const Track& track) const { return reader_ && reader_number_ == track.number; }

  PlaylistOptions options_;
  std::vector<bool> is_over_;                // of each path: it cannot be read, or not again
  std::size_t next_ = 0;                     // number of the file that is opened next
  std::unique_ptr<SoundFileReader> reader_;  // of the newest track, or of the first file of the next stream
  std::size_t reader_number_ = 0;
  std::deque<Track> tracks_;
  dsp::Format format_;
  std::uint64_t frames_ = 0;  // read for this stream
  int status_ = 0;
};

/// Silence between blocks, by the clock: by how much later than their length they come back. Main thread.
class Pace {
 public:
  /// `frames`: those that have come back by `now_ns`, of `rate` a second.
  void note(std::uint64_t frames, std::int64_t now_ns, double rate);
  /// Effects: what was noted since then is a pause, and no gap.
  void restart();
  double gap_seconds() const;

 private:
  std::int64_t gap_ns() const;

  /// A device may take blocks in bursts, but its clock hardly differs in so short a time.
  static constexpr std::int64_t kWindowNs = 1'000'000'000;
  static constexpr std::int64_t kToleranceNs = 30'000'000;
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  std::int64_t gaps_ns_ = 0;
  std::int64_t usual_ns_ = kNone;  // the least delay in the window before
  std::int64_t least_ns_ = kNone;  // in this one
  std::int64_t newest_ns_ = 0;
  std::int64_t window_end_ns_ = 0;
};

struct PlayOptions {
  DriverOptions driver;
  std::vector<std::string> files;
  std::uint32_t buffers = 4;
  std::uint32_t block_frames = 0;  // 0: two periods at least, and what the device delays
  std::uint32_t volume_percent = 100;
  bool is_muted = false;
  double speed = 1;
  double pitch = 1;
  std::string raw;          // empty: files have headers
  double seek_seconds = 0;  // where the first file begins
  std::uint32_t loops = 1;  // 0: without end
  bool quiet = false;
};

class Playback {
 public:
  /// Effects: opens a stream of `format`. Throws: Failure.
  /// Keys change the volume in `options`. `events` is signalled for each returned block, and ends a wait.
  Playback(DriverSession& session, PlayOptions& options, const dsp::Format& format,
           BlockQueue::Semaphore& events);

  /// Effects: plays the stream's files until their end or Ctrl-C, and obeys `keys`. Reports each file and
  /// each loss. Throws: Failure, if the device takes no more audio.
  void run(Playlist& files, Keys& keys);
  /// Effects: prints the stream's buffer-done latency.
  void report() const;
  /// Returns: how long silence was between, in a sentence; empty if it was not.
  std::string gaps() const;
  /// Returns: how much was not heard, a sentence for each reason.
  std::vector<std::string> losses() const;
  bool has_complaints() const { return has_complaints_; }

 private:
  void obey(Key key, Playlist& files);
  void toggle_pause();
  void seek(Playlist& files, double seconds);
  void skip(Playlist& files);
  void begin_again();
  void restart();
  void note_pace();
  void hold();
  void note_sent(std::span<const std::byte> block);
  std::uint64_t position();
  std::size_t read(Playlist& files, std::span<std::byte> block);
  void apply_volume();
  void check_patience(Playlist& files, std::uint64_t position);
  bool fill(Playlist& files);
  bool write_blocks(Playlist& files);
  bool send(std::size_t bytes);
  void look(std::uint64_t position, bool is_over);
  void report_tracks(Playlist& files, std::uint64_t position, bool is_over);
  void show_progress(Playlist& files, std::uint64_t position);
  void tell_end(const Track& track, std::uint64_t end, const char* how);

  DriverSession& session_;
  PlayOptions& options_;
  dsp::Format format_;
  std::optional<REFWAVE_STATISTICS> before_;  // when the stream was opened
  std::optional<LossWatch> watch_;            // nothing if the driver gives no statistics
  BlockQueue::Semaphore& events_;
  WaveOut wave_;
  Watchdog watchdog_;
  /// How long the driver has refused blocks: the device is lost, and there is no fallback.
  std::optional<RunningTime> refused_since_;
  std::chrono::steady_clock::time_point next_look_{};
  Messages messages_;
  std::optional<Progress> progress_;  // of the file that is heard now
  // A device of a long latency is emptied by each reset, and gets what was not heard again.
  bool is_deep_ = false;
  double latency_frames_ = 0;       // of such a device, in the stream's frames
  double queued_frames_ = 0;        // the part of it that is in use
  std::vector<std::byte> newest_;   // that was sent, as much as may be unheard
  std::vector<std::byte> pending_;  // to be sent before the files go on
  std::uint64_t begun_at_ = 0;      // position() at the newest reset
  std::uint64_t lead_frames_ = 0;   // of silence since then, before the sound
  std::uint64_t sent_frames_ = 0;   // since then
  std::uint64_t position_ = 0;      // the newest position()
  std::uint64_t noted_ = 0;         // blocks in pace_
  Pace pace_;
  std::size_t waiting_bytes_ = 0;  // of a filled block that the driver has not taken
  std::uint64_t sent_before_ = 0;  // blocks that were sent before the last seek
  bool is_at_end_ = false;
  bool is_beginning_ = true;  // the stream pauses until the first blocks are written
  bool is_paused_ = false;    // by the listener
  bool has_complaints_ = false;
  std::chrono::steady_clock::time_point volume_shown_until_{};
};

}  // namespace refwave::cli
