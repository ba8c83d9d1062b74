#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "inf/cli/console/platform.h"
#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {

PipeHandle open_pipe(const std::string& path) {
  if (path == kStandardStream) return PipeHandle(stdout);
  struct stat status {};
  const bool is_pipe = ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
  return PipeHandle(is_pipe ? std::fopen(path.c_str(), "wbe") : nullptr);
}

/// A named pipe is opened without blocking, and its writer is awaited here, because an interruption does not
/// end open().
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

bool await_more(int descriptor) {
  pollfd writer{descriptor, POLLIN, 0};
  return ::poll(&writer, 1, -1) >= 0 || errno == EINTR;
}

bool write_all(std::FILE* pipe, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ::ssize_t done = ::write(::fileno(pipe), bytes.data(), bytes.size());
    if (done >= 0) bytes = bytes.subspan(static_cast<std::size_t>(done));
    pollfd reader{::fileno(pipe), POLLOUT, 0};
    if (done < 0 && errno == EAGAIN && ::poll(&reader, 1, -1) >= 0) continue;
    if (done < 0 && errno != EINTR) return false;
  }
  return true;
}

bool can_seek(int descriptor) { return ::lseek(descriptor, 0, SEEK_CUR) >= 0; }

void load_sndfile() {}

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  return SoundFileHandle(sf_open(path.c_str(), mode, &info));
}

bool is_at_terminal(int mode) { return ::isatty(mode == SFM_READ ? STDIN_FILENO : STDOUT_FILENO) == 1; }

}  // namespace refwave::cli
