set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(triple arm-linux-gnueabihf)
set(root armhf-root)
include(${CMAKE_CURRENT_LIST_DIR}/linux_cross.cmake)
