//go:build race

package db_test

// slow is by how much the race detector slows SQLite down, which is all Go here.
const slow = 20
