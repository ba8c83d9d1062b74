// A client in C. It asserts of each message that its stack is the thread's own, as runtimes of other
// languages do.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "play.h"

static atomic_int messages, strays;

static void CALLBACK look(HDRVR wave, UINT message, DWORD_PTR user, DWORD_PTR one, DWORD_PTR two) {
  (void)wave, (void)user, (void)one, (void)two;
  pthread_attr_t attributes;
  void* low = NULL;
  size_t bytes = 0;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &low, &bytes);
  pthread_attr_destroy(&attributes);
  const char* const here = __builtin_frame_address(0);
  if (here < (char*)low || here >= (char*)low + bytes) {
    fprintf(stderr, "message %#x came outside its thread's stack\n", message);
    ++strays;
  }
  ++messages;
}

int main(void) {
  const int wrong = play(look);
  printf("%d messages\n", (int)messages);
  return wrong != 0 || strays != 0 || messages != 20;
}
