#include <fcntl.h>
#include <unistd.h>

#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

int open_descriptor(const std::string& path) {
  return path == kStandardStream ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

bool can_seek(int descriptor) { return ::lseek(descriptor, 0, SEEK_CUR) >= 0; }

}  // namespace refwave::cli
