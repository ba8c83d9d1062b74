#include <sys/stat.h>
#include <unistd.h>

#include "driver/cli/sound_file/pipe.h"
#include "driver/cli/sound_file/sound_file.h"

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
  return SoundFileHandle(sf_open(path.c_str(), mode, &info));
}

bool is_at_terminal(int mode) { return ::isatty(mode == SFM_READ ? STDIN_FILENO : STDOUT_FILENO) == 1; }

}  // namespace refwave::cli
