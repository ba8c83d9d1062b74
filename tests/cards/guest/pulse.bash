# PulseAudio on the cards, as it is in a virtual machine: without timer scheduling, sinks of four fragments. shellcheck shell=bash
mkdir -p ~/.config/pulse
echo 'default-sample-rate = 48000' >~/.config/pulse/daemon.conf
pulseaudio --daemonize=yes --exit-idle-time=-1 --log-target=file:/tmp/pulse.log
source /cards/servers
wait_for ready
