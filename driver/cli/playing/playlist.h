// Files as one sequence of blocks. If two files have the same format, the second one begins in the block in
// which the first one ends. A file that cannot be read is reported and left out. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "driver/cli/sound_file/sound_file.h"
#include "dsp/format.h"

namespace refwave::cli {

/// A file that a stream plays.
struct Track {
  std::string path;
  dsp::Format format;
  std::uint64_t begin = 0;   // the position of its first frame in the stream
  std::uint64_t frames = 0;  // frames that were read so far
  std::uint64_t length = 0;  // frames that the file states; 0: it states no length
  Length certainty = Length::stated;
  bool is_read = false;     // whether it was read to its end
  std::string complaint{};  // after the end: what was missing or broken

  std::uint64_t end() const { return begin + frames; }
};

class Playlist {
 public:
  explicit Playlist(const std::vector<std::string>& paths) : paths_(paths.begin(), paths.end()) {}

  /// Effects: begins a new stream with the next file that can be read. Returns: that file's format; nothing
  /// if no file is left.
  std::optional<dsp::Format> begin_stream();
  /// Effects: fills `block` from its beginning with frames of this stream's files. Returns: the number of
  /// frames; fewer than fit only at the stream's end.
  std::size_t read(std::span<std::byte> block, float& peak);
  /// Returns: this stream's files from the first one that the caller has not removed to the one that is read.
  std::deque<Track>& tracks() { return tracks_; }
  /// Returns: the exit status for the files that could not be read; 0 if all could.
  int status() const { return status_; }

 private:
  bool open_next();
  void begin_track();
  void end_track();

  std::deque<std::string> paths_;
  std::optional<SoundFileReader> reader_;  // of the newest track, or of the first file of the next stream
  std::string reader_path_;
  std::deque<Track> tracks_;
  dsp::Format format_;
  std::uint64_t frames_ = 0;  // read for this stream
  int status_ = 0;
};

}  // namespace refwave::cli
