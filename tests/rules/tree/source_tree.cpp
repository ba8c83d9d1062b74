#include "tests/rules/tree/source_tree.h"

#include <algorithm>
#include <fstream>
#include <regex>

#include "tests/support/shell.h"

namespace refwave::test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> paths() {
  const std::string root = "cd '" + source_folder().string() + "' && ";
  int status = 0;
  const std::string tracked =
      text_of(root + "git ls-files --cached --others --exclude-standard 2>&1", &status);
  if (status == 0) return lines_of(tracked);
  return lines_of(
      text_of(root + "find . \\( -path ./build -o -path ./.git \\) -prune -o -type f -printf '%P\\n'"));
}

std::vector<SourceFile> read_all() {
  std::vector<SourceFile> files;
  for (const std::string& path : paths()) {
    const std::filesystem::path full = source_folder() / path;
    if (!std::filesystem::is_regular_file(full)) continue;  // deleted, and not yet committed
    const std::string text = contents(full);
    if (text.find('\0') == std::string::npos) files.push_back({path, lines_of(text)});
  }
  return files;
}

}  // namespace

std::filesystem::path source_folder() { return REFWAVE_SOURCE_FOLDER; }

const std::vector<SourceFile>& source_files() {
  static const std::vector<SourceFile> files = read_all();
  return files;
}

std::string included(const std::string& line) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(?:"([^"]*)\"|(<[^>]*>)).*)");
  if (line.find("include") == std::string::npos) return {};  // most lines, without asking the expression
  std::smatch match;
  if (!std::regex_match(line, match, pattern)) return {};
  return match[1].matched ? match[1].str() : match[2].str();
}

std::string place(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1) + ": " + file.lines[line];
}

}  // namespace refwave::test
