// The terminal's way to give keys, which a signal must set back. Main thread, but for restore_terminal().
#pragma once

namespace refwave::cli {

/// Effects: from now on standard input gives each key at once and shows none. Returns: false, with nothing
/// changed, if it is no terminal, or one that somebody has set so before.
bool take_terminal();

/// Effects: sets standard input back to how it was before take_terminal(). Thread: any, and signal handlers.
void restore_terminal();

/// Returns: whether this process may read from the terminal now; one in the background would be stopped.
bool is_in_foreground();

}  // namespace refwave::cli
