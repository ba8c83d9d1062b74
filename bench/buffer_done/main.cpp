// How long it takes from the audio thread to a client's callback, and what of it is whose. README.md says how
// it is measured and what the figures mean.
#include "bench/buffer_done/path.h"
#include "bench/common/baselines.h"
#include "bench/common/run.h"

int main(int argc, char** argv) {
  refwave::bench::register_baselines();
  refwave::bench::register_calls();
  refwave::bench::register_jitter();
  refwave::bench::register_paths();
  return refwave::bench::run(argc, argv);
}
