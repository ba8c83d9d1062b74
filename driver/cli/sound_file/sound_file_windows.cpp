// The sndfile.dll that goes with refwave.exe is built without the codecs that are libraries of their own.
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

const char* readable_kinds() {
  return "WAV, AIFF, AU, CAF, W64 and other plain ones; FLAC, Ogg, MP3 with a sndfile.dll that can";
}

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  return SoundFileHandle(sf_wchar_open(to_path(path).c_str(), mode, &info));
}

}  // namespace refwave::cli
