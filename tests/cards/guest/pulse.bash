# PulseAudio on the cards, as it is in a virtual machine: without timer scheduling, sinks of four fragments. shellcheck shell=bash
mkdir -p ~/.config/pulse
echo 'default-sample-rate = 48000' >~/.config/pulse/daemon.conf
pulseaudio --daemonize=yes --exit-idle-time=-1 --log-target=file:/tmp/pulse.log
export DBUS_SESSION_BUS_ADDRESS
DBUS_SESSION_BUS_ADDRESS=$(dbus-daemon --session --fork --print-address)

# sink NUMBER: the name of the card's sink. The USB card's changes each time that it is plugged in.
sink() { pactl list sinks | awk '$1 == "Name:" { name = $2 } $1 == "alsa.card" && $3 == "\"'"$1"'\"" { print name }'; }
# use NUMBER: makes that sink the default, at full volume.
use() {
  pactl set-default-sink "$(sink "$1")"
  pactl set-sink-volume "$(sink "$1")" 100%
}
# ready: whether the server has found the USB card and snd-aloop.
ready() { [[ $(sink 3) && $(sink 4) ]]; }
wait_for ready

Twenty_of_twenty_plays_are_wholly_heard() {
  local try file
  file=$(noise 48000 16 4)
  use 4
  for try in {1..20}; do
    listen 8 S16_LE 48000
    refwave play "$file"
    is "play $try" "$status ($said)" "0 *"
    all_heard "play $try" "$file"
  done
}

# A latency shorter than a request of the server makes gaps, but loses nothing.
No_frame_is_lost_at_any_latency_of_a_server() {
  local latency file
  file=$(noise 48000 16 4)
  use 4
  for latency in 1 10 20 50 100 200 500 1000 2000; do
    listen 8 S16_LE 48000
    refwave play "$file" -O latency_ms=$latency
    is "latency_ms=$latency" "$status ($said)" "0 *"
    all_heard "latency_ms=$latency" "$file" "@(all|191000 of 191000 frames*)"
  done
}

The_usb_card_is_pulled_while_it_plays() {
  use 3
  begin play "$(noise 48000 16 12)"
  wait_for plays USB/pcm0p
  usb 2 out 2 in
  wait_for ready
  end
  is "play" "$status ($said)" "[01] *"
  most "seconds" "$took" 16
}

# The machine has one processor: an audio thread that spins at high priority would block the server.
Twenty_of_twenty_records_succeed_with_realtime_priority() {
  local try
  for try in {1..20}; do
    refwave record take.wav -s 2
    is "record $try" "$status ($said)" "0 *"
  done
}
