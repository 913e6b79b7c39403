//go:build !linux

package main

import "time"

// sleepUntil waits until a moment.
func sleepUntil(at time.Time) { time.Sleep(time.Until(at)) }
