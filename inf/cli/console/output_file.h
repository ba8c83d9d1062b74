// A file for a report. It is opened before anything is measured, so that a mistake in its name does not
// lose a long measurement.
#pragma once

#include <string>

namespace refwave::cli {

class OutputFile {
 public:
  /// `path`: "-" is standard output; empty: there is none. Throws: Failure if it cannot be written.
  explicit OutputFile(std::string path);
  /// Effects: removes the file if it was not there before and nothing was written.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool is_wanted() const { return !path_.empty(); }
  bool is_standard_output() const { return path_ == "-"; }
  /// Effects: replaces what the file holds. Throws: Failure.
  void write(const std::string& text);

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  bool is_new_ = false;
};

/// Effects: writes what was printed and is still held back. Throws: Failure, if standard output did not take
/// all that was printed: a full disk is an error like any other.
void finish_standard_output();

}  // namespace refwave::cli
