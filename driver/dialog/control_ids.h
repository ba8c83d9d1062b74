// The controls' numbers. Macros, because a resource script knows nothing else.
#pragma once

#define REFWAVE_DIALOG 100
#define REFWAVE_DIALOG_MANIFEST 2  // the number that Windows reserves for a manifest in a DLL

#define REFWAVE_OUTPUT 1001
#define REFWAVE_INPUT 1002
#define REFWAVE_PERIOD 1003
#define REFWAVE_PERIOD_NOTE 1004
#define REFWAVE_COMPLETION 1005
#define REFWAVE_WAKE 1006
#define REFWAVE_DONE 1007
#define REFWAVE_TONE 1008
#define REFWAVE_STATUS 1009
#define REFWAVE_DEFAULTS 1010
#define REFWAVE_FILE 1011
