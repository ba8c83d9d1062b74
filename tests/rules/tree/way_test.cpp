// The list of the functions that a header passes (driver/README.md): each is in the file that the list names,
// and they do not become more.
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <set>

#include "tests/rules/tree/source_tree.h"

namespace refwave::test {
namespace {

using testing::IsEmpty;

// As many as there are. A file is a header together with its source.
constexpr std::size_t kMostFunctions = 35;
constexpr std::size_t kMostFiles = 18;

struct Step {
  std::string number;
  std::string function;
  std::string path;  // from the root
};

std::vector<Step> steps() {
  static const std::regex step("([0-9]+)\\. `([A-Za-z_:]+)`, \\[`([^`]+)`\\]\\(\\3\\)");
  std::vector<Step> found;
  for (const SourceFile& file : source_files()) {
    if (file.path != "driver/README.md") continue;
    bool is_inside = false;
    for (const std::string& line : file.lines) {
      if (line.starts_with("## ")) is_inside = line == "## One header's way";
      std::smatch match;
      if (is_inside && std::regex_match(line, match, step))
        found.push_back({match[1], match[2], "driver/" + match[3].str()});
    }
  }
  return found;
}

/// Returns: whether the file has a definition of that function: its name, parameters and a body.
bool defines(const std::string& path, const std::string& function) {
  const auto& files = source_files();
  const auto file = std::ranges::find(files, path, &SourceFile::path);
  if (file == files.end()) return false;
  std::string text;
  for (const std::string& line : file->lines) text += line + '\n';
  // In a source the class stands before the name, unless the class is there, too.
  const std::size_t colons = function.rfind("::");
  const std::string name = colons == std::string::npos ? function : function.substr(colons + 2);
  const std::regex definition("[ :]" + name + "\\([^;{}]*\\)[^;{}]*(:[^;]*)?\\{");
  if (!std::regex_search(text, definition)) return false;
  const std::string owner = colons == std::string::npos ? "" : function.substr(0, colons);
  return owner.empty() || text.find(owner + "::" + name + "(") != std::string::npos ||
         text.find("class " + owner) != std::string::npos ||
         text.find("class Notifiers::" + owner) != std::string::npos ||
         text.find("struct " + owner) != std::string::npos;
}

TEST(Way_of_a_header, Passes_functions_that_there_are) {
  std::vector<std::string> missing;
  for (const Step& step : steps()) {
    if (!defines(step.path, step.function)) missing.push_back(step.function + " in " + step.path);
  }
  EXPECT_THAT(missing, IsEmpty());
}

TEST(Way_of_a_header, Becomes_no_longer) {
  std::set<std::string> files;
  std::size_t number = 0;
  for (const Step& step : steps()) {
    EXPECT_EQ(step.number, std::to_string(++number));
    files.insert(step.path.substr(0, step.path.rfind('.')));
  }
  EXPECT_GT(number, 30U) << "the list is not found";
  EXPECT_LE(number, kMostFunctions);
  EXPECT_LE(files.size(), kMostFiles);
}

TEST(Way_of_a_header, Is_not_found_where_it_is_not) {
  EXPECT_TRUE(defines("driver/core/ring/block_ring.h", "BlockRing::push"));
  EXPECT_FALSE(defines("driver/core/ring/block_ring.h", "BlockRing::pull"));
  EXPECT_FALSE(defines("driver/core/ring/block_ring.h", "Stream::push"));
  EXPECT_FALSE(defines("driver/core/stream/stream.cpp", "BlockRing::push")) << "a call";
  EXPECT_FALSE(defines("driver/core/ring/ring.h", "BlockRing::push"));
}

}  // namespace
}  // namespace refwave::test
