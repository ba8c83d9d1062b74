# Nothing that Wine's own winmm exports is missing from exports.def, which is what the drop-in winmm.dll exports.
execute_process(COMMAND ${objdump} -p ${wine_winmm} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "^.*Ordinal/Name Pointer. Table" "" text "${text}")
string(REGEX MATCHALL "\n\t\\[ *[0-9]+\\] [^\n]+" names "${text}")
list(TRANSFORM names REPLACE "^.* " "")
list(LENGTH names count)

file(STRINGS ${list} listed REGEX "thunk_[0-9]+$")
list(TRANSFORM listed REPLACE "^ *([^ ]+) .*" "\\1")
list(REMOVE_ITEM names ${listed})
if(names OR count LESS 180)
  message(FATAL_ERROR "of the ${count} names of Wine's winmm these are missing: ${names}")
endif()
