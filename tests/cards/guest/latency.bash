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
