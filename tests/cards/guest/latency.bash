# Periods and latency of a card. shellcheck shell=bash

# wakes_and_underruns: of `refwave latency`, as "WAKES UNDERRUNS".
wakes_and_underruns() { sed -n 's/.* \([0-9]*\) wakes, \([0-9]*\) underruns.*/\1 \2/p' <<<"$said"; }
# few_underruns WHAT: at most one wake in a hundred, or one.
few_underruns() {
  local counts
  read -r -a counts <<<"$(wakes_and_underruns)"
  most "$1: underruns in ${counts[0]:-no} wakes" "${counts[1]}" $((counts[0] / 100 + 1))
}

The_drivers_period_is_the_cards() {
  local period
  for period in 16 48 64 128 240 480 1024; do
    refwave latency -d hw:0,0 -p $period -s 3
    is "-p $period: status" $status 0
    few_underruns "-p $period"
  done
}

What_the_card_took_is_reported() {
  local took
  begin latency -d hw:0,0 -p 64 -s 3
  wait_for plays HDA/pcm0p
  took=$(sed -n 's/^period_size: //p' /proc/asound/HDA/pcm0p/sub0/hw_params)
  is "the card's period" "$took" 64
  end
  is "the head" "$said" "*device*64 in a buffer of *p50*"
  is "the log" "$(tr '\n' ' ' <log)" "*took periods of 64 and a buffer of *"
}
