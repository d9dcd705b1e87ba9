package core

import "testing"

func TestWhoIsOneSource(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"fe80::1%eth0", "fe80::1%eth1"},
	} {
		if Network(c.a) != Network(c.b) {
			t.Errorf("%s and %s count apart", c.a, c.b)
		}
	}
	if Network("2001:db8:1:2::1") == Network("2001:db8:1:3::1") || Network("192.0.2.7") == Network("192.0.2.8") {
		t.Error("neighbours count as one")
	}
}
