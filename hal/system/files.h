// Files by names in UTF-8, as far as the driver needs them. The standard library's paths and streams are not
// used, because on Windows they bring in the library's locales, which are larger than the driver itself.
// Thread: any that may wait, so never an audio thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "hal/system/status.h"

namespace refwave::hal {

enum class FileKind : std::uint8_t { absent, regular, folder, other };

/// The result of look_at_file().
struct FileLook {
  FileKind kind = FileKind::absent;
  std::uint64_t bytes = 0;  // of a regular one
  bool read_only = false;
};

/// Which file a descriptor was opened for. A program may close all descriptors (daemons do), and get that
/// number for a file of its own, in which the driver must neither write nor close anything. On Windows a
/// handle is not taken so, and is_still() is true.
class FileIdentity {
 public:
  FileIdentity() = default;
  explicit FileIdentity(int descriptor);
  /// Returns: whether the descriptor is of the same file.
  bool is_still(int descriptor) const;

 private:
  [[maybe_unused]] std::uint64_t device_ = 0;
  [[maybe_unused]] std::uint64_t number_ = 0;
};

/// std::fclose as a deleter. If the program has closed the descriptor, the stream is leaked.
struct CloseFile {
  FileIdentity made;
  void operator()(std::FILE* file) const;
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// Returns: whether the program has not closed the file's descriptor.
bool is_open(const File& file);

/// Returns: what is at that path, following links; `other` if the system does not report it.
FileLook look_at_file(const std::string& path);
/// `mode`: as fopen's. Errors: null; the reason is in errno.
File open_file(const std::string& path, const char* mode);
/// Effects: creates or empties a regular file. Never waits, even for a pipe. Errors: null, and the reason.
File create_file(const std::string& path, std::string& reason);
/// Effects: creates a file, if nothing, not even a link, has that name. Errors: null; no reason: it is taken.
File create_only(const std::string& path, std::string& reason);
/// Effects: opens or creates a regular file, for append() alone. Never waits. Errors: null, and the reason.
File open_to_append(const std::string& path, std::string& reason);
/// Effects: appends `text` to the file, if it is_open(), atomically on Linux. The program gets no signal if
/// the file has become too large. Returns: how many bytes were written.
std::size_t append(const File& file, std::string_view text);
/// Effects: if `file`, which open_to_append() has opened as `path`, holds more than `most` bytes, renames it
/// to `path`.1, unless another program has. Returns: whether `path` now names another file, or none.
bool set_aside(std::FILE* file, const std::string& path, std::uint64_t most);
/// Effects: goes to a place, which may lie beyond 2 GiB (fseek's long has 32 bits on Windows). Returns:
/// whether it is there; the reason is in errno.
bool seek_file(std::FILE* file, std::uint64_t place);
/// Effects: flushes the C library's buffer, and gives the file that length. Returns: whether both succeeded.
bool resize_file(std::FILE* file, std::uint64_t bytes);
/// Effects: removes it, if it exists and may be removed.
void remove_file(const std::string& path);
/// Returns: the file to which links lead; `path` itself if it is no link.
std::string behind_links(const std::string& path);
/// Effects: makes the folders in which `path` lies. Errors: the system's reason.
Status make_folder_of(const std::string& path);
/// Effects: gives `fresh` the permissions and the name of `target`. `target` is replaced whole or not at all.
/// If it is not replaced, `fresh` is removed. Errors: the system's reason.
Status replace_file(const std::string& fresh, const std::string& target);

}  // namespace refwave::hal
