// What ThreadSanitizer must not report: it sees the memory that these libraries hand from thread to thread,
// but not the atomic operations that order it, as they were built without it; and jackd, when killed, leaves
// its client's thread unjoined.
extern "C" [[gnu::visibility("default")]] const char* __tsan_default_suppressions();

const char* __tsan_default_suppressions() {
  return "race:libpulse.so\n"
         "race:libpulsecommon-\n"
         "thread:libjack.so\n";
}
