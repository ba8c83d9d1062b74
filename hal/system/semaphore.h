// moodycamel's LightweightSemaphore, whose timed wait is by the steady clock here: by the time of day, which
// the library takes, it would last longer when that is set back. (On Windows it takes neither.)
#pragma once

// lightweightsemaphore.h does not compile without <cassert> and concurrentqueue.h before it.
#include <concurrentqueue/concurrentqueue.h>
#include <semaphore.h>
#include <time.h>
#include <cassert>

#define clock_gettime(clock, now) clock_gettime(CLOCK_MONOTONIC, now)
#define sem_timedwait(semaphore, end) sem_clockwait(semaphore, CLOCK_MONOTONIC, end)
#include <concurrentqueue/lightweightsemaphore.h>
#undef clock_gettime
#undef sem_timedwait
