// A pipe that is written into. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace refwave::cli {

/// Closes the file, but never stdout.
struct ClosePipe {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};
using PipeHandle = std::unique_ptr<std::FILE, ClosePipe>;

/// Returns: the pipe for writing, if `path` is one or kStandardStream; else null. One source file for each
/// system implements it.
PipeHandle open_pipe(const std::string& path);

/// Returns: false if nobody reads any more.
inline bool write_all(std::FILE* pipe, std::span<const std::byte> bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), pipe) == bytes.size() && std::fflush(pipe) == 0;
}

}  // namespace refwave::cli
