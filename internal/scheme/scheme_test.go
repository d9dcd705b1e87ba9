package scheme

import "testing"

func TestLoad(t *testing.T) {
	r, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r.IDs())
}
