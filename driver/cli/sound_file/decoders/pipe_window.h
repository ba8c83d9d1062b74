// The bytes of a pipe as libsndfile reads a file: it looks at the beginning more than once. They are kept
// until the file is open, and from then on they run through. A file that is read so has no length, so that
// libsndfile cannot guess one; MPEG has an end far away, if libsndfile (1.2.2) does not open it without one.
// Main thread.
#pragma once

#include <sndfile.h>

#include <cstdint>
#include <string>

#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/decoders/ogg_end.h"
#include "driver/cli/sound_file/decoders/tail.h"

namespace refwave::cli {

class PipeWindow {
 public:
  explicit PipeWindow(Input& input) : input_(input) {}

  enum class Kind : std::uint8_t { mpeg, other };
  /// Returns: the file; null on failure. This object and its input must outlive it.
  SNDFILE* open(SF_INFO& info, Kind kind);
  /// Returns: the last bytes that were read.
  const std::string& tail() const { return tail_.text(); }

 private:
  static sf_count_t length(void* self);
  static sf_count_t tell(void* self);
  static sf_count_t seek(sf_count_t offset, int whence, void* self);
  static sf_count_t read(void* bytes, sf_count_t count, void* self);
  static sf_count_t write(const void*, sf_count_t, void*);

  SNDFILE* try_to_open(SF_INFO& info);
  sf_count_t skip_to(sf_count_t target);
  bool keep_up_to(std::size_t end);
  std::size_t read_on(void* bytes, std::size_t count);
  static std::size_t read_end(void* bytes, std::size_t count);
  std::size_t read_here(void* bytes, std::size_t count);

  Input& input_;
  Tail tail_{kLastOggPages};
  std::string kept_;         // all bytes so far, while the file is being opened
  sf_count_t position_ = 0;  // of the next byte that libsndfile reads
  bool has_end_ = false;
  bool is_open_ = false;
};

}  // namespace refwave::cli
