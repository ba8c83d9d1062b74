# What is played and recorded, bit for bit. shellcheck shell=bash

# The card writes its input to a file, in which `machine` looks for the first noise. When a card stops, QEMU loses its last 25 ms.
Intel_HDA_takes_every_frame() {
  refwave play "$(noise 48000 16 3)" "$(noise 48000 24 1)" -d hw:1,0
  went_well
}

Every_format_and_rate_passes_the_kernels_loop_bit_for_bit() {
  local rate bits file
  for rate in 44100 48000 96000; do
    for bits in 16 24 32; do
      file=$(noise $rate $bits 2)
      listen 5 S32_LE $rate
      refwave play "$file" -d hw:4,0
      went_well
      all_heard "$rate/$bits" "$file"
    done
  done
}

# aplay and snd-aloop lose the last milliseconds, so silence follows.
Recordings_from_the_kernels_loop_are_bit_for_bit() {
  local rate bits file
  local -A form=([16]=S16_LE [24]=S24_3LE)
  for rate in 44100 48000 96000; do
    for bits in 16 24; do
      file=$(noise $rate $bits 2)
      begin record take.wav -d hw:4,1 -r $rate -b $bits -s 5
      wait_for plays Loopback/pcm1c
      { tail -c +45 "$file"; head -c 200000 /dev/zero; } | aplay -q -D plughw:Loopback,0,0 -t raw -f "${form[$bits]}" -r $rate -c 2
      end
      went_well
      is "$rate/$bits recorded" "$(python3 /cards/sound.py find take.wav - "$file")" all
    done
  done
}

Cards_with_one_format_get_every_frame() {
  local form file
  for form in S24_LE S16_BE S32_BE S24_3LE S16_LE; do
    file=$(noise 48000 16 2)
    listen 5 $form 48000
    refwave play "$file" -d hw:4,0
    is "$form" "$status ($said)" "0 *"
    all_heard "$form" "$file"
  done
}

# snd-aloop moves every four milliseconds, and loses what a shorter period delivers too late.
No_frame_is_lost_at_any_latency() {
  local latency file
  file=$(noise 48000 16 3)
  for latency in 0 10 20 100 500 1000 1500 1900 2000; do
    listen 8 S32_LE 48000
    refwave play "$file" -d hw:4,0 -O latency_ms=$latency
    is "latency_ms=$latency" "$status ($said)" "0 *"
    all_heard "latency_ms=$latency" "$file"
  done
}
