// The functions of libsndfile that the command calls. Each is looked up in the sndfile.dll beside the command
// at its first call, so commands without sound files do not need it, and users may replace it, as its licence
// demands.
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <type_traits>

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

namespace {

HMODULE sndfile_dll() {
  const std::filesystem::path file = command_folder() / "sndfile.dll";
  static const HMODULE loaded = LoadLibraryExW(file.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (loaded != nullptr) return loaded;
  throw Failure(path_text(file) +
                ": cannot be loaded, and without it no sound file is read or written; it belongs beside this "
                "command: unpack refwave's whole archive, and leave the files together");
}

template <class Function>
Function* in_dll(const char* name) {
  if (const FARPROC found = GetProcAddress(sndfile_dll(), name))
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(found));
  throw Failure(std::string("sndfile.dll has no ") + name +
                "; put refwave's own, or libsndfile 1.2, in its place");
}

/// Effects: calls the DLL's function in place of the declared one.
template <auto* declared, class... Arguments>
auto call(const char* name, Arguments... arguments) {
  static const auto function = in_dll<std::remove_pointer_t<decltype(declared)>>(name);
  return function(arguments...);
}

}  // namespace
}  // namespace refwave::cli

using refwave::cli::call;

SNDFILE* sf_wchar_open(LPCWSTR path, int mode, SF_INFO* info) {
  return call<sf_wchar_open>("sf_wchar_open", path, mode, info);
}

SNDFILE* sf_open_virtual(SF_VIRTUAL_IO* calls, int mode, SF_INFO* info, void* of_calls) {
  return call<sf_open_virtual>("sf_open_virtual", calls, mode, info, of_calls);
}

int sf_close(SNDFILE* file) { return call<sf_close>("sf_close", file); }

int sf_error(SNDFILE* file) { return call<sf_error>("sf_error", file); }

const char* sf_strerror(SNDFILE* file) { return call<sf_strerror>("sf_strerror", file); }

int sf_command(SNDFILE* file, int command, void* data, int bytes) {
  return call<sf_command>("sf_command", file, command, data, bytes);
}

int sf_format_check(const SF_INFO* info) { return call<sf_format_check>("sf_format_check", info); }

sf_count_t sf_seek(SNDFILE* file, sf_count_t frames, int whence) {
  return call<sf_seek>("sf_seek", file, frames, whence);
}

sf_count_t sf_readf_int(SNDFILE* file, int* samples, sf_count_t frames) {
  return call<sf_readf_int>("sf_readf_int", file, samples, frames);
}

sf_count_t sf_readf_float(SNDFILE* file, float* samples, sf_count_t frames) {
  return call<sf_readf_float>("sf_readf_float", file, samples, frames);
}

sf_count_t sf_readf_double(SNDFILE* file, double* samples, sf_count_t frames) {
  return call<sf_readf_double>("sf_readf_double", file, samples, frames);
}

sf_count_t sf_writef_int(SNDFILE* file, const int* samples, sf_count_t frames) {
  return call<sf_writef_int>("sf_writef_int", file, samples, frames);
}

sf_count_t sf_writef_float(SNDFILE* file, const float* samples, sf_count_t frames) {
  return call<sf_writef_float>("sf_writef_float", file, samples, frames);
}
