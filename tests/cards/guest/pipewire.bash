# PipeWire with its PulseAudio half on the cards. shellcheck shell=bash
source /cards/servers
pipewire >pipewire.log 2>&1 &
wait_for test -S /run/user/0/pipewire-0
wireplumber >wireplumber.log 2>&1 &
pipewire-pulse >pipewire-pulse.log 2>&1 &
wait_for ready

# PipeWire's source on the HDA card gives nothing here.
A_source_that_gives_nothing_is_told() {
  refwave record take.wav -s 2
  is "record" "$status ($said)" "1 *[12].[0-9]* s are silence*"
}
