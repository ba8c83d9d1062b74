# What a slow machine gets (four nanoseconds an instruction). shellcheck shell=bash

A_long_list_is_blamed_on_no_server() {
  refwave devices
  isnt "devices" "$said" "*server*"
  is "status" $status 0
  refwave play "$(noise 48000 16 0.5)"
  isnt "play" "$said" "*server*"
  went_well
}
