// A file for a report, opened before the measurement, so that a wrong name does not cost a long one.
#pragma once

#include <string>

namespace refwave::cli {

class OutputFile {
 public:
  /// `path`: "-" is standard output; empty: there is none. Throws: Failure if it cannot be written.
  explicit OutputFile(std::string path);
  /// Effects: removes a new file to which nothing was written.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool is_wanted() const { return !path_.empty(); }
  bool is_standard_output() const { return path_ == "-"; }
  /// Effects: replaces the content. Throws: Failure.
  void write(const std::string& text);

 private:
  [[noreturn]] void fail() const;

  std::string path_;
  bool is_new_ = false;
};

/// Effects: flushes standard output. Throws: Failure, if any of it could not be written.
void finish_standard_output();

}  // namespace refwave::cli
