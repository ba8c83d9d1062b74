#include "tests/support/processor_waits.h"

namespace refwave::test {

// Windows tells what a thread has used of a processor, and not for how long it has waited for one.
ProcessorWaits::Waits ProcessorWaits::now() { return {}; }
std::chrono::milliseconds ProcessorWaits::length() const { return {}; }
bool ProcessorWaits::are_over(std::chrono::milliseconds) const { return false; }

}  // namespace refwave::test
