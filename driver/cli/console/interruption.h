// Ctrl-C: the first one asks the command to end cleanly, a second one ends it at once.
#pragma once

namespace refwave::cli {

/// Effects: from now on Ctrl-C (and SIGTERM, or the closing of the terminal) sets a flag.
void watch_for_interruption();

/// Returns: whether that has happened. Thread: any.
bool is_interrupted();

}  // namespace refwave::cli
