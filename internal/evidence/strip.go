package evidence

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

func damagedImage() error {
	return refuse("file.damaged", "This picture is damaged. Take it again, or send another copy.")
}

// JPEG markers (ITU-T T.81 table B.1).
const (
	markSOI  = 0xD8
	markEOI  = 0xD9
	markSOS  = 0xDA
	markAPP0 = 0xE0
	markAPP1 = 0xE1
	markAPP2 = 0xE2
	markAPPE = 0xEE
	markAPPF = 0xEF
	markCOM  = 0xFE
)

// maxPixels bounds a picture: what is larger was not taken by a camera, and
// would fill the memory of whoever opens it.
const maxPixels = 200_000_000

// checkSize refuses a picture without a size, and one that unpacks to more than
// any camera takes.
func checkSize(width, height uint64) error {
	if width == 0 || height == 0 {
		return damagedImage()
	}
	if width > maxPixels || height > maxPixels || width*height > maxPixels {
		return refuse("file.bomb", "This picture has far more points than a camera takes, so it was not kept. Send a smaller copy.")
	}
	return nil
}

// jpegSize reads the size from a frame header (ITU-T T.81 B.2.2). A height of
// zero is told only behind the first scan, which no camera does.
func jpegSize(frame []byte) error {
	if len(frame) < 6 {
		return damagedImage()
	}
	return checkSize(uint64(binary.BigEndian.Uint16(frame[3:])), uint64(binary.BigEndian.Uint16(frame[1:])))
}

// isFrame reports whether a marker begins a frame: SOF0 to SOF15 without DHT,
// JPG and DAC, which stand among them.
func isFrame(marker byte) bool {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

// plainJFIF is a JFIF segment without its thumbnail, which may show what was cut
// off the picture itself; nil for other segments of the kind, which hold nothing
// else.
func plainJFIF(body []byte) []byte {
	const head = 12 // identifier, version, density
	if len(body) < head+2 || !bytes.HasPrefix(body, []byte("JFIF\x00")) {
		return nil
	}
	return append(append([]byte{0xFF, markAPP0, 0, 16}, body[:head]...), 0, 0)
}

// stripJPEG removes every application segment and comment but those a decoder
// needs: JFIF (APP0), the colour profile (APP2) and Adobe's colour transform
// (APP14). The way up is kept as a minimal Exif of that one tag. What follows
// the image (a video, another picture) is dropped.
func stripJPEG(in []byte) ([]byte, error) {
	if len(in) < 4 || in[0] != 0xFF || in[1] != markSOI {
		return nil, damagedImage()
	}
	out := make([]byte, 0, len(in))
	out = append(out, 0xFF, markSOI)
	pos, framed := 2, false
	for {
		marker, body, next, ok := jpegSegment(in, pos)
		if !ok {
			return nil, damagedImage()
		}
		if isFrame(marker) {
			if err := jpegSize(body); err != nil {
				return nil, err
			}
			framed = true
		}
		switch {
		case marker == markEOI && !framed:
			return nil, damagedImage()
		case marker == markEOI:
			return append(out, 0xFF, markEOI), nil
		case marker == markAPP0:
			out = append(out, plainJFIF(body)...)
		case marker == markAPP1:
			if way := exifOrientation(body); way > 1 {
				out = append(out, orientationOnly(way)...)
			}
		case marker == markAPP2 && !bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")):
		case marker > markAPP0 && marker <= markAPPF && marker != markAPP2 && marker != markAPPE, marker == markCOM:
		default:
			out = append(out, in[pos:next]...)
		}
		pos = next
		if marker == markSOS {
			end := scanEnd(in, pos)
			out = append(out, in[pos:end]...)
			pos = end
		}
	}
}

// jpegSegment reads the segment at pos.
func jpegSegment(in []byte, pos int) (marker byte, body []byte, next int, ok bool) {
	for pos+1 < len(in) && in[pos] == 0xFF && in[pos+1] == 0xFF { // fill bytes
		pos++
	}
	if pos+2 > len(in) || in[pos] != 0xFF {
		return 0, nil, 0, false
	}
	marker = in[pos+1]
	if marker == markEOI || marker >= 0xD0 && marker <= 0xD7 || marker == 0x01 {
		return marker, nil, pos + 2, true
	}
	if pos+4 > len(in) {
		return 0, nil, 0, false
	}
	n := int(binary.BigEndian.Uint16(in[pos+2:]))
	if n < 2 || pos+2+n > len(in) {
		return 0, nil, 0, false
	}
	return marker, in[pos+4 : pos+2+n], pos + 2 + n, true
}

// scanEnd finds the marker that ends the entropy-coded data starting at pos.
func scanEnd(in []byte, pos int) int {
	for ; pos+1 < len(in); pos++ {
		if in[pos] == 0xFF && in[pos+1] != 0 && (in[pos+1] < 0xD0 || in[pos+1] > 0xD7) {
			return pos
		}
	}
	return len(in)
}

// exifOrientation reads tag 0x0112 of an Exif segment; 0 when there is none.
func exifOrientation(body []byte) byte {
	tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 0
	}
	for i := range int(order.Uint16(tiff[at:])) {
		e := at + 2 + i*12
		if e+12 > len(tiff) {
			return 0
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if way := order.Uint16(tiff[e+8:]); way <= 8 {
				return byte(way)
			}
		}
	}
	return 0
}

func orientationOnly(way byte) []byte {
	return []byte{0xFF, markAPP1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
		0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, way, 0, 0, 0, 0, 0, 0}
}

// pngKept are the chunks a picture needs; text, time and Exif are not among
// them (PNG, third edition, §11).
var pngKept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true, "cHRM": true,
	"sRGB": true, "iCCP": true, "sBIT": true, "bKGD": true, "pHYs": true}

func stripPNG(in []byte) ([]byte, error) {
	const signature = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(in, []byte(signature)) {
		return nil, damagedImage()
	}
	out := append(make([]byte, 0, len(in)), signature...)
	data := false
	for pos := len(signature); ; {
		if pos+12 > len(in) {
			return nil, damagedImage()
		}
		n := int(binary.BigEndian.Uint32(in[pos:]))
		if n < 0 || n > len(in)-pos-12 {
			return nil, damagedImage()
		}
		name, end := string(in[pos+4:pos+8]), pos+12+n
		if crc32.ChecksumIEEE(in[pos+4:end-4]) != binary.BigEndian.Uint32(in[end-4:]) {
			return nil, damagedImage()
		}
		if (name == "IHDR") != (pos == len(signature)) {
			return nil, damagedImage() // the header stands first, once
		}
		if name == "IHDR" {
			if err := pngSize(in[pos+8 : end-4]); err != nil {
				return nil, err
			}
		}
		data = data || name == "IDAT"
		if pngKept[name] {
			out = append(out, in[pos:end]...)
		}
		if name == "IEND" && !data {
			return nil, damagedImage()
		}
		if name == "IEND" {
			return out, nil
		}
		pos = end
	}
}

// pngSize reads the size from the header (PNG, third edition, §11.2.1).
func pngSize(header []byte) error {
	if len(header) < 8 {
		return damagedImage()
	}
	return checkSize(uint64(binary.BigEndian.Uint32(header)), uint64(binary.BigEndian.Uint32(header[4:])))
}
