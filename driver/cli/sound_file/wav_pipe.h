// A WAV file into a pipe, where nothing can be written a second time: its header leaves the length open, as
// sox and ffmpeg do it. libsndfile writes no WAV into pipes. Main thread.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

#include "dsp/format.h"

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

/// Returns: the 44 bytes before the samples.
std::string wav_header_of_open_length(const dsp::Format& format);

/// Returns: false if nobody reads any more.
bool write_all(std::FILE* pipe, std::span<const std::byte> bytes);

}  // namespace refwave::cli
