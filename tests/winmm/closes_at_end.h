// Stands for a winmm that closes its drivers when the process ends.
#pragma once

namespace refwave::test {

/// Effects: the process calls `close` at its end, after all functions registered with atexit.
void close_at_end(void (*close)());

}  // namespace refwave::test
