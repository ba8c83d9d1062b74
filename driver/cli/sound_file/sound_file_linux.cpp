#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

const char* readable_kinds() { return "WAV, FLAC, Ogg, MP3, whatever libsndfile reads"; }

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  return SoundFileHandle(sf_open(path.c_str(), mode, &info));
}

}  // namespace refwave::cli
