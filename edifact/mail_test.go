package edifact_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"clew/edifact"
)

const mailed = "UNB+UNOC:3+C+S+260301:1200+R'\r\nUNH+1+PAXLST:D:05B:UN:IATA'\r\nBGM+745'\r\nNAD+FL+++MÜLLER:JANE=2'\r\nUNT+4+1'\r\nUNZ+1+R'\r\n"

// quoted is mailed as quoted-printable, with a soft break inside a tag.
const quoted = "UNB+UNOC:3+C+S+260301:1200+R'=\r\n\r\nUNH+1+PAXLST:D:05B:UN:IATA'\r\nBG=\r\nM+745'\r\nNAD+FL+++M=C3=9CLLER:JANE=3D2'\r\nUNT+4+1'\r\nUNZ+1+R'\r\n"

func lines(text string, width int) string {
	var b strings.Builder
	for width < len(text) {
		b.WriteString(text[:width] + "\r\n")
		text = text[width:]
	}
	return b.String() + text + "\r\n"
}

func TestEncodedMailBodiesAreDecoded(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(mailed))
	head := func(encoding string) string {
		return "From: desk@carrier.example\r\nSubject: APIS\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n"
	}
	parts := func(parts ...string) string {
		text := "Received: from a\r\n\tby b\r\nContent-Type: multipart/mixed; boundary=\"=_b1\"\r\n\r\nThis is a message in parts.\r\n"
		for _, p := range parts {
			text += "--=_b1\r\n" + p + "\r\n"
		}
		return text + "--=_b1--\r\nSent by a gateway\r\n"
	}
	for name, c := range map[string]struct {
		text    string
		decoded bool
	}{
		"quoted-printable":      {head("Quoted-Printable") + quoted, true},
		"base64":                {head("base64") + lines(encoded, 76), true},
		"base64 in odd lines":   {head("base64") + lines(encoded, 61), true},
		"base64 in one line":    {head("base64") + encoded, true},
		"base64 with a footer":  {head("base64") + lines(encoded, 76) + "\r\nThis e-mail is confidential.\r\n", true},
		"plain mail":            {head("8bit") + mailed, false},
		"a mailbox's line":      {"From desk@carrier.example Sun Mar  1 12:00:00 2026\r\n" + head("base64") + lines(encoded, 76), true},
		"an attachment":         {parts("Content-Type: text/plain\r\n\r\nsee attachment", "Content-Type: application/edifact\r\nContent-Transfer-Encoding: base64\r\n\r\n"+lines(encoded, 76)), true},
		"quoted in a part":      {parts("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted), true},
		"plain in a part":       {parts("Content-Type: text/plain\r\n\r\n" + mailed), false},
		"parts within a part":   {parts("Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"+lines(encoded, 76)+"--b2--", "Content-Type: text/plain\r\n\r\nbye"), true},
		"no end of the parts":   {strings.TrimSuffix(parts("Content-Transfer-Encoding: base64\r\n\r\n"+lines(encoded, 76)), "--=_b1--\r\nSent by a gateway\r\n"), true},
		"plain though labelled": {head("base64") + mailed, true},
	} {
		for _, r := range []io.Reader{strings.NewReader(c.text), iotest.OneByteReader(strings.NewReader(c.text))} {
			s := edifact.NewScanner(r)
			var got []string
			for s.Scan() {
				if seg := s.Segment(); seg.Tag == "NAD" {
					got = append(got, seg.Get(4, 0)+"/"+seg.Get(4, 1))
				}
			}
			codes := fmt.Sprint(s.Findings())
			if !slices.Equal(got, []string{"MÜLLER/JANE=2"}) || strings.Contains(codes, "mail_decoded") != c.decoded {
				t.Errorf("%s: persons %q, findings %v", name, got, codes)
			}
		}
	}
}

// TestWhatIsNoMailIsLeftAlone holds what begins like a mail and is none.
func TestWhatIsNoMailIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"UNA:+.? '" + mailed,
		"QK LONXXPX\r\n.MUCRM1A 010312\r\nContent-Transfer-Encoding: base64\r\n\r\n" + mailed,
		mailed + "Content-Transfer-Encoding: base64\r\n\r\n",
	} {
		s, n := edifact.NewScanner(strings.NewReader(text)), 0
		for s.Scan() {
			n++
		}
		if n < 6 || strings.Contains(fmt.Sprint(s.Findings()), "mail_decoded") {
			t.Errorf("%.20q: %d segments, findings %v", text, n, s.Findings())
		}
	}
}

func TestOffsetsOfADecodedMailCountTheDecodedText(t *testing.T) {
	head := "Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	s := edifact.NewScanner(strings.NewReader(head + lines(base64.StdEncoding.EncodeToString([]byte(mailed)), 76)))
	for s.Scan() {
		if seg := s.Segment(); !strings.HasPrefix((head + mailed)[seg.Offset:], seg.Tag) {
			t.Errorf("%s is not at %d of the decoded text", seg.Tag, seg.Offset)
		}
	}
}

func TestMailsEndAndErrorsAreKept(t *testing.T) {
	broken := errors.New("line down")
	s := edifact.NewScanner(io.MultiReader(strings.NewReader("Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+quoted[:90]), iotest.ErrReader(broken)))
	for s.Scan() {
	}
	if !errors.Is(s.Err(), broken) {
		t.Errorf("error %v", s.Err())
	}
	const n = 1 << 18
	head := "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: %s\r\n\r\n--b\r\nContent-Transfer-Encoding: %[1]s\r\n\r\n"
	for _, encoding := range []string{"base64", "quoted-printable"} {
		for _, body := range []string{" ", "=", "=\r\n", "A", "--b\r\n", "\r\n", "=3", "\x00", "A:"} {
			text := fmt.Sprintf(head, encoding) + strings.Repeat(body, n/len(body))
			s := edifact.NewScanner(strings.NewReader(text))
			for s.Scan() {
			}
			if s.Err() != nil {
				t.Errorf("%s of %q: %v", encoding, body, s.Err())
			}
		}
	}
}
