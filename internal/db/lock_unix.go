//go:build unix

package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// fileLock is an advisory lock beside the SQLite file. The kernel drops it when the
// process ends, however it ends.
type fileLock struct{ file *os.File }

func lockFile(path string) (*fileLock, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock beside the database: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	return &fileLock{file: file}, nil
}

func (l *fileLock) release() error { return l.file.Close() }
