// The program's operator new, and the C library's calls for files. The linker sends the driver's calls of
// the names below to __wrap_NAME (--wrap).
#include "tests/simulation/failures/injection.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "tests/simulation/simulation.h"

// The linker's names for the library's functions, under names that a program may have.
extern "C" {
void* real_malloc(std::size_t bytes) asm("__real_malloc");
int real_open(const char* path, int flags, mode_t mode) asm("__real_open");
int real_stat(const char* path, struct stat* look) asm("__real_stat");
int real_fstat(int file, struct stat* look) asm("__real_fstat");
int real_flock(int file, int operation) asm("__real_flock");
int real_rename(const char* from, const char* to) asm("__real_rename");
int real_ftruncate(int file, off_t bytes) asm("__real_ftruncate");
FILE* real_fdopen(int file, const char* mode) asm("__real_fdopen");
FILE* real_fopen(const char* path, const char* mode) asm("__real_fopen");
ssize_t real_write(int file, const void* data, std::size_t bytes) asm("__real_write");
std::size_t real_fwrite(const void* data, std::size_t size, std::size_t count,
                        FILE* file) asm("__real_fwrite");
std::size_t real_fread(void* data, std::size_t size, std::size_t count, FILE* file) asm("__real_fread");
int real_fseeko(FILE* file, off_t offset, int from) asm("__real_fseeko");
int real_fflush(FILE* file) asm("__real_fflush");
}

namespace refwave::simulation {
namespace {

Injected armed = Injected::count;
std::uint64_t fails_at = 0;
std::uint64_t seen = 0;
bool failed = false;
std::int64_t alive = 0;

/// Returns: whether this request fails.
bool fails(Injected kind) {
  if (kind != armed || is_test_code()) return false;
  if (++seen != fails_at) return false;
  failed = true;
  return true;
}

bool no_thread() { return fails(Injected::thread); }
bool interrupted() { return fails(Injected::interrupt); }

}  // namespace

const char* name_of(Injected kind) {
  constexpr const char* names[] = {"memory", "thread", "file", "interrupt"};
  return names[static_cast<std::size_t>(kind)];
}

void arm(Injected kind, std::uint64_t n) {
  armed = kind;
  fails_at = n;
  seen = 0;
  failed = false;
  mishaps() = {.no_thread = no_thread, .interrupted = interrupted};
}

std::uint64_t requests() { return seen; }
bool has_failed() { return failed; }
std::int64_t blocks_alive() { return alive; }

namespace {

/// Each block begins with a word that says whether it is the driver's. `alignment`: of the block, at
/// least 16.
struct Mark {
  void* whole;
  bool is_drivers;
};

}  // namespace

void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
  note_call("operator new");
  if (fails(Injected::memory)) return nullptr;
  void* const whole = real_malloc(bytes + alignment + sizeof(Mark));
  if (whole == nullptr) return nullptr;
  const auto begin = reinterpret_cast<std::uintptr_t>(whole) + sizeof(Mark);
  const std::uintptr_t aligned = (begin + alignment - 1) / alignment * alignment;
  const bool is_drivers = !is_test_code();
  reinterpret_cast<Mark*>(aligned)[-1] = {whole, is_drivers};
  if (is_drivers) ++alive;
  return reinterpret_cast<void*>(aligned);
}

void release(void* memory) noexcept {
  if (memory == nullptr) return;
  note_call("operator delete");
  const Mark mark = static_cast<Mark*>(memory)[-1];
  if (mark.is_drivers) --alive;
  std::free(mark.whole);
}

}  // namespace refwave::simulation

namespace {

using refwave::simulation::allocate;
using refwave::simulation::fails;
using refwave::simulation::Injected;
using refwave::simulation::release;

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
  if (void* const memory = allocate(bytes, alignment)) return memory;
  throw std::bad_alloc();
}

bool no_file() {
  if (!fails(Injected::file)) return false;
  errno = ENOSPC;
  return true;
}

}  // namespace

// The library's other operators call these. Not inlined: the compiler would see free() end what new began.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  return allocate_or_throw(bytes, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}

extern "C" {

void* __wrap_malloc(std::size_t bytes) {
  refwave::simulation::note_call("malloc");
  return fails(Injected::memory) ? nullptr : real_malloc(bytes);
}
// A third argument comes where the mode is, or is not read.
int __wrap_open(const char* path, int flags, mode_t mode) {
  return no_file() ? -1 : real_open(path, flags, mode);
}
int __wrap_stat(const char* path, struct stat* look) { return no_file() ? -1 : real_stat(path, look); }
int __wrap_fstat(int file, struct stat* look) { return no_file() ? -1 : real_fstat(file, look); }
int __wrap_flock(int file, int operation) { return no_file() ? -1 : real_flock(file, operation); }
int __wrap_rename(const char* from, const char* to) { return no_file() ? -1 : real_rename(from, to); }
int __wrap_ftruncate(int file, off_t bytes) { return no_file() ? -1 : real_ftruncate(file, bytes); }
FILE* __wrap_fdopen(int file, const char* mode) { return no_file() ? nullptr : real_fdopen(file, mode); }
FILE* __wrap_fopen(const char* path, const char* mode) {
  return no_file() ? nullptr : real_fopen(path, mode);
}
ssize_t __wrap_write(int file, const void* data, std::size_t bytes) {
  return no_file() ? -1 : real_write(file, data, bytes);
}
std::size_t __wrap_fwrite(const void* data, std::size_t size, std::size_t count, FILE* file) {
  return no_file() ? 0 : real_fwrite(data, size, count, file);
}
std::size_t __wrap_fread(void* data, std::size_t size, std::size_t count, FILE* file) {
  if (!no_file()) return real_fread(data, size, count, file);
  std::fputc(0, file);  // fails, because the file is open for reading alone: so ferror() tells of an error
  return 0;
}
int __wrap_fseeko(FILE* file, off_t offset, int from) {
  return no_file() ? -1 : real_fseeko(file, offset, from);
}
int __wrap_fflush(FILE* file) { return no_file() ? EOF : real_fflush(file); }

}  // extern "C"
