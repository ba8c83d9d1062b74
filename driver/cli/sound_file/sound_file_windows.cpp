// The sndfile.dll that goes with refwave.exe is built without the codecs that are libraries of their own.
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/input.h"
#include "driver/cli/sound_file/pipe.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

int standard_descriptor(int mode) { return mode == SFM_READ ? 0 : 1; }

}  // namespace

const char* readable_kinds() {
  return "WAV, AIFF, AU, CAF, W64 and other plain ones; FLAC, Ogg, MP3 with a sndfile.dll that can";
}

int open_descriptor(const std::string& path) {
  if (path != kStandardStream) return _wopen(to_path(path).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  _setmode(standard_descriptor(SFM_READ), _O_BINARY);
  return standard_descriptor(SFM_READ);
}

/// A pipe takes a seek here, and reports success.
bool can_seek(int descriptor) {
  return GetFileType(reinterpret_cast<HANDLE>(_get_osfhandle(descriptor))) == FILE_TYPE_DISK;
}

SoundFileHandle open_sound_file(const std::string& path, int mode, SF_INFO& info) {
  return SoundFileHandle(sf_wchar_open(to_path(path).c_str(), mode, &info));
}

PipeHandle open_pipe(const std::string& path) {
  if (path != kStandardStream) return nullptr;
  _setmode(standard_descriptor(SFM_WRITE), _O_BINARY);
  return PipeHandle(stdout);
}

bool is_at_terminal(int mode) { return _isatty(standard_descriptor(mode)) != 0; }

}  // namespace refwave::cli
