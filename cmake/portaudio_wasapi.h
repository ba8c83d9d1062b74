/* What PortAudio's WASAPI file needs of MinGW-w64, in the order that works: the macros of C for COM, and after INITGUID
   the headers whose interface identifiers that file defines. Included before it by portaudio_wasapi.cmake. */
#define COBJMACROS
#include <windows.h>
#include <mmreg.h>
#include <avrt.h>
#define INITGUID
#include <propsys.h>
#include <audioclient.h>
#include <endpointvolume.h>
#include <mmdeviceapi.h>
#include <functiondiscoverykeys_devpkey.h>
#include <devicetopology.h>
#undef INITGUID
