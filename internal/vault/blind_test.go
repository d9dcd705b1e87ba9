package vault_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"clew/internal/vault"
)

var blindKinds = []vault.BlindKind{vault.BlindName, vault.BlindBirthDate, vault.BlindPhone, vault.BlindEmail, vault.BlindDocument, vault.BlindNameAndBirthDate}

func TestBlindIndexesAreEqualExactlyWhenKindAndValueAre(t *testing.T) {
	k := newKeyset(t)
	value := rapid.StringMatching(`[a-c\x00]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		ka, kb := rapid.SampledFrom(blindKinds).Draw(t, "kind a"), rapid.SampledFrom(blindKinds).Draw(t, "kind b")
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		if equal := bytes.Equal(k.Blind(ka, a), k.Blind(kb, b)); equal != (ka == kb && a == b) {
			t.Fatalf("%s %q and %s %q: equal %v", ka, a, kb, b, equal)
		}
	})
}

func TestBlindIndexesNeedTheKeyAndAValue(t *testing.T) {
	a, b := newKeyset(t), newKeyset(t)
	if bytes.Equal(a.Blind(vault.BlindPhone, "+1")[4:], b.Blind(vault.BlindPhone, "+1")[4:]) {
		t.Error("two keysets make the same index")
	}
	if a.Blind(vault.BlindPhone, "") != nil || a.BlindAll(vault.BlindPhone, "") != nil {
		t.Error("the empty value has an index")
	}
	if n := len(a.Blind(vault.BlindPhone, "+1")); n != 20 {
		t.Errorf("%d bytes, want 20", n)
	}
}

func TestIndexesFromBeforeARotationAreFound(t *testing.T) {
	v := newVault(t)
	before := v.Blind(vault.BlindName, "ariadne")
	if err := v.Keyset().RotateBlind(); err != nil {
		t.Fatal(err)
	}
	after := v.Blind(vault.BlindName, "ariadne")
	all := v.BlindAll(vault.BlindName, "ariadne")
	if bytes.Equal(before, after) || len(all) != 2 || !bytes.Equal(all[0], after) || !bytes.Equal(all[1], before) {
		t.Errorf("before %x, after %x, all %x", before, after, all)
	}
	if len(v.Keyset().BlindIDs()) != 2 {
		t.Error("the older key is gone")
	}
}
