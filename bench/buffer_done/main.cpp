// Measures the time from the audio thread to a client's callback, and divides it between driver, machine and
// client. bench/README.md explains the method and the figures.
#include "bench/buffer_done/path.h"
#include "bench/common/baselines.h"
#include "bench/common/run.h"

int main(int argc, char** argv) {
  refwave::bench::register_baselines();
  refwave::bench::register_calls();
  refwave::bench::register_two_streams();
  refwave::bench::register_jitter();
  refwave::bench::register_paths();
  return refwave::bench::run(argc, argv);
}
