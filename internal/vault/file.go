package vault

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

// segmentSize is the length of one encrypted segment of a file: what a reader or
// a writer holds in memory, whatever the file's size.
const segmentSize = 64 << 10

// SealFile encrypts a file of up to [MaxPlaintext] bytes as it is written, a
// segment of 64 KiB at a time, by the STREAM construction (Hoang, Reyhanitabar,
// Rogaway and Vizár, CRYPTO 2015; Tink's AES256-GCM-HKDF): segments cannot be
// reordered, dropped or cut off unnoticed. Close finishes the file; without it
// the file does not open. Close does not close w.
func (v *Vault) SealFile(ctx context.Context, ref Ref, w io.Writer) (io.WriteCloser, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	key, err := v.personKey(ctx, ref.person())
	if err != nil {
		return nil, err
	}
	stream, err := key.stream()
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte{formFile, key.generation}); err != nil {
		return nil, fmt.Errorf("write sealed file: %w", err)
	}
	inner, err := stream.NewEncryptingWriter(w, ref.context(formFile, key.generation))
	if err != nil {
		return nil, fmt.Errorf("write sealed file: %w", err)
	}
	return &boundedWriter{inner, MaxPlaintext}, nil
}

// OpenFile decrypts what SealFile made for the same ref, as it is read. A segment
// is returned only when it is authentic; that nothing is missing is known only at
// io.EOF, so do not act on a part. It fails as [Vault.Open] does.
func (v *Vault) OpenFile(ctx context.Context, ref Ref, r io.Reader) (io.Reader, error) {
	if err := ref.check(); err != nil {
		return nil, err
	}
	key, err := v.personKey(ctx, ref.person())
	if err != nil {
		return nil, err
	}
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil || header[0] != formFile || header[1] != key.generation {
		return nil, errUnreadable
	}
	stream, err := key.stream()
	if err != nil {
		return nil, err
	}
	inner, err := stream.NewDecryptingReader(r, ref.context(formFile, key.generation))
	if err != nil {
		return nil, errUnreadable
	}
	return &authenticReader{inner}, nil
}

func (k *personKey) stream() (*subtle.AESGCMHKDF, error) {
	return subtle.NewAESGCMHKDF(k.file, "SHA256", 32, segmentSize, 0)
}

// boundedWriter refuses what passes the bound before any of it is encrypted.
type boundedWriter struct {
	w    io.WriteCloser
	left int
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, errTooLarge
	}
	n, err := b.w.Write(p)
	b.left -= n
	return n, err
}

func (b *boundedWriter) Close() error { return b.w.Close() }

// authenticReader gives every failure but the end the one error that tells a
// forger nothing.
type authenticReader struct{ r io.Reader }

func (a *authenticReader) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, errUnreadable
	}
	return n, err
}
