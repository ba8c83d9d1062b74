// The bytes of a pipe as libsndfile reads a file: it looks at the beginning more than once. They are kept
// until the file is open, and from then on they run through. Main thread.
#pragma once

#include <sndfile.h>

#include <memory>
#include <string>

#include "driver/cli/sound_file/decoders/input.h"

namespace refwave::cli {

class PipeWindow {
 public:
  explicit PipeWindow(std::unique_ptr<Input> input) : input_(std::move(input)) {}

  /// Returns: the file; null on failure. This object must outlive it.
  SNDFILE* open(SF_INFO& info);

 private:
  static sf_count_t length(void*);
  static sf_count_t tell(void* self);
  static sf_count_t seek(sf_count_t offset, int whence, void* self);
  static sf_count_t read(void* bytes, sf_count_t count, void* self);
  static sf_count_t write(const void*, sf_count_t, void*);

  bool keep_up_to(std::size_t end);

  std::unique_ptr<Input> input_;
  std::string kept_;          // all bytes so far, while the file is being opened
  std::size_t position_ = 0;  // of the next byte that libsndfile reads
  bool is_open_ = false;
};

}  // namespace refwave::cli
