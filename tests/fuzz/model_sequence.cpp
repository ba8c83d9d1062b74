#include "tests/contract/model/runner.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {
namespace {

using contract::Act;

constexpr contract::Phase kPhases[] = {
    {"direct", "device=clocked; clock=0; rate=48000; period=16; ring=256; linger_ms=60000; completion=direct",
     256, false, true},
    {"deferred",
     "device=clocked; clock=0; rate=48000; period=16; ring=16; linger_ms=60000; completion=deferred", 16,
     false, false}};
constexpr std::size_t kLongest = 200;         // operations
constexpr std::chrono::seconds kPatience{8};  // within the time that an input may take

}  // namespace

/// The phase, then eight bytes for each operation.
void model_sequence(Bytes input) {
  Reader reader(input);
  const contract::Phase& phase = kPhases[reader.one_of(std::size(kPhases))];
  contract::Sequence sequence;
  while (!reader.at_end() && sequence.size() < kLongest) {
    contract::Operation operation;
    // Without the acts that lose a device, which these phases do not have.
    operation.act = static_cast<Act>(reader.one_of(static_cast<std::size_t>(Act::lose_device)));
    operation.place = static_cast<std::uint8_t>(reader.one_of(contract::kPlaces));
    operation.header = static_cast<std::uint8_t>(reader.one_of(contract::kHeadersEach));
    operation.value = reader.number<std::uint32_t>();
    sequence.push_back(operation);
  }
  contract::Coverage unused;
  contract::Runner runner(phase, unused, kPatience);
  if (const auto failure = runner.run(sequence)) throw Broken(*failure);
}

}  // namespace refwave::fuzz
