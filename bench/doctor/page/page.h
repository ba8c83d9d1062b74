// The page: what is right, what is not, and what to do about it, in sections. What stands on it is decided
// in judge.cpp from facts alone. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "bench/doctor/page/facts.h"

namespace refwave::doctor {

struct Line {
  enum class Kind : std::uint8_t { good, note, wrong };
  Kind kind = Kind::good;
  std::string text;
  std::string advice;  // what to do, if it is wrong
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

  /// Returns: how many things need advice.
  std::size_t wrongs() const;
};

/// Returns: what a doctor says of these facts.
Page judge(const Facts& facts);

/// Returns: the page in lines of at most 80 columns, unless one word is longer.
std::string as_text(const Page& page);

/// Returns: the page as JSON, and the self-test's figures.
std::string as_json(const Page& page, const SelfTest& self_test);

/// Returns: a file for an issue: what is in it, the page, every key in effect.
std::string as_report(const Page& page, const std::string& began, const std::string& configuration);

}  // namespace refwave::doctor
