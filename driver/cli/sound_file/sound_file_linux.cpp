#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/cli/sound_file/sound_file.h"
#include "driver/cli/sound_file/wav_pipe.h"

namespace refwave::cli {

const char* readable_kinds() { return "WAV, FLAC, Ogg, MP3, whatever libsndfile reads"; }

namespace {

bool is_pipe(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

PipeHandle open_pipe(const std::string& path) {
  if (path == kStandardStream) return PipeHandle(stdout);
  return PipeHandle(is_pipe(path) ? std::fopen(path.c_str(), "wbe") : nullptr);
}

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  if (path == kStandardStream) return SoundFileHandle(sf_open_fd(STDIN_FILENO, mode, &info, SF_FALSE));
  if (!is_pipe(path)) return SoundFileHandle(sf_open(path.c_str(), mode, &info));
  // libsndfile knows a pipe by its descriptor only, and by its name takes it for a file in which it can seek.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return SoundFileHandle(sf_open_fd(descriptor, mode, &info, SF_TRUE));
}

bool is_at_terminal(int mode) { return ::isatty(mode == SFM_READ ? STDIN_FILENO : STDOUT_FILENO) == 1; }

}  // namespace refwave::cli
