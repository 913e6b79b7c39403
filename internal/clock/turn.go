package clock

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Turn makes every clock of a file be ahead by d from now on. It replaces the file in one
// step, because half of it would be read as another duration.
func Turn(path string, d time.Duration) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".clock-*")
	if err != nil {
		return fmt.Errorf("turn the clock: %w", err)
	}
	_, err = f.WriteString(d.String() + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("turn the clock: %w", err)
	}
	return nil
}
