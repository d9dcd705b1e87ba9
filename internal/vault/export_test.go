package vault

import "clew/internal/core"

// QuickPassphrase is Passphrase with little work, for tests that are not about it:
// the real work takes ten seconds under the race detector.
func QuickPassphrase(passphrase string) KMS { return passphraseKMS{core.Secret(passphrase), 10} }
