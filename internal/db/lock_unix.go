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

// fileInUse is ErrInUse while another process has the lock. It creates no lock, and lets go
// of it at once.
func fileInUse(path string) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the database was never opened
	}
	if err != nil {
		return fmt.Errorf("open the lock beside the database: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrInUse
	}
	return nil
}

// writable says why a file cannot be written, or nothing be created in a folder, by
// asking the system and without trying.
func writable(path string, folder bool) error {
	const write, search = 2, 1 // W_OK and X_OK of access(2)
	mode := uint32(write)
	if folder {
		mode |= search
	}
	if err := syscall.Access(path, mode); err != nil {
		return fmt.Errorf("write the database: %w", &os.PathError{Op: "access", Path: path, Err: err})
	}
	return nil
}
