# Writes a copy of SOURCE to TARGET in which the text of FOLDER/replace.txt is replaced by the text of
# FOLDER/with.txt. Fails unless the replaced text occurs exactly once.
file(READ ${SOURCE} text)
file(READ ${FOLDER}/replace.txt replace)
file(READ ${FOLDER}/with.txt with)
string(FIND "${text}" "${replace}" first)
string(FIND "${text}" "${replace}" last REVERSE)
if(first EQUAL -1 OR NOT first EQUAL last)
  message(FATAL_ERROR "${SOURCE}: the text to be replaced does not occur exactly once:\n${replace}")
endif()
string(REPLACE "${replace}" "${with}" text "${text}")
file(WRITE ${TARGET} "${text}")
