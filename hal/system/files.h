// Files by names in UTF-8, as far as the driver needs them. The standard library's paths and streams are
// not used, because on Windows they bring its locales along: more code than the driver has, in every
// program that loads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace refwave::hal {

enum class FileKind : std::uint8_t { absent, regular, folder, other };

struct FileLook {
  FileKind kind = FileKind::absent;
  std::uint64_t bytes = 0;  // of a regular one
  bool read_only = false;
};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

FileLook look_at_file(const std::string& path);
/// `mode`: as fopen's. Errors: null; the reason is in errno.
File open_file(const std::string& path, const char* mode);
/// Effects: creates a regular file, or empties it. It waits for nobody, not even where a pipe lies in its
/// place. Errors: null, and the reason.
File create_file(const std::string& path, std::string& reason);
/// Effects: opens a regular file, or creates one, for append() alone. It waits for nobody, as create_file().
/// Errors: null, and the reason.
File open_to_append(const std::string& path, std::string& reason);
/// Effects: writes `text` behind the file's end as it is at that moment, in one piece on Linux, whoever else
/// appends. No signal tells the program of a file that has become too large. Returns: how many bytes were
/// written.
std::size_t append(std::FILE* file, std::string_view text);
/// Effects: writes out what the C library still holds, and gives the file that length. Returns: whether
/// both succeeded.
bool resize_file(std::FILE* file, std::uint64_t bytes);
void remove_file(const std::string& path);
/// Returns: the file that links lead to; `path` itself if it is none.
std::string behind_links(const std::string& path);
/// Effects: makes the folders in which `path` lies. Returns: empty, or the system's reason why not.
std::string make_folder_of(const std::string& path);
/// Effects: gives `fresh` the permissions and the name of `target`. `target` is replaced whole or not at
/// all. If it is not replaced, `fresh` is removed. Returns: empty, or the system's reason.
std::string replace_file(const std::string& fresh, const std::string& target);

}  // namespace refwave::hal
