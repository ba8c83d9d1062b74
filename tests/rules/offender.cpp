// Everything that an object of the audio thread must not import, one call each. Compiled, never run.
#include <pthread.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int* allocated_number;
void* allocated_block;
std::vector<int> grown;

void offend(pthread_mutex_t* mutex, const timespec* nap, std::size_t size) {
  allocated_number = new int(0);
  allocated_block = std::malloc(size);
  std::free(allocated_block);
  grown.resize(size);
  pthread_mutex_lock(mutex);
  nanosleep(nap, nullptr);
  std::printf("%zu\n", size);
  throw 1;
}
