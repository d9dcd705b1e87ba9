package queue

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNoCellIsReadAsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "ABCD-1234": "ABCD-1234", "=1+1": "'=1+1", "+44": "'+44", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"＝1": "'＝1", " =1": " =1", "a=1": "a=1", "'=1": "'=1", "\n=1": "'\n=1",
	} {
		if got := safeCell(cell); got != want {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
}

func FuzzSafeCell(f *testing.F) {
	for _, s := range []string{"", "=cmd|' /C calc'!A0", "+1", "\xff=", "＝1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safeCell(s)
		if !strings.HasSuffix(got, s) {
			t.Errorf("%q lost something: %q", s, got)
		}
		if r, _ := utf8.DecodeRuneInString(got); strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
			t.Errorf("%q begins like a formula", got)
		}
	})
}

func TestNumbersAreReadAtOnce(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 200000: "200,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}
