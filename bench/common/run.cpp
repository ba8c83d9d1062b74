#include "bench/common/run.h"

#include <cstdio>

#include "bench/common/machine.h"

namespace refwave::bench {

int run(int argc, char** argv) {
  const Cores two = cores();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("machine", machine_line());
  benchmark::AddCustomContext("cores", std::to_string(two.near) + " and " + std::to_string(two.far));
  pin_to(two.near);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  if (ran == 0) std::fputs("no benchmark has such a name\n", stderr);
  return ran == 0 ? 1 : 0;
}

}  // namespace refwave::bench
