// The baselines alone: what this machine takes for a wake, a call and a copy.
#include "bench/benchmarks/common/baselines.h"
#include "bench/benchmarks/common/samples.h"

int main(int argc, char** argv) {
  refwave::bench::register_baselines();
  return refwave::bench::run(argc, argv);
}
