package core

import "net/netip"

// Network is who counts as one source of requests: an IPv4 address, or the network
// of 64 bits that one subscriber is given in IPv6 (RFC 6177). What is no address is
// returned as it is.
func Network(address string) string {
	const subscriber = 64
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(subscriber); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
