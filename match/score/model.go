package score

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"math"

	"github.com/goccy/go-yaml"
)

//go:embed model.yaml
var defaultModel []byte

// NameWeights are the costs of name comparison, in hundredths: 100 is one word
// of the name contradicted. model.yaml explains each.
type NameWeights struct {
	Room                  int     `yaml:"room"`
	RoomPerLetter         int     `yaml:"room_per_letter"`
	SkeletonRoom          int     `yaml:"skeleton_room"`
	SkeletonRoomPerLetter int     `yaml:"skeleton_room_per_letter"`
	SameSound             int     `yaml:"same_sound"`
	Homophone             int     `yaml:"homophone"`
	Character             int     `yaml:"character"`
	Familiar              int     `yaml:"familiar_form"`
	OtherLanguage         int     `yaml:"other_language"`
	Related               int     `yaml:"related"`
	Sure                  int     `yaml:"sure"`
	Agreeing              int     `yaml:"agreeing"`
	Initial               int     `yaml:"initial"`
	OtherInitial          int     `yaml:"other_initial"`
	OmittedInitial        int     `yaml:"omitted_initial"`
	Joined                int     `yaml:"joined"`
	JoinedLimit           int     `yaml:"joined_limit"`
	Contradicted          int     `yaml:"contradicted"`
	Omitted               int     `yaml:"omitted"`
	OmittedMore           int     `yaml:"omitted_more"`
	OneWordOnly           int     `yaml:"one_word_only"`
	Swapped               int     `yaml:"swapped"`
	OtherNumber           int     `yaml:"other_number"`
	OmittedNumber         int     `yaml:"omitted_number"`
	GenericShare          int     `yaml:"generic_share"`
	OtherGeneric          int     `yaml:"other_generic"`
	OmittedGeneric        int     `yaml:"omitted_generic"`
	OmittedOrg            int     `yaml:"omitted_org"`
	OmittedLegal          int     `yaml:"omitted_legal"`
	OtherLegal            int     `yaml:"other_legal"`
	Power                 float64 `yaml:"power"`
}

// Evidence are the weights of evidence, natural logarithms of likelihood ratios.
type Evidence struct {
	NameSlope        float64 `yaml:"name_slope"`
	NameLeast        float64 `yaml:"name_least"`
	EvenPerson       float64 `yaml:"even_person"`
	EvenOrganisation float64 `yaml:"even_organisation"`
	RarityWeight     float64 `yaml:"rarity_weight"`
	RarityUsual      float64 `yaml:"rarity_usual"`
	RarityLeast      float64 `yaml:"rarity_least"`
	RarityMost       float64 `yaml:"rarity_most"`
	Birth            Birth   `yaml:"birth"`
	Sex              Either  `yaml:"sex"`
	Country          Either  `yaml:"country"`
	Place            Either  `yaml:"place"`
	Document         Near    `yaml:"document"`
	Phone            Either  `yaml:"phone"`
	Email            Either  `yaml:"email"`
	Plate            Near    `yaml:"plate"`
	Chassis          Near    `yaml:"chassis"`
	Make             Either  `yaml:"make"`
	Colour           Either  `yaml:"colour"`
	WithoutName      float64 `yaml:"without_name"`
	OtherName        int     `yaml:"other_name"`
	NoName           float64 `yaml:"no_name"`
}

// Birth weighs how two dates of birth agree.
type Birth struct {
	Same             float64 `yaml:"same"`
	SameConventional float64 `yaml:"same_conventional"`
	Swapped          float64 `yaml:"swapped"`
	OneDigit         float64 `yaml:"one_digit"`
	SameMonth        float64 `yaml:"same_month"`
	SameYear         float64 `yaml:"same_year"`
	Within           float64 `yaml:"within"`
	NextYear         float64 `yaml:"next_year"`
	NearYears        float64 `yaml:"near_years"`
	DayAndMonth      float64 `yaml:"day_and_month"`
	Different        float64 `yaml:"different"`
}

// Either weighs a value that is the same or is not.
type Either struct {
	Same      float64 `yaml:"same"`
	Different float64 `yaml:"different"`
}

// Near weighs a value that may also be nearly the same.
type Near struct {
	Same      float64 `yaml:"same"`
	Near      float64 `yaml:"near"`
	Different float64 `yaml:"different"`
}

// Model is everything that decides a score. Make one with Default or Load; it
// is not changed while in use and may be shared.
type Model struct {
	Version   string      `yaml:"version"`
	Name      NameWeights `yaml:"name"`
	Evidence  Evidence    `yaml:"evidence"`
	Threshold float64     `yaml:"threshold"`
	Guidance  []Guidance  `yaml:"guidance"`
}

// Guidance says which score keeps false alarms at a rate, measured on a list of
// a size. The rate is the share of people on no list who get an alarm.
type Guidance struct {
	ListNames int     `yaml:"list_names"`
	Rate      float64 `yaml:"rate"`
	Score     float64 `yaml:"score"`
}

// maxModel bounds a model file.
const maxModel = 1 << 20

// Default returns the model that comes with the package.
func Default() *Model {
	m, err := Load(bytes.NewReader(defaultModel))
	if err != nil {
		panic(fmt.Sprintf("score: the built-in model: %v", err))
	}
	return m
}

// Load reads a model file (YAML or JSON). What the file leaves out is as in the
// built-in model; an unknown key or a weight that would break a promise of the
// package is an error.
func Load(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxModel+1))
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	if len(data) > maxModel {
		return nil, fmt.Errorf("model file is larger than %d bytes", maxModel)
	}
	var m Model
	if err := yaml.Unmarshal(defaultModel, &m); err != nil {
		return nil, fmt.Errorf("built-in model: %w", err)
	}
	if !bytes.Equal(data, defaultModel) && len(bytes.TrimSpace(data)) > 0 {
		if err := yaml.UnmarshalWithOptions(data, &m, yaml.DisallowUnknownField()); err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
	}
	return &m, m.check()
}

// check refuses weights that would make a contradiction count for a pair, an
// agreement against it, or a comparison divide by nothing.
func (m *Model) check() error {
	e, n := &m.Evidence, &m.Name
	if m.Version == "" {
		return fmt.Errorf("model has no version")
	}
	if !(m.Threshold > 0 && m.Threshold < 1) {
		return fmt.Errorf("threshold must be between 0 and 1")
	}
	if n.Room <= 0 || n.RoomPerLetter < 0 || n.SkeletonRoom <= 0 || n.SkeletonRoomPerLetter < 0 || !(n.Power >= 1 && n.Power <= 10) {
		return fmt.Errorf("name: room must be positive and power between 1 and 10")
	}
	if n.Contradicted < apart || n.Omitted > n.Contradicted || n.OneWordOnly > n.Contradicted {
		return fmt.Errorf("name: a contradicted word must cost at least %d and no less than an omitted one", apart)
	}
	for name, v := range map[string][2]float64{
		"birth": {e.Birth.Same, e.Birth.Different}, "sex": {e.Sex.Same, e.Sex.Different}, "country": {e.Country.Same, e.Country.Different},
		"place": {e.Place.Same, e.Place.Different}, "document": {e.Document.Same, e.Document.Different}, "phone": {e.Phone.Same, e.Phone.Different}, "email": {e.Email.Same, e.Email.Different}, "plate": {e.Plate.Same, e.Plate.Different}, "chassis": {e.Chassis.Same, e.Chassis.Different},
		"make": {e.Make.Same, e.Make.Different}, "colour": {e.Colour.Same, e.Colour.Different},
	} {
		if !(v[0] >= 0 && v[1] <= 0) || math.IsInf(v[0]-v[1], 0) {
			return fmt.Errorf("evidence %s: agreement must not count against a pair, nor contradiction for it", name)
		}
	}
	if !(e.NameSlope > 0) || !(e.EvenPerson > 0) || !(e.EvenOrganisation > 0) || !(e.WithoutName < 0) || !(e.NoName <= e.WithoutName) || !(e.NameLeast < e.WithoutName) {
		return fmt.Errorf("evidence: name_slope and even_* must be positive, without_name negative, no_name and name_least no more than that")
	}
	return nil
}
