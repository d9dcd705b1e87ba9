package vault

import "encoding/binary"

// BlindKind says what a blind index was made from. It is part of what is hashed:
// a birth date and a document number that happen to be the same text differ.
type BlindKind string

// The kinds. They are stored inside every index: add, never rename.
const (
	BlindName             BlindKind = "name"          // one token of NormaliseName
	BlindBirthDate        BlindKind = "birth_date"    // ISO 8601 text of the date as known
	BlindPhone            BlindKind = "phone"         // NormalisePhone
	BlindEmail            BlindKind = "email"         // NormaliseEmail
	BlindDocument         BlindKind = "document"      // NormaliseDocument
	BlindNameAndBirthDate BlindKind = "name_and_date" // NameAndBirthDate
	BlindFullName         BlindKind = "full_name"     // NormaliseWords of a whole name
	BlindAddress          BlindKind = "address"       // NormaliseWords
	BlindPlace            BlindKind = "place"         // NormaliseWords
)

// blindSize is the length of the fingerprint: 128 bits leave the chance of one
// false match among a billion values below 10⁻²⁰.
const blindSize = 16

// Blind returns the fingerprint of a normalised value: 4 bytes that name the key
// and 16 of HMAC-SHA256. Equal values give equal fingerprints and nobody without
// the keyset can make or reverse one. The empty value has none (nil), so that two
// unknowns never match.
func (k *Keyset) Blind(kind BlindKind, normalised string) []byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.blindWith(k.prfs.PrimaryID, kind, normalised)
}

// BlindAll returns the fingerprints of the value under every blind-index key, the
// primary's first: what a search looks for while indexes are being written anew
// after [Keyset.RotateBlind].
func (k *Keyset) BlindAll(kind BlindKind, normalised string) [][]byte {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if normalised == "" {
		return nil
	}
	all := [][]byte{k.blindWith(k.prfs.PrimaryID, kind, normalised)}
	for _, id := range keyIDs(k.blind) {
		if id != k.prfs.PrimaryID {
			all = append(all, k.blindWith(id, kind, normalised))
		}
	}
	return all
}

func (k *Keyset) blindWith(id uint32, kind BlindKind, normalised string) []byte {
	if normalised == "" {
		return nil
	}
	// The kinds hold no zero byte, so kind and value cannot run into each other.
	sum, err := k.prfs.PRFs[id].ComputePRF([]byte(string(kind)+"\x00"+normalised), blindSize)
	if err != nil {
		// HMAC-SHA256 fails only when asked for more than 32 bytes.
		panic("vault: blind index: " + err.Error())
	}
	return append(binary.BigEndian.AppendUint32(nil, id), sum...)
}

// Blind is [Keyset.Blind] of the vault's keyset.
func (v *Vault) Blind(kind BlindKind, normalised string) []byte {
	return v.keyset.Load().Blind(kind, normalised)
}

// BlindAll is [Keyset.BlindAll] of the vault's keyset.
func (v *Vault) BlindAll(kind BlindKind, normalised string) [][]byte {
	return v.keyset.Load().BlindAll(kind, normalised)
}
