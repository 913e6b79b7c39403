//go:build !race

package db_test

const slow = 1
