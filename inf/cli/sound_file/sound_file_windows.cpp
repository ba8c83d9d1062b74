// libsndfile is a DLL beside the command. It is loaded when it is needed, so commands without sound files do
// without it, and users may replace it, as its licence demands.
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/platform.h"
#include "inf/cli/console/text.h"
#include "inf/cli/sound_file/sound_file.h"

namespace refwave::cli {
namespace {

int standard_descriptor(int mode) { return mode == SFM_READ ? 0 : 1; }

}  // namespace

int open_descriptor(const std::string& path) {
  if (path != kStandardStream) return _wopen(to_path(path).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
  _setmode(standard_descriptor(SFM_READ), _O_BINARY);
  return standard_descriptor(SFM_READ);
}

bool await_more(int) { return false; }

bool write_all(std::FILE* pipe, std::span<const std::byte> bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), pipe) == bytes.size() && std::fflush(pipe) == 0;
}

/// Seeking a pipe reports success here.
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

/// The linker's stubs find the functions in the DLL that was loaded here. If one were missing, its first call
/// would end the program.
void load_sndfile() {
  const std::filesystem::path file = command_folder() / "sndfile.dll";
  static const HMODULE loaded = LoadLibraryExW(file.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (loaded == nullptr)
    throw Failure(
        path_text(file) +
        ": cannot be loaded, and without it no sound file is read or written; it belongs beside this "
        "command: unpack refwave's whole archive, and leave the files together");
  for (const char* name : {"sf_close", "sf_command", "sf_error", "sf_format_check", "sf_open_virtual",
                           "sf_readf_double", "sf_readf_float", "sf_readf_int", "sf_seek", "sf_strerror",
                           "sf_wchar_open", "sf_writef_float", "sf_writef_int"}) {
    if (GetProcAddress(loaded, name) == nullptr)
      throw Failure(std::string("sndfile.dll has no ") + name +
                    "; put refwave's own, or libsndfile 1.2, in its place");
  }
}

}  // namespace refwave::cli
