package door

import (
	"io/fs"
	"strconv"
)

// wordsDir is the folder of the catalogues.
type wordsDir struct{}

// Open implements fs.FS.
func (wordsDir) Open(name string) (fs.File, error) { return wordFiles.Open("words/" + name) }

func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
