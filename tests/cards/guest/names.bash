# Names of cards, and busy cards. shellcheck shell=bash

Every_name_that_alsa_takes_is_taken() {
  local file name
  file=$(noise 48000 16 0.5)
  printf 'pcm.desk { type plug slave.pcm "hw:USB" }\n' >~/.asoundrc
  for name in hw:3,0 hw:USB plughw:USB plughw:3,0 hw:CARD=USB,DEV=0 plughw:CARD=USB,DEV=0 default:CARD=USB sysdefault:CARD=USB desk; do
    aplay -q -D plug:"'$name'" "$file" || echo "aplay: $name"
    refwave play "$file" -d "$name"
    is "$name" "$status ($said)" "0 *"
  done
  rm ~/.asoundrc
  refwave play "$file" -d hw:CARD=Nobody
  is "no such card" "$status ($said)" "1 *Nobody*"
}

# A name that survives a reboot has no number.
Devices_prints_names_that_last() {
  local id file
  file=$(noise 48000 16 0.5)
  refwave devices --names
  for id in HDA HDAwav AC97 USB Loopback Dummy; do
    is "$id" "$said" "*CARD=$id*"
  done
  refwave play "$file" -d "$(grep -m 1 -o 'hw:CARD=USB[^ )]*' printed)"
  went_well
}

Listing_opens_no_card() {
  local list opened
  for list in "devices" "devices --names"; do
    # shellcheck disable=SC2086 # several words
    strace -f -qq -e trace=openat -o opens /opt/refwave/refwave $list >/dev/null 2>&1
    opened=$(grep -c '"/dev/snd/pcm' opens)
    most "$list opens cards" "$opened" 0
  done
}

A_busy_card_is_called_busy_and_by_whom() {
  hold 6
  refwave play "$(noise 48000 16 0.5)" -d hw:0,0
  is "play" "$status ($said)" "1 *busy*$holder*"
  refwave devices
  is "devices" "$status ($said)" "[01] *HDA*busy*"
  refwave doctor
  is "doctor" "$(sed -n '/^Devices/,/^Rights/p' printed | tr -s '\n ' '  ')" "*HDA*busy*"
  wait "$holder"
}

# The default is ALSA's, which is on the first card.
No_other_card_plays_when_the_default_is_busy() {
  hold 4
  begin play "$(noise 48000 16 1)"
  while kill -0 "$running" 2>/dev/null; do
    if grep -l RUNNING /proc/asound/{HDAwav,AC97,USB,Dummy,Loopback}/pcm*/sub0/status; then break; fi 2>/dev/null
    sleep 0.02
  done
  end
  is "play" "$status ($said)" "1 *busy*"
  wait "$holder"
}
