// Files as one run of blocks: where one ends the next goes on in the same block, if its format is the same.
// What cannot be read is told and left out. Main thread.
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
  std::uint64_t begin = 0;   // its first frame's place in the stream
  std::uint64_t frames = 0;  // that were read so far
  std::uint64_t length = 0;  // that it declares; 0: none
  bool is_read = false;      // to its end
  std::string complaint{};   // what was missing or broken then

  std::uint64_t end() const { return begin + frames; }
};

class Playlist {
 public:
  explicit Playlist(const std::vector<std::string>& paths) : paths_(paths.begin(), paths.end()) {}

  /// Effects: a new stream begins, with the next file that can be read. Returns: its format; nothing if no
  /// file is left.
  std::optional<dsp::Format> begin_stream();
  /// Effects: fills `block` from the front with this stream's files. Returns: frames; fewer than fit only at
  /// the stream's end.
  std::size_t read(std::span<std::byte> block, float& peak);
  /// Returns: this stream's files that were read from, and not yet dropped.
  std::deque<Track>& tracks() { return tracks_; }
  /// Returns: whether a file could not be read, and the exit status for it.
  int status() const { return status_; }

 private:
  bool open_next();
  void begin_track();
  void end_track();

  std::deque<std::string> paths_;
  std::optional<SoundFileReader> reader_;  // of the newest track; or of a file for the stream after this one
  std::string reader_path_;
  std::deque<Track> tracks_;
  dsp::Format format_;
  std::uint64_t frames_ = 0;  // in this stream
  int status_ = 0;
};

}  // namespace refwave::cli
