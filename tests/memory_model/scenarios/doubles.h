// Stand-ins, by their names, for what the driver's upper rooms get from elsewhere: threads and sound devices.
// Threads are fibers of the checker, and a device calls when a scenario says so.
#pragma once

namespace refwave::memory_model {

/// Effects: forgets the devices of the execution before.
void begin_doubles();
/// Effects: one period of each device that runs, on the calling thread, except of those in whose callback
/// another thread is.
void call_devices();
/// Effects: the newest device, if it runs, says that it has ended, and calls no more. Returns: whether it
/// ran.
bool lose_device();
/// Effects: from now on it is an error if a device is opened while another one is open.
void one_device_at_a_time();
/// Effects: the next start of a device fails.
void next_start_fails();
/// Thread: one that knows that no device is being started.
bool newest_device_has_started();
/// Thread: none, after all have ended.
bool has_running_device();

}  // namespace refwave::memory_model
