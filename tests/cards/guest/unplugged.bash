# Cards that are removed and return. shellcheck shell=bash

Twenty_unpluggings_lose_no_header() {
  local round
  begin play "$(noise 48000 16 60)" -d hw:3,0 -O fallback=clocked
  for round in {1..20}; do
    wait_for plays USB/pcm0p
    usb 1 out 0.$((round % 10)) in
    wait_for test -e /proc/asound/USB
  done
  end
  is "losses" "$(grep -c 'was lost' log)" 20
  is "returns" "$(grep -c 'was away for' log)" 20
  is "headers" "$(grep 'stream 0 closed' log)" "*: 3000 blocks, 3000 messages, 0 undelivered*"
  is "play" "$status ($said)" "1 *not heard*"
}

A_card_that_comes_back_plays_on() {
  local id seconds
  begin play "$(noise 48000 16 6)" -d hw:3,0
  wait_for plays USB/pcm0p
  usb 1 out 2 in
  wait_for plays USB/pcm0p
  end
  is "USB" "$status ($said)" "1 *not heard*"
  begin play "$(noise 48000 16 6)" -d hw:0,0
  wait_for plays HDA/pcm0p
  away HDA
  sleep 2
  back HDA
  wait_for plays HDA/pcm0p
  end
  is "HDA" "$status ($said)" "1 *not heard*"
}

A_recording_waits_for_its_card() {
  begin record take.wav -d hw:4,1 -s 8
  wait_for plays Loopback/pcm1c
  away Loopback
  sleep 2
  back Loopback
  end
  is "record" "$status ($said)" "1 *[1-3].[0-9]* s *"
  isnt "record" "$said" "*refused a block*"
  is "seconds on disk" $(($(stat -c %s take.wav) / 192000)) 8
}

# ALSA's default is the first card. While it is away another card may play; then it plays again.
A_default_that_came_back_is_returned_to() {
  begin play "$(noise 48000 16 12)" -O fallback=clocked
  wait_for plays HDA/pcm0p
  away HDA
  sleep 3
  back HDA
  wait_for plays HDA/pcm0p
  end
  is "play" "$status ($said)" "1 *not heard*"
}
