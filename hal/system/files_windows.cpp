// Windows documentation: "GetFileAttributesExW", "GetFinalPathNameByHandleW", "MoveFileExW function".
#include <windows.h>
// io.h and windows.h may come in any order.
#include <fcntl.h>
#include <io.h>

#include "hal/system/files.h"
#include "hal/system/wide_text.h"

namespace refwave::hal {
namespace {

constexpr DWORD kShareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// Returns: a handle with the right to read the name only; links are followed.
HANDLE open_for_name(const std::wstring& path) {
  return CreateFileW(path.c_str(), 0, kShareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
}

/// Returns: a descriptor of a regular file; -1, and the reason. `creation`: as CreateFileW's. Never waits.
int open_regular(const std::string& path, DWORD access, DWORD share, DWORD creation, std::string& reason) {
  const HANDLE handle =
      CreateFileW(to_wide(path).c_str(), access, share, nullptr, creation, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) {
    reason = GetLastError() == ERROR_FILE_EXISTS ? std::string() : words_for(GetLastError());
    return -1;
  }
  const bool regular = GetFileType(handle) == FILE_TYPE_DISK;
  reason = regular ? "no file handle is left" : "not a regular file";
  const int file =
      regular ? _open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_WRONLY | _O_BINARY) : -1;
  if (file < 0) CloseHandle(handle);
  return file;
}

/// Returns: a stream for the descriptor, which is closed with it; null if there is none.
File stream_of(int file, const char* mode) {
  std::FILE* const stream = file < 0 ? nullptr : _fdopen(file, mode);
  // This closes the handle, too.
  if (stream == nullptr && file >= 0) _close(file);
  return File(stream);
}

}  // namespace

FileIdentity::FileIdentity(int) {}
bool FileIdentity::is_still(int) const { return true; }
void CloseFile::operator()(std::FILE* file) const { std::fclose(file); }
bool is_open(const File& file) { return file != nullptr; }

FileLook look_at_file(const std::string& path) {
  WIN32_FILE_ATTRIBUTE_DATA data{};
  if (GetFileAttributesExW(to_wide(path).c_str(), GetFileExInfoStandard, &data) == FALSE) {
    const DWORD error = GetLastError();
    const bool absent = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
    return {.kind = absent ? FileKind::absent : FileKind::other};
  }
  const auto has = [&](DWORD attribute) { return (data.dwFileAttributes & attribute) != 0; };
  return {.kind = has(FILE_ATTRIBUTE_DIRECTORY) ? FileKind::folder
                  : has(FILE_ATTRIBUTE_DEVICE)  ? FileKind::other
                                                : FileKind::regular,
          .bytes = std::uint64_t{data.nFileSizeHigh} << 32 | data.nFileSizeLow,
          .read_only = has(FILE_ATTRIBUTE_READONLY)};
}

File open_file(const std::string& path, const char* mode) {
  return File(_wfopen(to_wide(path).c_str(), to_wide(mode).c_str()));
}

File create_file(const std::string& path, std::string& reason) {
  File file = stream_of(open_regular(path, GENERIC_WRITE, FILE_SHARE_READ, OPEN_ALWAYS, reason), "wb");
  // It is emptied only after it is known to be a regular file.
  return file && resize_file(file.get(), 0) ? std::move(file) : nullptr;
}

File create_only(const std::string& path, std::string& reason) {
  return stream_of(open_regular(path, GENERIC_WRITE, FILE_SHARE_READ, CREATE_NEW, reason), "wb");
}

File open_to_append(const std::string& path, std::string& reason) {
  // The right to append, without the right to write, puts each write at the end.
  constexpr DWORD kToAppend = FILE_APPEND_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE;
  return stream_of(open_regular(path, kToAppend, kShareAll, OPEN_ALWAYS, reason), "ab");
}

std::size_t append(const File& file, std::string_view text) {
  const int written = _write(_fileno(file.get()), text.data(), static_cast<unsigned>(text.size()));
  return written < 0 ? 0 : static_cast<std::size_t>(written);
}

bool set_aside(std::FILE* file, const std::string& path, std::uint64_t most) {
  BY_HANDLE_FILE_INFORMATION own{};
  BY_HANDLE_FILE_INFORMATION named{};
  const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
  if (GetFileInformationByHandle(handle, &own) == FALSE ||
      (std::uint64_t{own.nFileSizeHigh} << 32 | own.nFileSizeLow) <= most)
    return false;
  const HANDLE other = open_for_name(to_wide(path));
  if (other == INVALID_HANDLE_VALUE) return GetLastError() == ERROR_FILE_NOT_FOUND;
  const bool is_known = GetFileInformationByHandle(other, &named) != FALSE;
  CloseHandle(other);
  if (is_known && (named.nFileIndexLow != own.nFileIndexLow || named.nFileIndexHigh != own.nFileIndexHigh ||
                   named.dwVolumeSerialNumber != own.dwVolumeSerialNumber))
    return true;
  return MoveFileExW(to_wide(path).c_str(), to_wide(path + ".1").c_str(), MOVEFILE_REPLACE_EXISTING) != FALSE;
}

bool seek_file(std::FILE* file, std::uint64_t place) {
  return fseeko64(file, static_cast<std::int64_t>(place), SEEK_SET) == 0;
}

bool resize_file(std::FILE* file, std::uint64_t bytes) {
  return std::fflush(file) == 0 && _chsize_s(_fileno(file), static_cast<std::int64_t>(bytes)) == 0;
}

void remove_file(const std::string& path) { DeleteFileW(to_wide(path).c_str()); }

std::string behind_links(const std::string& path) {
  const HANDLE file = open_for_name(to_wide(path));
  if (file == INVALID_HANDLE_VALUE) return path;
  std::wstring name(GetFinalPathNameByHandleW(file, nullptr, 0, FILE_NAME_NORMALIZED) + 1, L'\0');
  const DWORD length =
      GetFinalPathNameByHandleW(file, name.data(), static_cast<DWORD>(name.size()), FILE_NAME_NORMALIZED);
  CloseHandle(file);
  if (length == 0 || length >= name.size()) return path;
  return to_utf8({name.data(), length});
}

Status make_folder_of(const std::string& path) {
  const std::size_t end = path.find_last_of("/\\");
  if (end == std::string::npos || end == 0 || path[end - 1] == ':') return {};
  const std::string folder = path.substr(0, end);
  if (look_at_file(folder).kind == FileKind::folder) return {};
  if (Status made = make_folder_of(folder); !made.ok()) return made;
  if (CreateDirectoryW(to_wide(folder).c_str(), nullptr) != FALSE) return {};
  return GetLastError() == ERROR_ALREADY_EXISTS ? Status() : Status::failure(words_for(GetLastError()));
}

Status replace_file(const std::string& fresh, const std::string& target) {
  if (MoveFileExW(to_wide(fresh).c_str(), to_wide(target).c_str(),
                  MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != FALSE)
    return {};
  const DWORD error = GetLastError();
  remove_file(fresh);
  return Status::failure(words_for(error));
}

}  // namespace refwave::hal
