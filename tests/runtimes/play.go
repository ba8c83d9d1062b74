// A client in Go, by cgo.
package main

// #include "play.h"
// extern void heard(HDRVR, UINT, DWORD_PTR, DWORD_PTR, DWORD_PTR);
import "C"

import (
	"fmt"
	"os"
	"sync/atomic"
)

var messages int32

//export heard
func heard(wave C.HDRVR, message C.UINT, user, one, two C.DWORD_PTR) {
	atomic.AddInt32(&messages, 1)
}

func main() {
	wrong := C.play(C.LPDRVCALLBACK(C.heard))
	fmt.Println(messages, "messages")
	if wrong != 0 || messages != 20 {
		os.Exit(1)
	}
}
