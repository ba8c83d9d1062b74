#include "tests/memory_model/checker/sites.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "tests/memory_model/checker/execution.h"

namespace refwave::memory_model {
namespace {

bool collects = false;
bool weakens = false;
bool keeps = false;

struct State {
  std::map<Address, Site> sites;
  std::map<Address, std::string> sources;
  Weakening weakening;
  std::vector<std::string> steps;
};

State& state() {
  static State one;
  return one;
}

/// Returns: the part of a path within the repository.
std::string_view in_the_tree(std::string_view path) {
  for (const std::string_view room : {"driver/", "hal/", "dsp/", "tests/"}) {
    const std::size_t at = path.find(room);
    if (at != std::string_view::npos && (at == 0 || path[at - 1] == '/') && !path.starts_with("/usr/"))
      return path.substr(at);
  }
  return {};
}

/// Effects: asks addr2line for these addresses. Of inlined functions the innermost of this repository counts.
void find_sources(const std::vector<Address>& callers) {
  std::string command = "addr2line -i -a -e /proc/" + std::to_string(getpid()) + "/exe";
  std::array<char, 32> text;
  for (const Address caller : callers) {
    // The address of a call is the one before that to which it returns.
    std::snprintf(text.data(), text.size(), " 0x%zx", static_cast<std::size_t>(caller - 1));
    command += text.data();
  }
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return;
  std::array<char, 1024> line;
  Address caller = 0;
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    if (std::string_view(line.data()).starts_with("0x")) {
      caller = std::strtoull(line.data(), nullptr, 16) + 1;
      continue;
    }
    std::string_view found = in_the_tree(line.data());
    // A library's own operation, inlined, is not that of the line that calls it.
    for (const std::string_view library : {"concurrentqueue", "shared_ptr", "atomicity"}) {
      if (std::string_view(line.data()).find(library) != std::string_view::npos) found = library;
    }
    found = found.substr(0, found.find_first_of(" \n"));
    std::string& source = state().sources[caller];
    if (source.empty()) source = found;
  }
  pclose(pipe);
}

}  // namespace

const char* name_of(Order order) noexcept {
  constexpr std::array kNames{"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
  return kNames[static_cast<std::size_t>(order)];
}

const char* name_of(Doing doing) noexcept {
  constexpr std::array kNames{"load", "store", "read-modify-write", "compare-exchange", "fence"};
  return kNames[static_cast<std::size_t>(doing)];
}

std::string source_mark(Address caller) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "@%zx;", static_cast<std::size_t>(caller));
  return text.data();
}

std::string with_sources(const std::string& text) {
  std::vector<Address> callers;
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const Address caller = std::strtoull(text.c_str() + at + 1, nullptr, 16);
    if (!state().sources.contains(caller)) callers.push_back(caller);
  }
  if (!callers.empty()) find_sources(callers);
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', done)) {
    const std::string& source = state().sources[std::strtoull(text.c_str() + at + 1, nullptr, 16)];
    result += text.substr(done, at - done) + (source.empty() ? "?" : source);
    done = text.find(';', at) + 1;
  }
  return result + text.substr(done);
}

void collect_sites(bool collect) { collects = collect; }

std::vector<Site> take_sites() {
  std::vector<Address> callers;
  for (const auto& [caller, site] : state().sites) {
    if (!state().sources.contains(caller)) callers.push_back(caller);
  }
  if (!callers.empty()) find_sources(callers);
  std::vector<Site> sites;
  for (const auto& [caller, site] : state().sites) {
    sites.push_back(site);
    sites.back().source = state().sources[caller];
  }
  state().sites.clear();
  return sites;
}

void weaken(Weakening weakening) {
  weakens = !weakening.callers.empty();
  state().weakening = std::move(weakening);
}

void visit(Operation& operation, Doing doing) {
  if (collects)
    state().sites.try_emplace(operation.caller, Site{.caller = operation.caller,
                                                     .doing = doing,
                                                     .order = operation.order,
                                                     .failure = operation.failure,
                                                     .source = {}});
  if (!weakens) return;
  const Weakening& weakening = state().weakening;
  if (std::find(weakening.callers.begin(), weakening.callers.end(), operation.caller) ==
      weakening.callers.end())
    return;
  operation.order = weakening.order;
  operation.failure = weakening.failure;
}

void note(const char* what, const Operation& operation, std::uint64_t value, std::size_t age) {
  if (!keeps) return;
  std::array<char, 160> text;
  std::snprintf(text.data(), text.size(), "  %-10s %-11s %-8s …%05llx = %-6llx", execution().self().name,
                what, name_of(operation.order), static_cast<unsigned long long>(operation.at & 0xF'FFFFU),
                static_cast<unsigned long long>(value));
  state().steps.push_back(text.data() + (age != 0 ? " (" + std::to_string(age) + " newer)" : "") + "  " +
                          source_mark(operation.caller) + "\n");
}

void keep_steps(bool keep) {
  keeps = keep;
  state().steps.clear();
}

std::string newest_steps(std::size_t most) {
  std::string text;
  const std::vector<std::string>& steps = state().steps;
  for (std::size_t i = steps.size() - std::min(most, steps.size()); i < steps.size(); ++i) text += steps[i];
  return with_sources(text);
}

}  // namespace refwave::memory_model
