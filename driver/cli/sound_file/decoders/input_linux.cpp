#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "driver/cli/console/interruption.h"
#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

/// A named pipe is opened at once, and its writer is waited for here, because an interruption ends no open().
int open_descriptor(const std::string& path) {
  constexpr int kBetweenLooksMs = 50;
  if (path == kStandardStream) return STDIN_FILENO;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 || can_seek(descriptor)) return descriptor;
  end_when_interrupted(descriptor);
  pollfd writer{descriptor, POLLIN, 0};
  while (::poll(&writer, 1, kBetweenLooksMs) <= 0) {
  }
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
  return descriptor;
}

bool can_seek(int descriptor) { return ::lseek(descriptor, 0, SEEK_CUR) >= 0; }

}  // namespace refwave::cli
