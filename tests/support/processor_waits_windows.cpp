#include "tests/support/processor_waits.h"

namespace refwave::test {

// Windows tells what a thread has used of a processor, and not for how long it has waited for one.
ProcessorWaits::Waits ProcessorWaits::now() { return {}; }
void ProcessorWaits::look() {}
std::chrono::milliseconds ProcessorWaits::longest() { return {}; }

}  // namespace refwave::test
