#include "tests/contract/model/runner.h"
#include "tests/fuzz/targets.h"

namespace refwave::fuzz {

void messages(Bytes input) {
  Reader reader(input);
  contract::Runner runner(contract::kPhases[reader.one_of(std::size(contract::kPhases))],
                          std::chrono::seconds(8));
  contract::Sequence sequence;
  while (!reader.at_end() && sequence.size() < 300)
    sequence.push_back(
        {.act = static_cast<contract::Act>(reader.one_of(static_cast<std::size_t>(contract::Act::count))),
         .place = static_cast<std::uint8_t>(reader.one_of(contract::kPlaces)),
         .header = static_cast<std::uint8_t>(reader.one_of(contract::kHeadersEach)),
         .value = reader.number<std::uint32_t>()});
  const auto failure = runner.run(sequence);
  require(!failure, failure.value_or(""));
}

}  // namespace refwave::fuzz
