// The report that a trial writes, with the output of the programs that it runs. Thread: main.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hal/system/files.h"

namespace refwave::trial {

using Words = std::vector<std::string>;

/// What a result that is not right means: the trial has failed, or this Windows is so.
enum class IfWrong { failure, finding };

class Report {
 public:
  /// `zip`: the zip's folder; `scratch`: one in which files can be created.
  Report(std::filesystem::path zip, const std::filesystem::path& scratch)
      : zip_(std::move(zip)), output_file_(scratch / "output.txt") {}

  /// `mode`: as fopen's. Where the file cannot be written, the report is in the user's folder.
  void open(const std::filesystem::path& file, const char* mode);
  const std::filesystem::path& file() const { return file_; }

  /// Effects: adds the text without the user's name and folders, since the report is for an issue.
  void add(std::string text);
  void title(const std::string& text) { add("\n== " + text + "\n"); }

  /// Effects: adds a line to the summary.
  void row(const char* result, const std::string& text) {
    summary += std::string(result) + "  " + text + "\n";
  }
  void detail(const std::string& text) { row("      ", "  " + text); }

  /// Effects: runs a program, which stands in the report with its output and how it ended, and has a row; if
  /// it ended with another status than `right`, with the last line of its output. Returns: its exit status.
  int start(const std::string& named, IfWrong if_wrong, const std::filesystem::path& program,
            const Words& words, int right = 0);
  /// Effects: the lines of its output with these texts stand in the summary, too.
  void keep_lines(const char* text, const char* other = "");

  std::string summary;
  int failures = 0;

 private:
  std::filesystem::path zip_;
  std::filesystem::path output_file_;
  std::filesystem::path file_;
  hal::File report_;
  std::string output_;  // of the last program
};

/// Returns: the file's text, with the line ends of Unix.
std::string text_in(const std::filesystem::path& file);
Words lines_of(const std::string& text);

}  // namespace refwave::trial
