// libsndfile's functions, as far as the command calls them: each is looked up in the sndfile.dll beside the
// command, at its first call. So commands that read no sound file need none, and anybody may put another
// build of the library there, as its licence wants. Main thread.
#include <sndfile.h>
#include <windows.h>

#include "driver/cli/console/failure.h"
#include "driver/cli/console/platform.h"
#include "driver/cli/console/text.h"

namespace refwave::cli {
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

}  // namespace
}  // namespace refwave::cli

using refwave::cli::in_dll;

SNDFILE* sf_wchar_open(LPCWSTR path, int mode, SF_INFO* info) {
  static const auto call = in_dll<decltype(sf_wchar_open)>("sf_wchar_open");
  return call(path, mode, info);
}

SNDFILE* sf_open_virtual(SF_VIRTUAL_IO* calls, int mode, SF_INFO* info, void* of_calls) {
  static const auto call = in_dll<decltype(sf_open_virtual)>("sf_open_virtual");
  return call(calls, mode, info, of_calls);
}

int sf_close(SNDFILE* file) {
  static const auto call = in_dll<decltype(sf_close)>("sf_close");
  return call(file);
}

int sf_error(SNDFILE* file) {
  static const auto call = in_dll<decltype(sf_error)>("sf_error");
  return call(file);
}

const char* sf_strerror(SNDFILE* file) {
  static const auto call = in_dll<decltype(sf_strerror)>("sf_strerror");
  return call(file);
}

int sf_command(SNDFILE* file, int command, void* data, int bytes) {
  static const auto call = in_dll<decltype(sf_command)>("sf_command");
  return call(file, command, data, bytes);
}

int sf_format_check(const SF_INFO* info) {
  static const auto call = in_dll<decltype(sf_format_check)>("sf_format_check");
  return call(info);
}

sf_count_t sf_seek(SNDFILE* file, sf_count_t frames, int whence) {
  static const auto call = in_dll<decltype(sf_seek)>("sf_seek");
  return call(file, frames, whence);
}

sf_count_t sf_readf_int(SNDFILE* file, int* samples, sf_count_t frames) {
  static const auto call = in_dll<decltype(sf_readf_int)>("sf_readf_int");
  return call(file, samples, frames);
}

sf_count_t sf_readf_float(SNDFILE* file, float* samples, sf_count_t frames) {
  static const auto call = in_dll<decltype(sf_readf_float)>("sf_readf_float");
  return call(file, samples, frames);
}

sf_count_t sf_readf_double(SNDFILE* file, double* samples, sf_count_t frames) {
  static const auto call = in_dll<decltype(sf_readf_double)>("sf_readf_double");
  return call(file, samples, frames);
}

sf_count_t sf_writef_int(SNDFILE* file, const int* samples, sf_count_t frames) {
  static const auto call = in_dll<decltype(sf_writef_int)>("sf_writef_int");
  return call(file, samples, frames);
}

sf_count_t sf_writef_float(SNDFILE* file, const float* samples, sf_count_t frames) {
  static const auto call = in_dll<decltype(sf_writef_float)>("sf_writef_float");
  return call(file, samples, frames);
}
