package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"clew/internal/core"
	"clew/internal/evidence"
)

// picture is a small image with something in it.
func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	for x := range 24 {
		for y := range 16 {
			m.Set(x, y, color.RGBA{uint8(x * 10), uint8(y * 15), 90, 255})
		}
	}
	return m
}

const place = "GPS 51.5007 N, taken by Quynh's telephone"

// exif is an Exif segment with an orientation and, in its tail, a place.
func exif(way byte) []byte {
	body := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), way, 0, 0, 0, 0, 0, 0)
	body = append(body, place...)
	return segment(0xE1, body)
}

func segment(marker byte, body []byte) []byte {
	out := []byte{0xFF, marker}
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(out, body...)
}

func jpegWith(t testing.TB, segments ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{}, b.Bytes()[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, b.Bytes()[2:]...)
}

func chunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(out, name...)
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func pngWith(t testing.TB, chunks ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	const headEnd = 8 + 12 + 13
	out := append([]byte{}, b.Bytes()[:headEnd]...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, b.Bytes()[headEnd:]...)
}

func TestPicturesLoseTheirMetadataAndNothingElse(t *testing.T) {
	for name, in := range map[string][]byte{
		"jpeg with Exif, XMP and a comment": jpegWith(t, exif(6), segment(0xE1, []byte("http://ns.adobe.com/xap/1.0/\x00"+place)), segment(0xFE, []byte(place)), segment(0xED, []byte(place))),
		"jpeg with a film behind it":        append(jpegWith(t), place...),
		"png with text, Exif and time":      pngWith(t, chunk("tEXt", []byte("Comment\x00"+place)), chunk("eXIf", []byte(place)), chunk("tIME", []byte{7, 230, 1, 1, 0, 0, 0})),
	} {
		f, err := evidence.Accept("photo.bin", in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(f.Content, []byte("Quynh")) {
			t.Errorf("%s: the place is still in it", name)
		}
		got, _, err := image.Decode(bytes.NewReader(f.Content))
		if err != nil {
			t.Errorf("%s: does not decode any more: %v", name, err)
			continue
		}
		before, _, _ := image.Decode(bytes.NewReader(in))
		if before == nil || got.Bounds() != before.Bounds() || got.At(5, 5) != before.At(5, 5) {
			t.Errorf("%s: the picture changed", name)
		}
	}
}

func TestTheWayUpSurvives(t *testing.T) {
	f, err := evidence.Accept("photo.jpg", jpegWith(t, exif(6)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(f.Content, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) {
		t.Error("the orientation is gone")
	}
}

// docx is an office document with one more part of n zero bytes.
func docx(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]io.Reader{
		"[Content_Types].xml": strings.NewReader(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`),
		"word/document.xml":   strings.NewReader("<w:document/>"),
		"word/media/image1":   io.LimitReader(zeros{}, int64(n)),
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestWhatIsRefusedAndWhy(t *testing.T) {
	for name, test := range map[string]struct {
		file    string
		content []byte
		code    string
	}{
		"an empty file":                   {"a.pdf", nil, "file.empty"},
		"a file over 25 MB":               {"a.pdf", append([]byte("%PDF-1.7\n"), make([]byte, evidence.MaxSize)...), "file.large"},
		"a program called a photo":        {"photo.jpg", append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), make([]byte, 200)...), "file.type"},
		"a web page called a text":        {"notes.txt", []byte("<!DOCTYPE html><script>alert(1)</script>"), "file.type"},
		"a drawing with a script":         {"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "file.type"},
		"a bare archive":                  {"a.docx", zipOf(t, "evil.exe", 100), "file.type"},
		"a document that is a bomb":       {"a.docx", docx(t, 60<<20), "file.bomb"},
		"a picture of 60,000 by 60,000":   {"a.png", sized(60_000, 60_000), "file.bomb"},
		"a picture of 2^32-1 by 2^32-1":   {"a.png", sized(1<<32-1, 1<<32-1), "file.bomb"},
		"a JPEG of 60,000 by 60,000":      {"a.jpg", sizedJPEG(t, 60_000, 60_000), "file.bomb"},
		"a picture of no width":           {"a.png", sized(0, 5), "file.damaged"},
		"a JPEG of no width":              {"a.jpg", sizedJPEG(t, 0, 5), "file.damaged"},
		"a PNG with nothing in it":        {"a.png", slices.Concat(pngWith(t)[:33], chunk("IEND", nil)), "file.damaged"},
		"a PNG without its header":        {"a.png", slices.Concat(pngWith(t)[:8], pngWith(t)[33:]), "file.damaged"},
		"a JPEG with nothing in it":       {"a.jpg", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"), "file.damaged"},
		"half a JPEG":                     {"a.jpg", jpegWith(t)[:60], "file.damaged"},
		"half a PNG":                      {"a.png", pngWith(t)[:60], "file.damaged"},
		"a PNG whose checksum is not its": {"a.png", append(append([]byte{}, pngWith(t)[:30]...), append([]byte{9}, pngWith(t)[31:]...)...), "file.damaged"},
	} {
		_, err := evidence.Accept(test.file, test.content)
		f := core.FieldsOf(err)
		if len(f) != 1 || f[0].Name != "file" || f[0].Code != test.code || f[0].Msg == "" {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}

// sized is a small PNG that says that it is as large as this.
func sized(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 0, 0, 0, 0)), chunk("IDAT", make([]byte, 1000)), chunk("IEND", nil))
}

// sizedJPEG is a small JPEG that says that it is as large as this.
func sizedJPEG(t testing.TB, width, height uint16) []byte {
	t.Helper()
	out := jpegWith(t)
	at := bytes.Index(out, []byte{0xFF, 0xC0})
	if at < 0 {
		t.Fatal("no frame in the picture")
	}
	binary.BigEndian.PutUint16(out[at+5:], height)
	binary.BigEndian.PutUint16(out[at+7:], width)
	return out
}

func TestAThumbnailOfTheWholePictureIsTakenOut(t *testing.T) {
	const seen = "THE FACE THAT WAS CUT OFF...."
	jfif := append([]byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x03\x03"), seen[:27]...)
	f, err := evidence.Accept("photo.jpg", jpegWith(t, segment(0xE0, jfif), segment(0xE0, []byte("JFXX\x00\x10"+seen))))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(f.Content, []byte("THE FACE")) {
		t.Error("the thumbnail is still in it")
	}
	if _, _, err := image.Decode(bytes.NewReader(f.Content)); err != nil {
		t.Errorf("does not decode any more: %v", err)
	}
}

func zipOf(t testing.TB, name string, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = io.CopyN(w, zeros{}, int64(n))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGoodFilesAreKept(t *testing.T) {
	for name, test := range map[string]struct {
		file, kept, mediaType string
		content               []byte
	}{
		"a text":                      {"Statement.txt", "Statement.txt", "text/plain", []byte("What was said.")},
		"a PDF":                       {"report.pdf", "report.pdf", "application/pdf", []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")},
		"a Word document":             {"letter.docx", "letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx(t, 1000)},
		"a photo with a wrong ending": {"IMG.gif", "IMG.jpg", "image/jpeg", jpegWith(t)},
		"a path and a trick":          {`..\..\etc/pass` + "\u202Egnp.txt", "passgnp.txt", "text/plain", []byte("Words.")},
		"a name of nothing":           {"///", "file.txt", "text/plain", []byte("Words.")},
	} {
		f, err := evidence.Accept(test.file, test.content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Name != test.kept || f.MediaType != test.mediaType {
			t.Errorf("%s: kept as %q, %s", name, f.Name, f.MediaType)
		}
	}
}

// TestClamd speaks INSTREAM to a daemon that answers as ClamAV does.
func TestClamd(t *testing.T) {
	for answer, want := range map[string]struct{ clean, fails bool }{
		"stream: OK\x00":                          {clean: true},
		"stream: Win.Test.EICAR_HDB-1 FOUND\x00":  {},
		"INSTREAM size limit exceeded. ERROR\x00": {fails: true},
		"": {fails: true},
	} {
		socket := filepath.Join(t.TempDir(), "clamd.sock")
		got := serveClamd(t, socket, answer)
		clean, err := evidence.Clamd{Network: "unix", Address: socket}.Scan(context.Background(), []byte(strings.Repeat("abc", 50_000)))
		if clean != want.clean || (err != nil) != want.fails {
			t.Errorf("%q: clean %v, %v", answer, clean, err)
		}
		if n := <-got; n != 150_000 {
			t.Errorf("the daemon got %d bytes", n)
		}
	}
	if _, err := (evidence.Clamd{Network: "unix", Address: filepath.Join(t.TempDir(), "none")}).Scan(context.Background(), []byte("x")); err == nil {
		t.Error("a daemon that is away passes files")
	}
}

func serveClamd(t *testing.T, socket, answer string) <-chan int {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan int, 1)
	go func() {
		defer l.Close()
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		head := make([]byte, len("zINSTREAM\x00"))
		_, _ = io.ReadFull(conn, head)
		total := 0
		for {
			var size [4]byte
			if _, err := io.ReadFull(conn, size[:]); err != nil {
				break
			}
			n := binary.BigEndian.Uint32(size[:])
			if n == 0 {
				break
			}
			m, _ := io.CopyN(io.Discard, conn, int64(n))
			total += int(m)
		}
		_, _ = io.WriteString(conn, answer)
		got <- total
	}()
	return got
}

func FuzzAccept(f *testing.F) {
	f.Add("a.jpg", jpegWith(f, exif(3)))
	f.Add("a.png", pngWith(f, chunk("tEXt", []byte("x"))))
	f.Add("a.docx", docx(f, 10))
	f.Add("a.txt", []byte("hello"))
	f.Add("\xff\xfe", []byte("%PDF-1.4"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		file, err := evidence.Accept(name, content)
		if err != nil {
			if len(core.FieldsOf(err)) == 0 {
				t.Errorf("an error that names no field: %v", err)
			}
			return
		}
		if !utf8.ValidString(file.Name) || strings.ContainsAny(file.Name, "/\\\n\r") {
			t.Errorf("kept under the name %q", file.Name)
		}
		again, err := evidence.Accept(file.Name, file.Content)
		if err != nil || !bytes.Equal(again.Content, file.Content) {
			t.Errorf("cleaning twice is not cleaning once: %v", err)
		}
	})
}
