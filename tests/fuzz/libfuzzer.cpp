// A fuzzer: libFuzzer's main() calls this with inputs that reach code which none before has reached. What a
// target throws ends the program, and libFuzzer keeps the input. FUZZ_TARGET names the target.
#include <cstddef>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  refwave::fuzz::FUZZ_TARGET({data, size});
  return 0;
}
