/* An ALSA device whose library can hang, as libpulse can after its server is killed. It discards its sound,
 * in real time. Its definition in ALSA's configuration names three files. A thread that polls the device and
 * finds the first removes it, and hangs until the second exists. While the third exists, the device is never
 * ready, although its descriptor is; each poll then appends a byte to it.
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct device {
  snd_pcm_ioplug_t plug;
  char* hang;
  char* wake;
  char* spin;
  struct timespec started;
};

static double seconds_since(const struct timespec* then) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)(now.tv_sec - then->tv_sec) + 1e-9 * (double)(now.tv_nsec - then->tv_nsec);
}

/* A device that is prepared takes frames, and says so. */
static int prepare(snd_pcm_ioplug_t* plug) {
  const struct itimerspec every_5_ms = {.it_interval.tv_nsec = 5000000, .it_value.tv_nsec = 5000000};
  return timerfd_settime(plug->poll_fd, 0, &every_5_ms, NULL);
}

static int start(snd_pcm_ioplug_t* plug) {
  struct device* device = plug->private_data;
  return clock_gettime(CLOCK_MONOTONIC, &device->started);
}

static int stop(snd_pcm_ioplug_t* plug) {
  const struct itimerspec never = {0};
  return timerfd_settime(plug->poll_fd, 0, &never, NULL);
}

static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t* plug) {
  const struct device* device = plug->private_data;
  const double played = seconds_since(&device->started) * plug->rate;
  return (snd_pcm_sframes_t)((snd_pcm_uframes_t)played % plug->buffer_size);
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t* plug, const snd_pcm_channel_area_t* areas,
                                  snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
  (void)plug, (void)areas, (void)offset;
  return (snd_pcm_sframes_t)frames;
}

static int poll_revents(snd_pcm_ioplug_t* plug, struct pollfd* files, unsigned int count,
                        unsigned short* events) {
  const struct device* device = plug->private_data;
  unsigned long long ticks;
  const int spin = open(device->spin, O_WRONLY | O_APPEND | O_CLOEXEC);
  (void)count;
  if (spin >= 0) {
    const int error = write(spin, "x", 1) == 1 ? 0 : -EIO;
    close(spin);
    *events = 0;
    return error;
  }
  if (unlink(device->hang) == 0) {
    const struct timespec a_little = {.tv_nsec = 1000000};
    int before;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    while (access(device->wake, F_OK) != 0) nanosleep(&a_little, NULL);
    pthread_setcancelstate(before, NULL);
  }
  *events = (files->revents & POLLIN) != 0 && read(files->fd, &ticks, sizeof ticks) > 0 ? POLLOUT : 0;
  return 0;
}

static int close_device(snd_pcm_ioplug_t* plug) {
  struct device* device = plug->private_data;
  close(plug->poll_fd);
  free(device->hang);
  free(device->wake);
  free(device->spin);
  free(device);
  return 0;
}

static int constrain(snd_pcm_ioplug_t* plug) {
  static const unsigned int accesses[] = {SND_PCM_ACCESS_RW_INTERLEAVED};
  static const unsigned int formats[] = {SND_PCM_FORMAT_S16, SND_PCM_FORMAT_S32, SND_PCM_FORMAT_FLOAT};
  int error = snd_pcm_ioplug_set_param_list(plug, SND_PCM_IOPLUG_HW_ACCESS, 1, accesses);
  if (error >= 0) error = snd_pcm_ioplug_set_param_list(plug, SND_PCM_IOPLUG_HW_FORMAT, 3, formats);
  if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(plug, SND_PCM_IOPLUG_HW_CHANNELS, 1, 8);
  if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(plug, SND_PCM_IOPLUG_HW_RATE, 8000, 192000);
  if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(plug, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 256, 65536);
  if (error >= 0) error = snd_pcm_ioplug_set_param_minmax(plug, SND_PCM_IOPLUG_HW_PERIODS, 2, 16);
  return error;
}

SND_PCM_PLUGIN_DEFINE_FUNC(hanging) {
  static const snd_pcm_ioplug_callback_t callback = {.prepare = prepare,
                                                     .start = start,
                                                     .stop = stop,
                                                     .pointer = pointer,
                                                     .transfer = transfer,
                                                     .poll_revents = poll_revents,
                                                     .close = close_device};
  const char *hang = NULL, *wake = NULL, *spin = NULL;
  snd_config_t* value;
  struct device* device;
  int error;
  (void)root;
  if (stream != SND_PCM_STREAM_PLAYBACK) return -EINVAL;
  if (snd_config_search(conf, "hang", &value) >= 0) snd_config_get_string(value, &hang);
  if (snd_config_search(conf, "wake", &value) >= 0) snd_config_get_string(value, &wake);
  if (snd_config_search(conf, "spin", &value) >= 0) snd_config_get_string(value, &spin);
  if (hang == NULL || wake == NULL || spin == NULL) return -EINVAL;

  device = calloc(1, sizeof *device);
  if (device == NULL) return -ENOMEM;
  device->hang = strdup(hang);
  device->wake = strdup(wake);
  device->spin = strdup(spin);
  device->plug.version = SND_PCM_IOPLUG_VERSION;
  device->plug.name = "a library that can hang";
  device->plug.callback = &callback;
  device->plug.private_data = device;
  device->plug.poll_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  device->plug.poll_events = POLLIN;
  error = snd_pcm_ioplug_create(&device->plug, name, stream, mode);
  if (error < 0) {
    close_device(&device->plug);
    return error;
  }
  error = constrain(&device->plug);
  if (error < 0) {
    snd_pcm_ioplug_delete(&device->plug);
    return error;
  }
  *pcmp = device->plug.pcm;
  return 0;
}
SND_PCM_PLUGIN_SYMBOL(hanging);
