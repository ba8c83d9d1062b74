#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include "driver/cli/console/text.h"
#include "driver/cli/sound_file/decoders/input.h"
#include "driver/cli/sound_file/sound_file.h"

namespace refwave::cli {

int open_descriptor(const std::string& path) {
  constexpr int kStandardInput = 0;
  if (path != kStandardStream) return _wopen(to_path(path).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  _setmode(kStandardInput, _O_BINARY);
  return kStandardInput;
}

/// A pipe takes a seek here, and reports success.
bool can_seek(int descriptor) {
  return GetFileType(reinterpret_cast<HANDLE>(_get_osfhandle(descriptor))) == FILE_TYPE_DISK;
}

}  // namespace refwave::cli
