# PulseAudio on the cards, as it is in a virtual machine: without timer scheduling, sinks of four fragments. shellcheck shell=bash
mkdir -p ~/.config/pulse
echo 'default-sample-rate = 48000' >~/.config/pulse/daemon.conf
pulseaudio --daemonize=yes --exit-idle-time=-1 --log-target=file:/tmp/pulse.log
source /cards/servers
wait_for ready

# The machine has one processor, and who runs this may have priority: an audio thread that spins would keep the server from it.
Twenty_of_twenty_records_succeed_with_realtime_priority() {
  local try
  for try in {1..20}; do
    refwave record take.wav -s 2
    is "record $try" "$status ($said)" "0 *"
  done
}
