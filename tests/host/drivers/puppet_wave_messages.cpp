// The wave entries of a puppet driver.
#include "tests/host/drivers/puppet_calls.h"

extern "C" __attribute__((visibility("default"))) DWORD APIENTRY wodMessage(UINT device, UINT message,
                                                                            DWORD_PTR user,
                                                                            DWORD_PTR parameter1,
                                                                            DWORD_PTR parameter2) {
  return puppet_wave_message(PUPPET_NAME, "wod", device, message, user, parameter1, parameter2);
}

extern "C" __attribute__((visibility("default"))) DWORD APIENTRY widMessage(UINT device, UINT message,
                                                                            DWORD_PTR user,
                                                                            DWORD_PTR parameter1,
                                                                            DWORD_PTR parameter2) {
  return puppet_wave_message(PUPPET_NAME, "wid", device, message, user, parameter1, parameter2);
}
