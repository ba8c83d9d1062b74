// The project's own files as the rules see them: paths from the root, and lines.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace refwave::test {

struct SourceFile {
  std::string path;  // from the root, with slashes
  std::vector<std::string> lines;

  bool is_code() const { return path.ends_with(".h") || path.ends_with(".cpp"); }
  bool in(std::string_view folder) const { return path.starts_with(std::string(folder) + "/"); }
};

/// Returns: the root of the repository.
std::filesystem::path source_folder();

/// Returns: every text file that belongs to the project: tracked by git or about to be; all but build/ where
/// there is no git.
const std::vector<SourceFile>& source_files();

/// Returns: what stands between the quotes or brackets of an include line, brackets included; empty for other
/// lines.
std::string included(const std::string& line);

/// Returns: "path:line: text", as a compiler would point there.
std::string place(const SourceFile& file, std::size_t line);

}  // namespace refwave::test
