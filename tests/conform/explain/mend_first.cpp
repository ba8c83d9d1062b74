#include "tests/conform/explain/mend_first.h"

#include <algorithm>

namespace refwave::conform {
namespace {

struct Foundation {
  std::string_view group;
  std::vector<std::string_view> on;
};

const std::vector<Foundation>& foundations() {
  static const std::vector<Foundation> all = {{"device", {"driver"}},
                                              {"open", {"driver", "device"}},
                                              {"format", {"open"}},
                                              {"callback", {"open"}},
                                              {"statistics", {"open", "queue"}},
                                              {"header", {"open"}},
                                              {"volume", {"open"}},
                                              {"queue", {"header", "callback"}},
                                              {"reset", {"queue"}},
                                              {"close", {"queue", "reset"}},
                                              {"position", {"queue"}},
                                              {"loop", {"queue"}},
                                              {"input", {"header", "callback"}},
                                              {"client", {"callback", "queue", "reset", "close"}},
                                              {"crowd", {"queue", "reset", "close", "client"}}};
  return all;
}

bool stands_on(std::string_view group, std::string_view other) {
  return std::ranges::any_of(foundations_of(group), [&](std::string_view below) {
    return below == other || stands_on(below, other);
  });
}

}  // namespace

std::vector<std::string_view> foundations_of(std::string_view group) {
  for (const Foundation& foundation : foundations())
    if (foundation.group == group) return foundation.on;
  return {};
}

std::vector<Rule> first_to_mend(const std::vector<Rule>& broken) {
  std::vector<Rule> first;
  for (const Rule& rule : broken) {
    const auto below = [&](const Rule& other) { return stands_on(rule.group, other.group); };
    if (std::ranges::none_of(broken, below)) first.push_back(rule);
  }
  return first;
}

std::string mend_first(const std::vector<Rule>& broken) {
  constexpr std::size_t kMostNames = 4;
  const std::vector<Rule> first = first_to_mend(broken);
  if (first.size() == broken.size()) return {};
  std::string names;
  for (std::size_t i = 0; i < std::min(first.size(), kMostNames); ++i)
    names.append(i == 0 ? "" : ", ").append(first[i].id);
  if (first.size() > kMostNames) names += " and " + std::to_string(first.size() - kMostNames) + " more";
  const std::size_t others = broken.size() - first.size();
  return "mend first: " + names + "; the other " + std::to_string(others) +
         (others == 1 ? " break" : " breaks") + " may follow from " + (first.size() == 1 ? "it" : "these");
}

}  // namespace refwave::conform
