package db

import (
	"io/fs"
	"strings"
	"testing/fstest"
)

// render copies files with placeholders replaced, so that one migration text serves
// both databases.
func render(files fs.FS, replacer *strings.Replacer) (fs.FS, error) {
	rendered := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		rendered[name] = &fstest.MapFile{Data: []byte(replacer.Replace(string(text)))}
		return nil
	})
	return rendered, err
}
