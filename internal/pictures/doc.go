// Package pictures fetches pictures from addresses that people outside chose. A process inside a
// network is asked here to open what a stranger names, so each bound is part of the fetch itself:
//
//   - https on its usual port, to an address that the whole internet can reach. The address is
//     checked on the connection, after its name was resolved: a name that means another address
//     a moment later gains nothing. A redirect is checked like the first address.
//   - no proxy: behind one, the address could not be checked.
//   - MaxSize bytes, within ten seconds, and nothing but a picture by its first bytes, whatever
//     the other side calls it.
//
// One exception is for a provider that is simulated on this machine, see New.
package pictures
