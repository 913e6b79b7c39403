package pictures

import "net/netip"

// global6 are the addresses of IPv6 that are given out on the internet.
var global6 = netip.MustParsePrefix("2000::/3")

// special are the ranges that IANA's registries of special-purpose addresses keep from the
// internet, as far as netip does not know them, and the addresses by which machines of a cloud
// reach what configures them.
var special = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // shared by the customers of a network (RFC 6598)
	netip.MustParsePrefix("168.63.129.16/32"), // Azure's own address in every virtual network
	netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),     // documentation
	netip.MustParsePrefix("192.88.99.0/24"),   // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),    // measurements
	netip.MustParsePrefix("198.51.100.0/24"),  // documentation
	netip.MustParsePrefix("203.0.113.0/24"),   // documentation
	netip.MustParsePrefix("240.0.0.0/4"),      // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),        // protocol assignments; tunnels to any IPv4 address
	netip.MustParsePrefix("2001:db8::/32"),    // documentation
	netip.MustParsePrefix("2002::/16"),        // tunnels to any IPv4 address
	netip.MustParsePrefix("3fff::/20"),        // documentation
}

// public says whether the whole internet reaches an address.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !global6.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
