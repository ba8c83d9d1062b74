#include "inf/cli/console/output_file.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "inf/cli/console/failure.h"
#include "inf/cli/console/text.h"

namespace refwave::cli {

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (!is_wanted() || is_standard_output()) return;
  std::error_code error;
  is_new_ = !std::filesystem::exists(to_path(path_), error);
  errno = 0;
  if (!std::ofstream(to_path(path_), std::ios::app)) fail();
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (is_new_) std::filesystem::remove(to_path(path_), ignored);
}

void OutputFile::write(const std::string& text) {
  if (is_standard_output()) {
    std::fputs(text.c_str(), stdout);
    return;
  }
  errno = 0;
  std::ofstream file(to_path(path_), std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) fail();
  is_new_ = false;
}

void OutputFile::fail() const {
  const std::string why = errno == 0 ? "" : ": " + std::generic_category().message(errno);
  throw Failure(path_ + ": cannot be written" + why + "; name a file in a folder that is yours");
}

std::string error_line(const std::string& text) { return "refwave: " + visible(text) + "\n"; }

void print_error(const std::string& text) { std::fputs(error_line(text).c_str(), stderr); }

void finish_standard_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Failure("standard output cannot be written; is the disk full, or the reader gone?");
}

}  // namespace refwave::cli
