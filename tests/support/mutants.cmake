include_guard(GLOBAL)
# Nothing needs the drivers and programs with a mistake but tests with the label mutant: `ninja mutants` builds them.
add_custom_target(mutants)
function(refwave_is_mutant program)
  set_target_properties(${program} PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(mutants ${program})
endfunction()

# refwave_mutated_source(VARIABLE NAME name FILE path REPLACE [[text]] WITH [[text]]): VARIABLE becomes the path of a copy
# of the source file with one text replaced, made when the build needs it. An object of it, linked before
# refwave_apart, takes the original object's place.
function(refwave_mutated_source variable)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME;FILE;REPLACE;WITH" "")
  set(script ${PROJECT_SOURCE_DIR}/tests/support/mutate.cmake)
  set(source ${PROJECT_SOURCE_DIR}/${arg_FILE})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/mutants/${arg_NAME})
  get_filename_component(name ${arg_FILE} NAME)
  file(CONFIGURE OUTPUT ${folder}/replace.txt CONTENT "${arg_REPLACE}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/with.txt CONTENT "${arg_WITH}" @ONLY)
  add_custom_command(OUTPUT ${folder}/${name}
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DTARGET=${folder}/${name} -DFOLDER=${folder} -P ${script}
    DEPENDS ${source} ${folder}/replace.txt ${folder}/with.txt ${script} VERBATIM)
  set(${variable} ${folder}/${name} PARENT_SCOPE)
endfunction()

# refwave_apart_library(ROOM LIBS…): refwave_ROOM_apart, the sources of refwave_ROOM with an object of each.
function(refwave_apart_library room)
  get_target_property(sources refwave_${room} SOURCES)
  get_target_property(folder refwave_${room} SOURCE_DIR)
  list(TRANSFORM sources PREPEND ${folder}/)
  add_library(refwave_${room}_apart STATIC EXCLUDE_FROM_ALL ${sources})
  set_target_properties(refwave_${room}_apart PROPERTIES UNITY_BUILD OFF)
  target_compile_options(refwave_${room}_apart PRIVATE -g0)
  target_link_libraries(refwave_${room}_apart PUBLIC ${ARGN})
endfunction()

# The rooms that mutants are of.
add_library(refwave_apart INTERFACE)
foreach(room control notify engine core)
  refwave_apart_library(${room} refwave_${room})
  target_link_libraries(refwave_apart INTERFACE refwave_${room}_apart)
endforeach()
