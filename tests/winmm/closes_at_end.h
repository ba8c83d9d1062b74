// A library in place of a winmm that closes its drivers in its own last function, when the process ends.
#pragma once

namespace refwave::test {

/// Effects: the process calls `close` at its end, after all that was registered with atexit.
void close_at_end(void (*close)());

}  // namespace refwave::test
