// Package bounded reads the answers of services outside within bounds: of their size, of how
// much larger they become when they are unpacked, and of how many values they hold. A few
// kilobytes on the wire can otherwise become gigabytes in memory. Start with transport.go.
package bounded
