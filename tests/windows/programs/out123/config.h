// What mpg123's configure step would find out about MinGW-w64, as far as out123 asks.
#pragma once

#define ACCURATE_ROUNDING 1
#define DEFAULT_OUTPUT_MODULE "win32"
#define HAVE_DIRENT_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_LIMITS_H 1
#define HAVE_LOCALE_H 1
#define HAVE_SETLOCALE 1
#define HAVE_SIGNAL_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRERROR 1
#define HAVE_STRING_H 1
#define HAVE_STRINGS_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_ATOLL 1
#define HAVE_UNISTD_H 1
#define HAVE_WINDOWS_H 1
#define IEEE_FLOAT 1
#define NOXFERMEM 1
#define PACKAGE_NAME "mpg123"
#define PACKAGE_VERSION "1.31.2"
#define PKGLIBDIR "."
#define SIZEOF_OFF_T 8
#define _FILE_OFFSET_BITS 64
#define LFS_ALIAS_BITS 64
#define lfs_alias_t off_t
#define WANT_WIN32_UNICODE 1
#define strcasecmp _stricmp
#define strncasecmp _strnicmp
