// A shared object that is no driver: it exports something, but no DriverProc.
extern "C" __attribute__((visibility("default"))) int foreign_function() { return 1; }
