/* libjack, as PortAudio's pa_jack.c uses it. This header is included before that file. The library is loaded when PortAudio
   looks for a JACK server. It is never unloaded, because each load takes three of the process's 1,024 pthread keys and never
   gives them back. Each function that pa_jack.c calls is a pointer in the table below. If the table lacks a function, the
   build fails at the link. */
#ifndef REFWAVE_PORTAUDIO_JACK_H
#define REFWAVE_PORTAUDIO_JACK_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jack/jack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REFWAVE_JACK_FUNCTIONS(WITH)                                                                                   \
  WITH(jack_activate) WITH(jack_client_close) WITH(jack_client_name_size) WITH(jack_client_open) WITH(jack_connect)    \
  WITH(jack_deactivate) WITH(jack_frame_time) WITH(jack_get_buffer_size) WITH(jack_get_client_name)                    \
  WITH(jack_get_ports) WITH(jack_get_sample_rate) WITH(jack_on_shutdown) WITH(jack_port_by_name)                       \
  WITH(jack_port_connected) WITH(jack_port_disconnect) WITH(jack_port_get_buffer) WITH(jack_port_get_latency)          \
  WITH(jack_port_name) WITH(jack_port_name_size) WITH(jack_port_register)                                              \
  WITH(jack_set_error_function) WITH(jack_set_process_callback) WITH(jack_set_sample_rate_callback)                    \
  WITH(jack_set_xrun_callback)

#define REFWAVE_JACK_MEMBER(name) __typeof__(&name) name##_;
static struct {
  REFWAVE_JACK_FUNCTIONS(REFWAVE_JACK_MEMBER)
} refwave_jack;

/* Returns: whether a server of JACK 1 has its socket. Its folder is below one of these two, as jackd was built. */
static int refwave_jack1_is_there(const char *server) {
  static const char *const folders[] = {"/dev/shm", "/tmp"};
  char path[512];
  unsigned i;
  for (i = 0; i < sizeof folders / sizeof folders[0]; ++i) {
    snprintf(path, sizeof path, "%s/jack-%d/%s/jack_0", folders[i], (int)getuid(), server);
    if (access(path, F_OK) == 0) return 1;
  }
  return 0;
}

/* Returns: whether a server may answer. JACK's own library is not asked if the server has no socket, because it would write
   on stderr that the folder of its database is missing. A server that ends removes this folder, even if other servers of the
   same user still run. So the folder is made here, as a server makes it. PipeWire has a library under JACK's name, which
   needs neither socket nor folder. */
static int refwave_jack_may_answer(void *library) {
  const char *server = getenv("JACK_DEFAULT_SERVER");
  char path[512];
  if (getenv("JACK_PROMISCUOUS_SERVER") != NULL || dlsym(library, "pw_init") != NULL) return 1;
  if (server == NULL) server = "default";
  snprintf(path, sizeof path, "/dev/shm/jack_%s_%d_0", server, (int)getuid());
  if (access(path, F_OK) != 0) return refwave_jack1_is_there(server);
  snprintf(path, sizeof path, "/dev/shm/jack_db-%d", (int)getuid());
  return mkdir(path, S_IRWXU) == 0 || errno == EEXIST;
}

/* Returns: whether this system has libjack with all functions of the table, and whether libjack may find a server. */
static int refwave_load_jack(void) {
  void *library = dlopen("libjack.so.0", RTLD_NOW | RTLD_NODELETE);
  int complete = library != NULL;
#define REFWAVE_JACK_FIND(name) \
  if (complete) complete = (refwave_jack.name##_ = (__typeof__(&name))dlsym(library, #name)) != NULL;
  REFWAVE_JACK_FUNCTIONS(REFWAVE_JACK_FIND)
  if (complete) complete = refwave_jack_may_answer(library);
  if (library != NULL) dlclose(library);
  return complete;
}

/* How many milliseconds an open waits for the open of another program, and again for its own socket. */
#define REFWAVE_JACK_PATIENCE 400

/* Effects: sleeps for a moment. Returns: whether the wait that began at `begun` may go on. */
static int refwave_jack_may_wait(const struct timespec *begun) {
  struct timespec now;
  usleep(1000);
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - begun->tv_sec) * 1000 + (now.tv_nsec - begun->tv_nsec) / 1000000 < REFWAVE_JACK_PATIENCE;
}

/* Effects: keeps refwave in other programs from opening a client until the descriptor is closed. Returns: the descriptor; -1
   if the lock file cannot be opened. */
static int refwave_jack_take_turn(void) {
  char path[64];
  struct timespec begun;
  int turn;
  snprintf(path, sizeof path, "/dev/shm/refwave-jack-%d.lock", (int)geteuid());
  turn = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  clock_gettime(CLOCK_MONOTONIC, &begun);
  while (turn >= 0 && flock(turn, LOCK_EX | LOCK_NB) != 0 && refwave_jack_may_wait(&begun))
    ;
  return turn;
}

/* The ports of the client, inputs and outputs. They stay registered until the client ends, and each stream takes free ones.
   libjack goes through the list of its client's ports in a thread of its own each time that connections change. It takes no lock
   for the list. So a port that is unregistered at that moment ends the program. Thread: the one that calls PortAudio. */
#define REFWAVE_JACK_PORTS 256
static struct {
  jack_port_t *port; /* null: not registered yet */
  int taken;
} refwave_jack_ports[2][REFWAVE_JACK_PORTS];
static unsigned refwave_jack_clients; /* how many were opened; the ports are of the last one */

/* Returns: a port that no stream has, called in_N or out_N with the lowest N; null if the server gives no more. */
static jack_port_t *refwave_jack_take_port(jack_client_t *client, int is_output) {
  char name[16];
  int i;
  for (i = 0; i < REFWAVE_JACK_PORTS && refwave_jack_ports[is_output][i].taken; ++i)
    ;
  if (i == REFWAVE_JACK_PORTS) return NULL;
  snprintf(name, sizeof name, "%s_%d", is_output ? "out" : "in", i);
  if (refwave_jack_ports[is_output][i].port == NULL)
    refwave_jack_ports[is_output][i].port = refwave_jack.jack_port_register_(
        client, name, JACK_DEFAULT_AUDIO_TYPE, is_output ? JackPortIsOutput : JackPortIsInput, 0);
  refwave_jack_ports[is_output][i].taken = refwave_jack_ports[is_output][i].port != NULL;
  return refwave_jack_ports[is_output][i].port;
}

/* Effects: a port of the client with this number is free again, without connections, and an output is silent. A port of an
   earlier client has gone with that client. */
static void refwave_jack_give_port(jack_client_t *client, unsigned number, int is_output, jack_port_t *port) {
  jack_nframes_t frames;
  void *buffer;
  int i;
  if (number != refwave_jack_clients) return;
  for (i = 0; i < REFWAVE_JACK_PORTS; ++i)
    if (refwave_jack_ports[is_output][i].port == port) refwave_jack_ports[is_output][i].taken = 0;
  if (refwave_jack.jack_port_connected_(port)) refwave_jack.jack_port_disconnect_(client, port);
  frames = refwave_jack.jack_get_buffer_size_(client);
  if (is_output && (buffer = refwave_jack.jack_port_get_buffer_(port, frames)) != NULL)
    memset(buffer, 0, frames * sizeof(jack_default_audio_sample_t));
}

/* jack_client_open, for one program of this user at a time. Each client has a socket through which its server tells it that
   the server ends. The socket is named after the client, and not after the server. Two clients that open at the same moment
   get the same name, from two servers or even from one server. Then each removes the other's socket, and one of them never
   hears of its server's end. After the server has accepted the connection the name of the socket is gone, and is free for the
   next client. */
static jack_client_t *refwave_jack_client_open(const char *name, jack_options_t options, jack_status_t *status) {
  const int turn = refwave_jack_take_turn();
  jack_client_t *const client = refwave_jack.jack_client_open_(name, options, status);
  char path[512];
  struct timespec begun;
  if (client != NULL) {
    snprintf(path, sizeof path, "/dev/shm/jack_%s_%d_0", refwave_jack.jack_get_client_name_(client), (int)getuid());
    clock_gettime(CLOCK_MONOTONIC, &begun);
    while (access(path, F_OK) == 0 && refwave_jack_may_wait(&begun))
      ;
  }
  if (turn >= 0) close(turn);
  memset(refwave_jack_ports, 0, sizeof refwave_jack_ports);
  ++refwave_jack_clients;
  return client;
}

#define jack_activate refwave_jack.jack_activate_
#define jack_client_close refwave_jack.jack_client_close_
#define jack_client_name_size refwave_jack.jack_client_name_size_
#define jack_client_open refwave_jack_client_open
#define jack_connect refwave_jack.jack_connect_
#define jack_deactivate refwave_jack.jack_deactivate_
#define jack_frame_time refwave_jack.jack_frame_time_
#define jack_get_buffer_size refwave_jack.jack_get_buffer_size_
#define jack_get_client_name refwave_jack.jack_get_client_name_
#define jack_get_ports refwave_jack.jack_get_ports_
#define jack_get_sample_rate refwave_jack.jack_get_sample_rate_
#define jack_on_shutdown refwave_jack.jack_on_shutdown_
#define jack_port_by_name refwave_jack.jack_port_by_name_
#define jack_port_connected refwave_jack.jack_port_connected_
#define jack_port_disconnect refwave_jack.jack_port_disconnect_
#define jack_port_get_buffer refwave_jack.jack_port_get_buffer_
#define jack_port_get_latency refwave_jack.jack_port_get_latency_
#define jack_port_name refwave_jack.jack_port_name_
#define jack_port_name_size refwave_jack.jack_port_name_size_
#define jack_port_register refwave_jack.jack_port_register_
#define jack_set_error_function refwave_jack.jack_set_error_function_
#define jack_set_process_callback refwave_jack.jack_set_process_callback_
#define jack_set_sample_rate_callback refwave_jack.jack_set_sample_rate_callback_
#define jack_set_xrun_callback refwave_jack.jack_set_xrun_callback_

#endif
