// A driver whose answers come from the test program, which exports what it calls.
#include "tests/host/drivers/puppet_calls.h"

extern "C" __attribute__((visibility("default"))) LRESULT CALLBACK DriverProc(DWORD_PTR identifier,
                                                                              HDRVR handle, UINT message,
                                                                              LPARAM lparam1,
                                                                              LPARAM lparam2) {
  return puppet_driver_proc(PUPPET_NAME, identifier, handle, message, lparam1, lparam2);
}
