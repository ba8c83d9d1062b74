// The last bytes of what cannot be read twice. Main thread.
#pragma once

#include <cstddef>
#include <string>

#include "driver/cli/sound_file/decoders/input.h"

namespace refwave::cli {

class Tail {
 public:
  /// `most`: how many bytes to keep at least, if there are so many.
  explicit Tail(std::size_t most) : most_(most) {}

  void append(const void* bytes, std::size_t count) {
    text_.append(static_cast<const char*>(bytes), count);
    if (text_.size() > 2 * most_) text_.erase(0, text_.size() - most_);
  }
  const std::string& text() const { return text_; }

 private:
  std::size_t most_;
  std::string text_;
};

/// Effects: reads the end of `input`, which must be seekable. Returns: its last bytes, `most` at most.
std::string tail_of(Input& input, std::size_t most);

}  // namespace refwave::cli
