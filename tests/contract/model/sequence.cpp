#include "tests/contract/model/sequence.h"

#include <array>
#include <random>

namespace refwave::contract {
namespace {

struct Kind {
  const char* name;
  std::uint32_t weight;
};

constexpr std::array<Kind, static_cast<std::size_t>(Act::count)> kKinds{{
    {"open", 60},
    {"close", 6},
    {"prepare", 6},
    {"unprepare", 6},
    {"write", 130},
    {"pause or stop", 14},
    {"restart or start", 24},
    {"reset", 12},
    {"position", 8},
    {"break loop", 10},
    {"pitch", 1},
    {"scramble flags", 8},
    {"long loop", 1},
    {"questions", 4},
    {"step", 110},
    {"react", 24},
}};
}  // namespace

Sequence make_sequence(std::uint64_t seed) {
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  std::minstd_rand random(mixed);
  std::uint32_t all = 0;
  for (const Kind& kind : kKinds) all += kind.weight;
  Sequence sequence(kShortest + random() % kLongestExtra);
  for (Operation& operation : sequence) {
    std::uint32_t at = static_cast<std::uint32_t>(random() % all);
    std::size_t act = 0;
    for (; at >= kKinds[act].weight; ++act) at -= kKinds[act].weight;
    operation = {.act = static_cast<Act>(act),
                 .place = static_cast<std::uint8_t>(random() % kPlaces),
                 .header = static_cast<std::uint8_t>(random() % kHeadersEach),
                 .value = static_cast<std::uint32_t>(random())};
  }
  sequence.front().act = Act::open;
  sequence.front().place = 0;
  return sequence;
}

std::string text_of(const Operation& operation) {
  return std::string(kKinds[static_cast<std::size_t>(operation.act)].name) + ", stream " +
         std::to_string(operation.place) + ", header " + std::to_string(operation.header) + ", " +
         std::to_string(operation.value);
}

}  // namespace refwave::contract
