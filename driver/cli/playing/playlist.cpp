#include "driver/cli/playing/playlist.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {

Playlist::Playlist(PlaylistOptions options)
    : options_(std::move(options)), is_over_(options_.paths.size(), false) {}

std::optional<dsp::Format> Playlist::begin_stream() {
  // A file that was not read to its end belongs to a stream that failed. It is not played again.
  if (!tracks_.empty() && !tracks_.back().is_read) reader_.reset();
  tracks_.clear();
  frames_ = 0;
  if (!reader_ && !open_next()) return std::nullopt;
  reader_->begin_next_part();
  format_ = reader_->format();
  begin_track();
  return format_;
}

void Playlist::begin_track() {
  Track track{.path = options_.paths[reader_number_ % options_.paths.size()], .format = format_};
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

/// Effects: reads `track` again, from `frame` on, and later the files that follow it.
bool Playlist::reopen(const Track& track, std::uint64_t frame) {
  if (reader_ && reader_->is_pipe()) return false;  // what it has read would be lost
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

std::size_t Playlist::read(std::span<std::byte> block, float& peak) {
  const std::size_t wanted = block.size() / format_.bytes_per_frame();
  std::size_t done = 0;
  peak = 0;
  while (done < wanted && !tracks_.empty() && !tracks_.back().is_read) {
    float part_peak = 0;
    const std::size_t frames = reader_->read(block.subspan(done * format_.bytes_per_frame()), part_peak);
    peak = std::max(peak, part_peak);
    done += frames;
    frames_ += frames;
    tracks_.back().frames += frames;
    if (done < wanted) end_track();
  }
  return done;
}

/// Effects: ends the newest track. The next file becomes a track of this stream, if its format is the same. A
/// file that goes on in another format does so in the next stream.
void Playlist::end_track() {
  Track& track = tracks_.back();
  track.is_read = true;
  // A pipe that the user has ended is not cut short.
  if (!has_ended()) track.complaint = reader_->complaint();
  if (reader_->has_next_part()) return;
  reader_.reset();
  if (open_next() && reader_->format() == format_) begin_track();
}

/// Effects: opens the next file that can be read. Returns: false if no file is left.
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
    } catch (const Failure& failure) {  // the files after this one may be good
      reader_.reset();
      if (has_ended()) return false;
      print_error(failure.what());
      is_over_[index] = true;
      status_ = failure.exit_status();
    }
  }
  return false;
}

/// Effects: has the first file begin where --seek says. Throws: Failure, if it is shorter.
void Playlist::skip_beginning() {
  const double seconds = std::exchange(options_.seek_seconds, 0);
  const auto frame = static_cast<std::uint64_t>(std::llround(seconds * reader_->format().rate));
  if (frame == 0 || reader_->skip_to(frame)) return;
  throw Failure(options_.paths[reader_number_ % options_.paths.size()] + ": --seek " + clock_text(seconds) +
                ": the file ends before that; choose an earlier time");
}

}  // namespace refwave::cli
