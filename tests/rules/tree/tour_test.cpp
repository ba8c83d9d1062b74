// The tour through the driver (driver/TOUR.md) shows lines of the sources. Each block of C++ in a document
// that begins with a file's name must stand in that file, as it is.
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>

#include "tests/rules/tree/source_tree.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Lines of a file that stand one after the other.
using Piece = std::vector<std::string>;

struct Excerpt {
  std::string place;
  std::string path;
  std::vector<Piece> pieces;  // in their order; between them lines are left out
};

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

/// Returns: the blocks of C++ in a document that begin with a comment that is a path.
std::vector<Excerpt> excerpts(const SourceFile& document) {
  static const std::regex path("// ([A-Za-z0-9_./-]+/[A-Za-z0-9_-]+\\.(?:cpp|h))");
  std::vector<Excerpt> found;
  bool is_inside = false;
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    const std::string line = trimmed(document.lines[i]);
    std::smatch match;
    if (line.starts_with("```")) {
      is_inside = line == "```cpp" && i + 1 < document.lines.size() &&
                  std::regex_match(document.lines[i + 1], match, path);
      if (is_inside) found.push_back({place(document, i + 1), match[1], {{}}});
      if (is_inside) ++i;
    } else if (is_inside && line == "// …") {
      found.back().pieces.emplace_back();
    } else if (is_inside) {
      found.back().pieces.back().push_back(line);
    }
  }
  return found;
}

/// Returns: whether the file has all pieces, one after the other.
bool stands_in(const Excerpt& excerpt, const std::vector<SourceFile>& files) {
  const auto file = std::find_if(files.begin(), files.end(),
                                 [&](const SourceFile& each) { return each.path == excerpt.path; });
  if (file == files.end()) return false;
  std::vector<std::string> lines;
  std::transform(file->lines.begin(), file->lines.end(), std::back_inserter(lines), trimmed);
  auto from = lines.begin();
  for (const Piece& piece : excerpt.pieces) {
    if (piece.empty()) return false;
    from = std::search(from, lines.end(), piece.begin(), piece.end());
    if (from == lines.end()) return false;
    from += static_cast<std::ptrdiff_t>(piece.size());
  }
  return true;
}

/// Returns: the places of excerpts that their files do not have.
std::vector<std::string> stale(const std::vector<SourceFile>& documents,
                               const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  for (const SourceFile& document : documents) {
    if (!document.path.ends_with(".md")) continue;
    for (const Excerpt& excerpt : excerpts(document)) {
      if (!stands_in(excerpt, files)) found.push_back(excerpt.place);
    }
  }
  return found;
}

TEST(Tour, Shows_lines_as_they_stand_in_the_sources) {
  EXPECT_THAT(stale(source_files(), source_files()), IsEmpty());
}

TEST(Tour, Shows_the_way_of_a_buffer) {
  std::size_t count = 0;
  for (const SourceFile& file : source_files()) {
    if (file.path == "driver/TOUR.md") count = excerpts(file).size();
  }
  EXPECT_GE(count, 12U);
}

TEST(Tour_rules, Find_what_they_look_for) {
  const std::vector<SourceFile> files = {
      {"driver/a.cpp", {"int f() {", "  one();", "  two();", "  three();", "}"}}};
  const std::vector<SourceFile> documents = {
      {"driver/TOUR.md",
       {"```cpp", "// driver/a.cpp", "one();",   "// …",     "  three();",
        "```",                                                       // kept
        "```cpp", "// driver/a.cpp", "one();",   "three();", "```",  // line 7: not one after the other
        "```cpp", "// driver/a.cpp", "three();", "// …",     "one();",
        "```",                                           // line 12: in another order
        "```cpp", "// driver/b.cpp", "one();",   "```",  // line 18: no such file
        "```cpp", "nobody();",       "```"}}};           // an example, no excerpt
  EXPECT_THAT(stale(documents, files),
              ElementsAre(place(documents[0], 7), place(documents[0], 12), place(documents[0], 18)));
}

}  // namespace
}  // namespace refwave::test
