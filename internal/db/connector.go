package db

import (
	"context"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// connector opens SQLite connections without the global driver registry.
type connector struct{ dsn string }

// Connect opens one connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	able, ok := conn.(sqliteDriverConn)
	if !ok {
		return nil, errors.Join(errConn, conn.Close())
	}
	return newStatements(able), nil
}

// Driver returns the driver that opens the connections.
func (connector) Driver() driver.Driver { return &sqlite.Driver{} }
