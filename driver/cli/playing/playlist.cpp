#include "driver/cli/playing/playlist.h"

#include <algorithm>

#include "driver/cli/console/failure.h"

namespace refwave::cli {

std::optional<dsp::Format> Playlist::begin_stream() {
  // A file that was not read to its end belongs to a stream that failed. It is not played again.
  if (!tracks_.empty() && !tracks_.back().is_read) reader_.reset();
  tracks_.clear();
  frames_ = 0;
  if (!reader_ && !open_next()) return std::nullopt;
  format_ = reader_->format();
  begin_track();
  return format_;
}

void Playlist::begin_track() {
  tracks_.push_back({reader_path_, format_, frames_, 0, reader_->frames(), reader_->length()});
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

/// Effects: ends the newest track. The next file becomes a track of this stream, if its format is the same.
void Playlist::end_track() {
  Track& track = tracks_.back();
  track.is_read = true;
  track.complaint = reader_->complaint();
  reader_.reset();
  if (open_next() && reader_->format() == format_) begin_track();
}

/// Effects: opens the next file that can be read. Returns: false if no file is left.
bool Playlist::open_next() {
  while (!paths_.empty()) {
    reader_path_ = paths_.front();
    paths_.pop_front();
    try {
      reader_.emplace(reader_path_);
      return true;
    } catch (const Failure& failure) {  // the files after this one may be good
      print_error(failure.what());
      status_ = failure.exit_status();
    }
  }
  return false;
}

}  // namespace refwave::cli
