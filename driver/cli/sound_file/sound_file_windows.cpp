// libsndfile as refwave.exe has it is built without the codecs that are libraries of their own.
#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

const char* readable_kinds() { return "WAV, AIFF, AU, CAF, W64 and other plain ones; not FLAC, Ogg or MP3"; }

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  return SoundFileHandle(sf_wchar_open(to_path(path).c_str(), mode, &info));
}

}  // namespace refwave::cli
