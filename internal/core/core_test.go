package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretsDoNotPrint(t *testing.T) {
	const hidden = "Nguyen"
	s := Secret(hidden)
	holder := struct {
		Name  Secret
		Inner *struct{ Names []Secret }
	}{s, &struct{ Names []Secret }{[]Secret{s}}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%10.3s", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", holder.Name)
		fmt.Fprintf(&out, verb+"\n", []Secret{s})
		fmt.Fprintf(&out, verb+"\n", map[Secret]Secret{s: s})
	}
	fmt.Fprintf(&out, "%v %+v %#v\n", holder, holder, holder)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("m", "name", s, "group", slog.GroupValue(slog.Any("n", s)))
	}
	fmt.Fprintln(&out, fmt.Errorf("load %v: %w", s, &Error{Kind: Internal, Code: "x", Msg: fmt.Sprint(s), Err: fmt.Errorf("of %s", s)}))
	text := out.String()
	if strings.Contains(text, hidden) || strings.Contains(text, fmt.Sprintf("%x", hidden)) {
		t.Errorf("a secret was printed:\n%s", text)
	}
	if !strings.Contains(text, "[redacted]") {
		t.Errorf("nothing was redacted:\n%s", text)
	}
	if s.Reveal() != hidden {
		t.Error("Reveal does not reveal")
	}
}

func TestSecretsAreKeptBySealedJSON(t *testing.T) {
	b, err := json.Marshal(Secret("Nguyen"))
	if err != nil || string(b) != `"Nguyen"` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestKindOfFindsTheFirstErrorInTheChain(t *testing.T) {
	conflict := E(Conflict, "case.changed_meanwhile", "Somebody else changed this case.")
	for name, c := range map[string]struct {
		err  error
		want Kind
	}{
		"nothing":         {nil, 0},
		"a plain error":   {errors.New("x"), Internal},
		"one of ours":     {conflict, Conflict},
		"wrapped":         {fmt.Errorf("load: %w", conflict), Conflict},
		"joined":          {errors.Join(errors.New("x"), conflict), Conflict},
		"ours over ours":  {&Error{Kind: NotFound, Err: conflict}, NotFound},
		"invalid fields":  {InvalidFields([]Field{{Name: "a"}}), Invalid},
		"no wrong fields": {InvalidFields(nil), 0},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestErrorSaysWhere(t *testing.T) {
	cause := errors.New("disk full")
	err := fmt.Errorf("save: %w", &Error{Kind: Unavailable, Code: "store.full", Msg: "Saving is not possible now.",
		Fields: []Field{{Name: "identity.names.0.family", Code: "text.long", Msg: "Use fewer letters."}}, Err: cause})
	want := "save: store.full: Saving is not possible now.; identity.names.0.family: Use fewer letters.: disk full"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	if f := FieldsOf(err); len(f) != 1 || f[0].Code != "text.long" {
		t.Errorf("fields are %v", f)
	}
	if f := FieldsOf(cause); f != nil {
		t.Errorf("a plain error has fields %v", f)
	}
}

func TestEveryKindHasItsName(t *testing.T) {
	seen := map[string]bool{"": true}
	for k := Internal; k <= TooLarge; k++ {
		if seen[k.String()] {
			t.Errorf("kind %d is called %q", k, k)
		}
		seen[k.String()] = true
	}
	if Kind(200).String() != "internal" {
		t.Errorf("an unknown kind is called %q", Kind(200))
	}
}

func TestEveryValueOfAVocabularyHasALabel(t *testing.T) {
	check := func(what, value, label string, valid bool) {
		if label == "" || !valid {
			t.Errorf("%s %q: label %q, valid %v", what, value, label, valid)
		}
	}
	for _, k := range AgencyKinds {
		check("agency kind", string(k), k.Label(), k.Valid())
	}
	for _, r := range Roles {
		check("role", string(r), r.Label(), r.Valid())
	}
	for _, s := range Sexes {
		check("sex", string(s), s.Label(), s.Valid())
	}
	for _, g := range Genders {
		check("gender", string(g), g.Label(), g.Valid())
		if back, ok := ParseGender(g.HTCDS()); !ok || back != g {
			t.Errorf("%s is %q in the standard, which reads back as %q", g, g.HTCDS(), back)
		}
	}
	if AgencyKind("x").Valid() || Role("x").Valid() || Sex("").Valid() || Gender("x").Valid() || Purpose("x").Valid() {
		t.Error("a made-up value is valid")
	}
	if _, ok := ParseGender("x"); ok {
		t.Error("a made-up gender was read")
	}
}

func TestTheSystemIsNobodyElse(t *testing.T) {
	system := SystemActor()
	if !system.IsSystem() || system.UserID.IsZero() {
		t.Errorf("%+v is not the system", system)
	}
	if (Actor{}).IsSystem() || (Actor{UserID: NewIDAt(noon)}).IsSystem() {
		t.Error("somebody else is the system")
	}
	for _, r := range Roles {
		if system.Has(r) {
			t.Errorf("the system has the role %s", r)
		}
	}
	if !(Actor{Roles: []Role{RoleReviewer}}).Has(RoleReviewer) {
		t.Error("a role that was given is not had")
	}
}
