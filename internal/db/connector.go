package db

import (
	"context"
	"database/sql/driver"
)

// connector opens SQLite connections without the global driver registry.
type connector struct {
	dsn    string
	driver driver.Driver
}

// Connect opens one connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if able, ok := conn.(sqliteDriverConn); ok {
		return newStatements(able), nil
	}
	return conn, nil
}

// Driver returns the driver that opens the connections.
func (c connector) Driver() driver.Driver { return c.driver }
