// This program's own DriverCallback. It comes before libwinmm's, and passes everything on to it. It can
// take DCB_NOSWITCH away from a driver that gives it.
#pragma once

namespace refwave::bench {

/// Effects: from now on DCB_NOSWITCH reaches libwinmm, or does not. Thread: any, while no callback runs.
void let_noswitch_through(bool through);

}  // namespace refwave::bench
