// Ctrl-C: the first one asks the command to end cleanly, a second one ends it at once. A command that waits
// for a pipe hears of it, too.
#pragma once

namespace refwave::cli {

/// Effects: from now on Ctrl-C (and SIGTERM, or the closing of the terminal) sets a flag.
void watch_for_interruption();

/// Returns: whether that has happened. Thread: any.
bool is_interrupted();

/// Effects: the pipe `descriptor` ends as soon as this process is interrupted, or end_input() is called, even
/// in the middle of a read: what is read from it then is its end. -1: none. One at a time. (Windows:
/// nothing.)
void end_when_interrupted(int descriptor);
/// Effects: ends that pipe now, or as soon as there is one. Thread: any, and signal handlers.
void end_input();

}  // namespace refwave::cli
