// What documents and comments say of files: each that they name is here, each link leads somewhere, and each
// room says what it is for.
#include <gmock/gmock.h>

#include <cctype>
#include <map>
#include <regex>
#include <set>

#include "tests/rules/tree/source_tree.h"

namespace refwave::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

/// Returns: whether the tree has such a file: from the root, from the folder of the file that names it, or,
/// by its last parts, anywhere.
bool is_here(const std::string& name, const SourceFile& from) {
  static const std::set<std::string> endings = [] {
    std::set<std::string> all;
    for (const SourceFile& file : source_files()) {
      for (std::size_t at = 0; at != std::string::npos; at = file.path.find('/', at)) {
        if (at != 0) ++at;
        all.insert(file.path.substr(at));
      }
    }
    return all;
  }();
  const fs::path beside = source_folder() / fs::path(from.path).parent_path() / name;
  return endings.contains(name) || fs::exists(beside) || fs::exists(source_folder() / name);
}

/// Returns: the places where a match's first group, in the wanted files, names no file of the tree.
std::vector<std::string> strangers(const std::vector<SourceFile>& files, const std::regex& pattern,
                                   bool (*wanted)(const SourceFile&)) {
  std::vector<std::string> found;
  for (const SourceFile& file : files) {
    if (!wanted(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match) {
        if (!is_here((*match)[1], file)) found.push_back(place(file, i));
      }
    }
  }
  return found;
}

bool is_document(const SourceFile& file) { return file.path.ends_with(".md"); }
/// These rules' own tests name files that are not there.
bool names_documents(const SourceFile& file) { return file.path != "tests/rules/tree/documents_test.cpp"; }

/// Not after a scheme's or a folder's slash, which would be a page elsewhere.
const std::regex& document() {
  static const std::regex pattern(R"((?:^|[^A-Za-z0-9_/.*-])([A-Za-z0-9_.][A-Za-z0-9_./-]*\.md)\b)");
  return pattern;
}

/// A link that is neither a page elsewhere nor a place in the same document.
const std::regex& link() {
  static const std::regex pattern(R"(\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\))");
  return pattern;
}

/// A path of a source file in backticks, or the name of one alone. Headers without a folder may be other
/// people's.
const std::regex& path_in_backticks() {
  static const std::regex pattern(
      R"(`([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+\.(?:cpp|h|pml|cmake|py|inf|map|in)|(?!x_)[A-Za-z0-9_]+\.(?:cpp|pml))`)");
  return pattern;
}

TEST(Documents, That_are_named_are_here) {
  EXPECT_THAT(strangers(source_files(), document(), names_documents), IsEmpty());
}

TEST(Documents, Have_links_that_lead_somewhere) {
  EXPECT_THAT(strangers(source_files(), link(), is_document), IsEmpty());
}

/// Returns: the name by which a link finds a heading, as GitHub makes it.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char letter : heading) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == ' ' || letter == '-') anchor += '-';
    if (std::isalnum(byte) != 0 || letter == '_' || byte >= 0x80)
      anchor += static_cast<char>(std::tolower(byte));
  }
  return anchor;
}

std::set<std::string> anchors(const SourceFile& document) {
  static const std::regex heading("#+ (.*)");
  std::set<std::string> found;
  bool is_code = false;
  for (const std::string& line : document.lines) {
    std::smatch match;
    if (line.starts_with("```")) is_code = !is_code;
    if (!is_code && std::regex_match(line, match, heading)) found.insert(anchor_of(match[1]));
  }
  return found;
}

/// Returns: the places with a link to a heading that the document, which is among the files, does not have.
std::vector<std::string> links_to_no_heading(const std::vector<SourceFile>& files) {
  static const std::regex to_heading(R"(\]\(([^)#\s:]*)#([^)\s]+)\))");
  std::map<std::string, std::set<std::string>> known;
  std::vector<std::string> found;
  for (const SourceFile& file : files) {
    if (is_document(file)) known[file.path] = anchors(file);
  }
  for (const SourceFile& file : files) {
    if (!is_document(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      for (std::sregex_iterator match(line.begin(), line.end(), to_heading), end; match != end; ++match) {
        const std::string name = (*match)[1];
        const fs::path target = name.empty() ? fs::path(file.path) : fs::path(file.path).parent_path() / name;
        const auto document = known.find(target.lexically_normal().string());
        if (document == known.end() || !document->second.contains((*match)[2]))
          found.push_back(place(file, i));
      }
    }
  }
  return found;
}

TEST(Documents, Have_links_to_headings_that_there_are) {
  EXPECT_THAT(links_to_no_heading(source_files()), IsEmpty());
}

TEST(Documents, Name_source_files_that_are_here) {
  EXPECT_THAT(strangers(source_files(), path_in_backticks(), is_document), IsEmpty());
}

/// Returns: the places that cite a rule of the contract which the document of its rules does not have.
std::vector<std::string> unknown_rules(const std::vector<SourceFile>& files) {
  static const std::regex citation(R"(MESSAGES\.md, ([A-Za-z_]+\.[a-z0-9A-Z_]+))");
  static const std::regex rule(R"(\| `([^`]+)` \|)");
  std::set<std::string> known;
  std::vector<std::string> found;
  for (const SourceFile& file : source_files()) {
    for (const std::string& line :
         file.path == "driver/winmm/MESSAGES.md" ? file.lines : std::vector<std::string>{}) {
      std::smatch match;
      if (std::regex_search(line, match, rule)) known.insert(match[1]);
    }
  }
  for (const SourceFile& file : files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (std::regex_search(file.lines[i], match, citation) && !known.contains(match[1]))
        found.push_back(place(file, i));
    }
  }
  return found;
}

TEST(Documents, Cite_rules_of_the_contract_that_there_are) {
  std::vector<SourceFile> files = source_files();
  std::erase_if(files, [](const SourceFile& file) { return !names_documents(file); });
  EXPECT_THAT(unknown_rules(files), IsEmpty());
}

TEST(Document_rules, Find_what_they_look_for) {
  const std::vector<SourceFile> offender = {
      {"driver/x.md",
       {"see CONTRACT.md, and README.md",
        "[a](https://example.org/a.md) [b](nowhere/b.png) [c](#c) [d](../README.md#d)",
        "`driver/nothing/there.cpp`, `tests/rules/tree/tree_test.cpp`, `there.cpp`, `tree_test.cpp`, "
        "`windows.h`"}}};
  const auto any = [](const SourceFile&) { return true; };
  EXPECT_THAT(strangers(offender, document(), any), ElementsAre(place(offender[0], 0)));
  EXPECT_THAT(strangers(offender, link(), any), ElementsAre(place(offender[0], 1)));
  EXPECT_THAT(strangers(offender, path_in_backticks(), any),
              ElementsAre(place(offender[0], 2), place(offender[0], 2)));
  const std::vector<SourceFile> citations = {
      {"tests/x.cpp",
       {"/// MESSAGES.md, WODM_SING.loud: sings.", "/// MESSAGES.md, WODM_RESET.flags: here too."}}};
  EXPECT_THAT(unknown_rules(citations), ElementsAre(place(citations[0], 0)));
}

TEST(Document_rules, Find_links_to_no_heading) {
  const std::vector<SourceFile> files = {
      {"hal/README.md", {"# hal: it is", "## `list()`, and Wine's", "```", "# a comment", "```"}},
      {"hal/x/y.md",
       {"[a](../README.md#list-and-wines) [b](https://example.org/#nothing)", "[c](../README.md#a-comment)",
        "[d](#here)", "[e](../nowhere.md#here)"}}};
  EXPECT_THAT(links_to_no_heading(files),
              ElementsAre(place(files[1], 1), place(files[1], 2), place(files[1], 3)));
}

// --- rooms ---

/// A room, and its source files, those for one system counted once.
std::map<std::string, std::set<std::string>> rooms(const std::vector<SourceFile>& files) {
  static const std::regex code(R"(^((?:dsp|hal|driver|bench|tests|inf)(?:/.*)?)/([^/]*\.(?:cpp|h|pml))$)");
  static const std::regex system("_(?:linux|windows)\\.");
  std::map<std::string, std::set<std::string>> found;
  for (const SourceFile& file : files) {
    std::smatch match;
    if (std::regex_match(file.path, match, code))
      found[match[1]].insert(std::regex_replace(match[2].str(), system, "."));
  }
  return found;
}

const SourceFile* find(const std::vector<SourceFile>& files, const std::string& path) {
  for (const SourceFile& file : files) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

/// Returns: whether the room's README begins with what it is for ("# room: what"), or one above has a line
/// about it, in a table or a list ("| `room/` | what").
bool says_its_purpose(const std::vector<SourceFile>& files, const std::string& room) {
  const SourceFile* own = find(files, room + "/README.md");
  if (own != nullptr) return !own->lines.empty() && own->lines[0].starts_with("# " + room + ": ");
  for (fs::path above = fs::path(room).parent_path(); !above.empty(); above = above.parent_path()) {
    const SourceFile* readme = find(files, (above / "README.md").string());
    if (readme == nullptr) continue;
    const std::string name = "`" + fs::path(room).lexically_relative(above).string() + "/`";
    for (const std::string& line : readme->lines) {
      if (line.starts_with("| " + name + " | ") || line.starts_with("- " + name + ": ")) return true;
    }
  }
  return false;
}

TEST(Rooms, Say_what_they_are_for) {
  std::vector<std::string> silent;
  for (const auto& [room, files] : rooms(source_files())) {
    if (!says_its_purpose(source_files(), room)) silent.push_back(room);
  }
  EXPECT_THAT(silent, IsEmpty());
}

TEST(Room_rules, Find_what_they_look_for) {
  const std::vector<SourceFile> files = {
      {"hal/README.md", {"# hal: sound devices", "| `clocked/` | a device without sound |"}},
      {"hal/clocked/a.cpp", {}},
      {"hal/files_linux.cpp", {}},
      {"hal/files_windows.cpp", {}},
      {"hal/files.h", {}},
      {"dsp/README.md", {"# What is done to samples"}},
      {"dsp/gain.h", {}},
      {"hal/silent/a.h", {}}};
  EXPECT_EQ(rooms(files)["hal"].size(), 2U);
  EXPECT_TRUE(says_its_purpose(files, "hal"));
  EXPECT_TRUE(says_its_purpose(files, "hal/clocked"));
  EXPECT_FALSE(says_its_purpose(files, "hal/silent"));
  EXPECT_FALSE(says_its_purpose(files, "dsp"));
}

}  // namespace
}  // namespace refwave::test
