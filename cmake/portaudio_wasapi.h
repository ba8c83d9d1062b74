/* The headers of MinGW-w64 that PortAudio's WASAPI file needs, in the order that works. First come COM's macros for C. After
   INITGUID come the headers whose interface identifiers that file defines. portaudio_wasapi.cmake includes this header before
   that file. */
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
