// The terminal's mode for unbuffered keys, restored however the command ends. While another job is in the
// foreground, the terminal is left alone.
#pragma once

namespace refwave::cli {

/// Effects: from now on each signal that ends or stops the command restores the terminal first. `descriptor`:
/// of the terminal; stays open. Thread: main.
void watch_terminal(int descriptor);

/// Effects: switches the terminal to unbuffered keys without echo, if this job is in the
/// foreground and no other program has. Returns: whether keys can be read. Thread: one at a time; call it
/// often, because the job may change between foreground and background.
bool hold_terminal();

/// Effects: undoes hold_terminal(), if this job is in the foreground. Thread: any, and signal handlers.
void restore_terminal();

}  // namespace refwave::cli
