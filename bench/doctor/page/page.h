// The page: what is right, and what is not, with advice, in sections. judge.cpp decides from the facts alone.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "bench/doctor/page/discretion.h"
#include "bench/doctor/page/facts.h"
#include "inf/cli/console/text.h"

namespace refwave::doctor {

struct Line {
  enum class Kind : std::uint8_t { good, note, wrong };
  Kind kind = Kind::good;
  std::string text;
  std::string advice;  // of a wrong line: how to fix it
};

struct Section {
  std::string name;
  std::vector<Line> lines;

  void good(std::string text) { lines.push_back({Line::Kind::good, std::move(text), {}}); }
  void note(std::string text) { lines.push_back({Line::Kind::note, std::move(text), {}}); }
  void wrong(std::string text, std::string advice) {
    lines.push_back({Line::Kind::wrong, std::move(text), std::move(advice)});
  }
};

struct Page {
  std::string title;
  std::vector<Section> sections;

  /// Returns: how many lines are wrong.
  std::size_t wrongs() const;
};

/// Returns: the page for these facts: a section for each part of the machine.
Page judge(const Facts& facts);

/// Returns: the page as text in lines of at most `columns` letters, unless one word is longer.
std::string as_text(const Page& page, std::size_t columns = cli::kUsualColumns);

/// Returns: the page as JSON, and the self-test's figures.
std::string as_json(const Page& page, const SelfTest& self_test);

/// Returns: the text of a file for an issue, discreet: what the file holds, the page, every key of the
/// configuration.
std::string as_report(Page page, const Facts& facts, const Person& person);

}  // namespace refwave::doctor
