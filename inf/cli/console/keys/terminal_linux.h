// The terminal's way to give keys, which every end of the command sets back. While another job is in the
// foreground the terminal is that job's, and is left alone.
#pragma once

namespace refwave::cli {

/// Effects: from now on each signal that ends the command, and each stop, sets the terminal back first.
/// Thread: main, once or more.
void watch_terminal();

/// Effects: has standard input give each key at once and show none, if it is a terminal, this job is in its
/// foreground, and nobody else has set it so. Returns: whether keys come from it now. Thread: one at a time;
/// call it often, because the job may be moved to the background and back.
bool hold_terminal();

/// Effects: sets standard input back to how it was before hold_terminal(), if this job is in the foreground.
/// Thread: any, and signal handlers.
void restore_terminal();

}  // namespace refwave::cli
