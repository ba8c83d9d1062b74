# A suspend while refwave plays and records. The kernel only tests it (pm_test): the devices sleep and wake up. shellcheck shell=bash
echo devices >/sys/power/pm_test
echo 1 >/sys/module/suspend/parameters/pm_test_delay

# asleep: a suspend of a second.
asleep() { echo mem >/sys/power/state || echo "no suspend"; }

A_play_goes_on_after_a_suspend() {
  local card
  for card in HDA USB Loopback; do
    begin play "$(noise 48000 16 8)" -d "$(sed -n "s/^ *\([0-9]\) \[$card .*/hw:\1,0/p" /proc/asound/cards)"
    wait_for plays $card/pcm0p
    sleep 1
    asleep
    end
    is "$card" "$status ($said)" "[01] *played*0:08.000*"
  done
}

A_recording_goes_on_after_a_suspend() {
  begin record take.wav -s 6 -d hw:0,0
  wait_for plays HDA/pcm0c
  sleep 1
  asleep
  end
  is "record" "$status ($said)" "[01] *"
  is "seconds on disk" $(($(stat -c %s take.wav) / 192000)) 6
}
