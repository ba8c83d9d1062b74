// The benchmarks of the whole path, of the calls at its end, and of how evenly blocks come back.
#pragma once

namespace refwave::bench {

/// Effects: registers buffer_done/completion:…/wake:…/callback:…/switch:…/streams:…/period:…/priority:….
void register_paths();
/// Effects: registers driver_callback/…, direct/….
void register_calls();
/// Effects: registers two_streams/….
void register_two_streams();
/// Effects: registers wom_done/block_ms:….
void register_jitter();

}  // namespace refwave::bench
